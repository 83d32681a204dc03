//! Where a user makes a credential, and what has to be copied on the way.

use serde::Serialize;
use utoipa::ToSchema;

use model::{CredentialPage, Snippet};

/// A form of the git server in which a credential is made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CredentialPageView {
    /// For people, what comes of it.
    #[schema(example = "Classic token")]
    label: String,
    /// Opens it, filled in with all that the git server takes in an address.
    url: String,
}

/// A text to copy into a form of the git server.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnippetView {
    /// For people, what it is and where it goes.
    label: String,
    /// In lines, to be copied as it is.
    text: String,
}

impl From<CredentialPage> for CredentialPageView {
    fn from(page: CredentialPage) -> Self {
        Self { label: page.label, url: page.url }
    }
}

impl From<Snippet> for SnippetView {
    fn from(snippet: Snippet) -> Self {
        Self { label: snippet.label, text: snippet.text }
    }
}
