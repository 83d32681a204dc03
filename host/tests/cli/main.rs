//! The program as people run it: its words, its documents, its exit statuses.

mod answers;
mod builder;
mod configuration;
mod daemon;
mod machine;
mod refusals;
mod upgrade;
