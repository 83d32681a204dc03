//! The pages, used as people use them: a real browser, a whole daemon under its public name, a stand-in git server behind it.
//! One file per page. `make test` says at its end which of these were skipped, where there is no browser.

mod admin;
mod at_jira;
mod dialogs;
mod framed;
mod harness;
mod jira;
mod other_sites;
mod scene;
mod set_up;
mod tokens;
mod told;
