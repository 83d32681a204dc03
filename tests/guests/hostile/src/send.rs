//! An ordinary request, as every attempt ends in one.

use countersign_sdk::bindings::countersign::provider::lending::{Credential, Header, Method, Request};

/// What an ordinary request with the lent credential comes to: status and the start of the body, or the code of the host's
/// refusal.
pub fn send(by: &Credential, url: &str, headers: Vec<Header>) -> String {
    match by.send(&Request { method: Method::Get, url: url.to_owned(), headers, body: None, reads_only: false }) {
        Ok(response) => {
            let body: String =
                String::from_utf8_lossy(&response.body).chars().filter(|char| !char.is_control()).take(200).collect();
            format!("{} {body}", response.status)
        }
        Err(failure) => failure.code,
    }
}
