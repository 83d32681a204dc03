//! Lines for the administrator's log.
//!
//! In a component they go to the host, which bounds and scrubs them; natively they go to standard error, where
//! `cargo test` shows them beside a failure. Never write what a user typed or a server's body here.

pub use crate::bindings::countersign::provider::log::Level;

/// Writes a line at `debug`.
pub fn debug(message: &str) {
    emit(Level::Debug, message);
}

/// Writes a line at `info`.
pub fn info(message: &str) {
    emit(Level::Info, message);
}

/// Writes a line at `warn`.
pub fn warn(message: &str) {
    emit(Level::Warn, message);
}

/// Writes a line at `error`.
pub fn error(message: &str) {
    emit(Level::Error, message);
}

#[cfg(target_arch = "wasm32")]
fn emit(level: Level, message: &str) {
    crate::bindings::countersign::provider::log::emit(level, message);
}

#[cfg(not(target_arch = "wasm32"))]
fn emit(level: Level, message: &str) {
    eprintln!("{level:?}: {message}");
}
