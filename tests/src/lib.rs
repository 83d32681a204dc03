//! What the tests of Countersign share.

pub mod tidy;
