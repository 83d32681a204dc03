//! The way out: one pipeline for every request of every provider, which nobody can go around.
//!
//! 1. the URL is judged ([`judge`]): it has to be of an origin the integration was added with;
//! 2. the headers are judged: nothing that authenticates, frames or routes;
//! 3. the lease is put on;
//! 4. the address is judged when it is dialled ([`address`]): resolved once, every answer checked;
//! 5. the reply is bounded and the lease's secret taken out of it.
//!
//! Each integration has connections of its own: two integrations on one host never share one. No redirect is followed, no
//! proxy taken from the environment, nothing sent twice.

mod address;
mod judge;

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::{ACCEPT_ENCODING, HeaderName, HeaderValue, USER_AGENT};
use reqwest::Client;
use reqwest::redirect::Policy;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;

use self::address::Dialler;
use super::{GuestHeader, GuestMethod, GuestRequest, GuestResponse, SendFailure, SendFailureKind};
use crate::lend::Lease;
use model::{IntegrationId, IntegrationRecord, Origin, Timestamp};

/// Until a connection stands, name resolution and TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// From sending to the last byte of the reply. Git servers give up on their own work after 10 seconds or so.
const REPLY_TIMEOUT: Duration = Duration::from_secs(20);
/// Idle connections an integration keeps to each of its hosts: as many as users create branches at one moment.
const MAX_IDLE_CONNECTIONS: usize = 32;
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// Largest body a provider is given, in bytes after decompression. A page of a hundred repositories has about 1 MB.
const MAX_REPLY_BYTES: usize = 4 << 20;
/// Largest body a provider may send: the longest description, escaped.
const MAX_REQUEST_BYTES: usize = 1 << 20;

/// Routes to integrations, made when first needed.
pub struct Egress {
    roots: rustls::RootCertStore,
    routes: Mutex<HashMap<IntegrationId, (Timestamp, Arc<Route>)>>,
}

/// Why there is no route to an integration: its network settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    #[error("the integration's `ca_pem` holds no usable certificate: {0}")]
    Certificate(String),
    #[error("the integration's `connect_to` entry `{0}` is not `host:port` to `address:port`")]
    ConnectTo(String),
    #[error(
        "the origin {0} is not encrypted; allow it with `allow_http` in the integration's network settings, or use https"
    )]
    Unencrypted(String),
    #[error("the HTTP client cannot be made: {0}")]
    Client(String),
}

impl Egress {
    /// Trusts the certificates of the system.
    pub fn with_system_certificates() -> Self {
        let mut roots = rustls::RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "a system certificate cannot be read");
        }
        roots.add_parsable_certificates(found.certs);
        Self { roots, routes: Mutex::default() }
    }

    /// The route to an integration, kept until its record changes.
    pub fn route(&self, integration: &IntegrationRecord) -> Result<Arc<Route>, RouteError> {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((made_for, route)) = routes.get(&integration.id)
            && *made_for == integration.updated_at
        {
            return Ok(route.clone());
        }
        let route = Arc::new(Route::new(integration, self.roots.clone())?);
        routes.insert(integration.id.clone(), (integration.updated_at, route.clone()));
        Ok(route)
    }

    /// A route that is used once, for settings that are not stored yet.
    pub fn route_once(&self, integration: &IntegrationRecord) -> Result<Arc<Route>, RouteError> {
        Ok(Arc::new(Route::new(integration, self.roots.clone())?))
    }
}

/// The way to one integration's origins, with connections of its own.
pub struct Route {
    origins: Vec<Origin>,
    dialler: Arc<Dialler>,
    client: Client,
}

impl Route {
    fn new(integration: &IntegrationRecord, mut roots: rustls::RootCertStore) -> Result<Self, RouteError> {
        let network = &integration.network;
        if let Some(origin) = integration.connection.origins.iter().find(|origin| origin.url.starts_with("http:"))
            && !network.allow_http
        {
            return Err(RouteError::Unencrypted(origin.url.clone()));
        }
        if let Some(pem) = &network.ca_pem {
            add_certificates(&mut roots, pem)?;
        }
        let dialler = Arc::new(Dialler::new(network)?);
        let tls = rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .map_err(|error| RouteError::Client(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(dialler.clone())
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REPLY_TIMEOUT)
            .pool_max_idle_per_host(MAX_IDLE_CONNECTIONS)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build()
            .map_err(|error| RouteError::Client(error.to_string()))?;
        Ok(Self { origins: integration.connection.origins.clone(), dialler, client })
    }

    /// Sends one request with a lease.
    pub(super) async fn send(
        &self,
        lease: &Lease,
        request: GuestRequest,
        now: Timestamp,
    ) -> Result<GuestResponse, SendFailure> {
        let (url, origin) = judge::url(&request.url, &self.origins).map_err(refused)?;
        self.dialler.permits_literal(&url).map_err(refused)?;
        let mut outgoing = form(url, request)?;
        lease
            .apply(&mut outgoing, origin, now)
            .map_err(|error| refused(judge::Refusal::new("credential", error.to_string())))?;
        let outgoing = reqwest::Request::try_from(outgoing)
            .map_err(|error| refused(judge::Refusal::new("url", error.to_string())))?;
        let reply = self.client.execute(outgoing).await.map_err(|error| explain(&error, lease))?;
        receive(reply, lease).await
    }
}

fn add_certificates(roots: &mut rustls::RootCertStore, pem: &str) -> Result<(), RouteError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let certificates = certificates.map_err(|error| RouteError::Certificate(error.to_string()))?;
    if certificates.is_empty() {
        return Err(RouteError::Certificate("there is none in it".into()));
    }
    for certificate in certificates {
        roots.add(certificate).map_err(|error| RouteError::Certificate(error.to_string()))?;
    }
    Ok(())
}

fn form(url: Url, request: GuestRequest) -> Result<http::Request<Vec<u8>>, SendFailure> {
    let body = request.body.unwrap_or_default();
    if body.len() > MAX_REQUEST_BYTES {
        return Err(refused(judge::Refusal::new(
            "request-too-large",
            format!("a request body has at most {MAX_REQUEST_BYTES} bytes"),
        )));
    }
    let mut headers = judge::headers(&request.headers).map_err(refused)?;
    headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(concat!("countersign/", env!("CARGO_PKG_VERSION"))));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    let mut outgoing = http::Request::new(body);
    *outgoing.method_mut() = method(request.method);
    *outgoing.uri_mut() =
        url.as_str().parse().map_err(|_| refused(judge::Refusal::new("url", "the URL cannot be sent")))?;
    *outgoing.headers_mut() = headers;
    Ok(outgoing)
}

fn method(method: GuestMethod) -> http::Method {
    match method {
        GuestMethod::Get => http::Method::GET,
        GuestMethod::Head => http::Method::HEAD,
        GuestMethod::Post => http::Method::POST,
        GuestMethod::Put => http::Method::PUT,
        GuestMethod::Patch => http::Method::PATCH,
        GuestMethod::Delete => http::Method::DELETE,
    }
}

/// Reads the whole reply, bounded, and takes the secret out of it. The server has acted by now, so that whatever goes
/// wrong here may have happened after it did what was asked.
async fn receive(mut reply: reqwest::Response, lease: &Lease) -> Result<GuestResponse, SendFailure> {
    let status = reply.status().as_u16();
    let headers = reply.headers().iter().map(|(name, value)| header(name, value, lease)).collect();
    let mut body = Vec::new();
    while let Some(chunk) = reply.chunk().await.map_err(|error| explain(&error, lease))? {
        if body.len() + chunk.len() > MAX_REPLY_BYTES {
            let message = format!("The git server's reply is larger than {} MiB.", MAX_REPLY_BYTES >> 20);
            return Err(failure(SendFailureKind::TooLarge, "reply-too-large", message, true));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(GuestResponse { status, headers, body: lease.redact(body) })
}

fn header(name: &HeaderName, value: &HeaderValue, lease: &Lease) -> GuestHeader {
    let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
    GuestHeader { name: name.as_str().to_owned(), value: lease.redact_text(value) }
}

fn refused(refusal: judge::Refusal) -> SendFailure {
    failure(SendFailureKind::Refused, refusal.code, refusal.message, false)
}

fn failure(kind: SendFailureKind, code: &str, message: String, maybe_sent: bool) -> SendFailure {
    SendFailure { kind, code: code.to_owned(), message, maybe_sent }
}

/// Why the HTTP client gave up. The text goes to the provider and on to people, so it holds no URL.
fn explain(error: &reqwest::Error, lease: &Lease) -> SendFailure {
    let mut cause = String::new();
    let mut next = error.source();
    while let Some(source) = next {
        cause = source.to_string();
        next = source.source();
    }
    let say = |text: String| lease.redact_text(text);
    if error.is_connect() {
        let (code, message) = match () {
            () if cause.contains("certificate") => {
                ("certificate", format!("The git server's certificate is not accepted: {cause}."))
            }
            () if error.is_timeout() => {
                ("connect-timeout", "No connection to the git server within 5 seconds.".to_owned())
            }
            () => ("connect", format!("No connection to the git server: {cause}.")),
        };
        return failure(SendFailureKind::Unreachable, code, say(message), false);
    }
    if error.is_timeout() {
        let message = "The git server did not answer completely within 20 seconds.".to_owned();
        return failure(SendFailureKind::TimedOut, "read-timeout", message, true);
    }
    let message = format!("The connection to the git server broke: {cause}.");
    failure(SendFailureKind::Broken, "broken", say(message), true)
}
