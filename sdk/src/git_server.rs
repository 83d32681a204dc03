//! What an author of a provider writes about the git server as a whole: what it is, and how an integration is reached.
//!
//! The operations are in `resources.rs`. Nothing here may ask the server: settings are read before there is a credential,
//! and an API is made before there is a request.

use crate::types::{Connection, Description, FieldError, FieldValue};
use crate::{Accounts, Branches, PullRequests, Repositories, Transport};

/// A git server, as a provider teaches it. Implement it on a unit struct, which is a name and nothing else, for nothing is
/// kept between calls. What implements it is a [`Provider`](crate::Provider) by that.
pub trait GitServer {
    /// What the settings of an integration come to.
    type Settings: Settings;

    /// What the operations work on for one call: the settings, and a [`Client`](crate::Client). It implements one trait for
    /// each resource.
    type Api<'a>: Accounts + Repositories + Branches + PullRequests;

    /// What the provider is. The same at every call.
    fn describe() -> Description;

    /// Begins a call for one integration, over the credential that was lent for it.
    fn api(settings: Self::Settings, by: &dyn Transport) -> Self::Api<'_>;
}

/// The settings of an integration, read: where its server is, and how it is spoken to.
pub trait Settings: Sized {
    /// Reads them as an administrator gave them for an integration of `kind`.
    ///
    /// # Errors
    /// One for each field there is to mend. Where the integration stands already and an operation is asked for, the first
    /// one's message is what people are told.
    fn parse(kind: &str, fields: &[FieldValue]) -> Result<Self, Vec<FieldError>>;

    /// What the host does with them: the origins it lets requests through to, and the pages it shows people.
    fn connection(&self) -> Connection;
}
