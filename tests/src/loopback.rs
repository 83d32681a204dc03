//! HTTP on this machine, where the daemon, the stand-ins and the driver of a browser are.

use std::time::Duration;

/// More than an operation may take: the first one waits for the provider to be compiled.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// A client for this machine only: no proxy is asked, and nothing is followed.
pub(crate) fn http() -> anyhow::Result<reqwest::Client> {
    // Which provider wins does not matter: it is always ring.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy().timeout(REQUEST_TIMEOUT);
    Ok(builder.redirect(reqwest::redirect::Policy::none()).build()?)
}
