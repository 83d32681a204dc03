//! What has to hold for whatever is sent to Countersign, as functions of some bytes: cargo-fuzz looks for bytes for which one does
//! not (`fuzz_targets/`), and `tests/properties.rs` tries some thousands of each on stable Rust.
//!
//! Every target draws what it needs from its bytes ([`draw`]), so that each input is one case and means the same for ever.
#![forbid(unsafe_code)]

pub mod components;
pub mod draw;
pub mod fields;
pub mod headers;
pub mod judge;
pub mod redactor;
pub mod sdk_urls;
pub mod tokens;
mod undone;

/// A target, and the name it has for cargo-fuzz, in `corpus-kept/` and in messages.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 7] = [
    ("components", components::target),
    ("fields", fields::target),
    ("headers", headers::target),
    ("judge", judge::target),
    ("redactor", redactor::target),
    ("sdk_urls", sdk_urls::target),
    ("tokens", tokens::target),
];
