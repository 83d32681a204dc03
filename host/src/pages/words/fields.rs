//! What fields are called where they are spoken of apart from their form.

use super::dialogs::{
    BASE_BRANCH, BRANCH_NAME, DESCRIPTION, REPOSITORY, REVIEWERS, SOURCE_BRANCH, TARGET_BRANCH, TITLE,
};
use super::tokens::EXPIRES_ON;

/// What a field of a user's pages is called whose problem is told apart from it.
pub(in crate::pages) fn field(name: &str) -> Option<&'static str> {
    match name {
        "addresses" => Some("Addresses"),
        "expires_at" | "expires-at" => Some(EXPIRES_ON),
        _ => typed_as(name),
    }
}

/// What a field that is kept is called on its page; none for one that nobody sees.
pub(in crate::pages) fn typed_as(field: &str) -> Option<&'static str> {
    match field {
        "repository" => Some(REPOSITORY),
        "from" => Some(BASE_BRANCH),
        "name" => Some(BRANCH_NAME),
        "source" => Some(SOURCE_BRANCH),
        "target" => Some(TARGET_BRANCH),
        "title" => Some(TITLE),
        "description" => Some(DESCRIPTION),
        "reviewers" => Some(REVIEWERS),
        _ => None,
    }
}
