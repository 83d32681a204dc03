//! The HTTP API.

pub mod token;
