//! Everything Countersign is tested with: stand-in git servers, the checks that keep them honest, a whole daemon in front of
//! one, and the repository's own rules.
//!
//! A stand-in is a server of our own that speaks a git server's API on real git repositories. Nothing here is part of the
//! daemon, and nothing here may be imported by it.

pub mod daemon;
pub mod standin;
pub mod tidy;
