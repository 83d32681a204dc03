//! The one thing a provider can do in the world: have a request sent with the credential it was lent.
//!
//! [`Transport`] has three real implementations: the `credential` resource of the contract (in a component), the
//! script of [`crate::testing`] (in a provider's tests), and whatever a native program that links a provider brings.
//! Nothing here retries, follows redirects or looks at what is sent; [`crate::Client`] does.

use crate::bindings::countersign::provider::lending::Credential;
use crate::types::{Request, Response, SendFailure};

/// Sends requests with a credential the sender does not know.
pub trait Transport {
    /// Sends one request and waits for the complete answer, whatever its status.
    fn send(&self, request: Request) -> Result<Response, SendFailure>;
}

impl Transport for Credential {
    fn send(&self, request: Request) -> Result<Response, SendFailure> {
        Credential::send(self, &request)
    }
}
