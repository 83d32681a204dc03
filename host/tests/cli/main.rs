//! The program as people run it: its words, its documents, its exit statuses.

mod address_space;
mod answers;
mod builder;
mod configuration;
mod daemon;
mod hang_up;
mod machine;
mod refusals;
mod service_manager;
mod upgrade;
