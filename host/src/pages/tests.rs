//! The set-up page over a real store and a provider that answers by a script. Named after the adversaries they meet.

mod forms;
mod links;
mod moved;
mod scripts;
mod secrets;
