//! Bindings to the WIT package, generated.

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "git-provider",
    imports: {
        "countersign:provider/lending.[method]credential.send": async | trappable,
        default: trappable,
    },
    exports: { default: async },
    with: { "countersign:provider/lending.credential": crate::handle::LentCredential },
});
