//! What `wit-bindgen` makes of the contract in `wit/`.
//!
//! Nothing is written here by hand. Providers use the names in [`crate::types`] and the traits of this crate; the
//! raw bindings are public only because [`crate::export!`] expands in the provider's own crate.

#![allow(missing_docs, clippy::missing_safety_doc)]

wit_bindgen::generate!({
    path: "../wit",
    world: "git-provider",
    generate_all,
    pub_export_macro: true,
    export_macro_name: "export_component",
    default_bindings_module: "countersign_sdk::bindings",
    additional_derives: [PartialEq, Eq],
});
