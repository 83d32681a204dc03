//! Everything Countersign is tested with: stand-in git servers and the checks that keep them honest.
//!
//! A stand-in is a server of our own that speaks a git server's API on real git repositories. Nothing here is part of the daemon,
//! and nothing here may be imported by it.

pub mod standin;
