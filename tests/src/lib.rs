//! Everything Countersign is tested with: stand-in git servers, the checks that keep them honest, a whole daemon in front of
//! them, a browser to look at its pages with, and the repository's own rules; the benchmark; the demo, which shows the whole on
//! one machine; and the vendors' own clients, which the stand-ins have to please.
//!
//! A stand-in is a server of our own that speaks a git server's API on real git repositories. Nothing here is part of the
//! daemon, and nothing here may be imported by it.

pub mod bench;
pub mod browser;
pub mod canary;
pub mod daemon;
pub mod demo;
pub mod hostile;
mod loopback;
pub mod native;
pub mod peers;
pub mod soak;
pub mod standin;
pub mod tidy;
