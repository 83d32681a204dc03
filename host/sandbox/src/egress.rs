//! The way out: one pipeline for every request of every provider, which nobody can go around.
//!
//! 1. the URL is judged ([`judge`]): it has to be of an origin the integration was added with;
//! 2. the headers are judged: nothing that authenticates, frames or routes;
//! 3. the lease is put on;
//! 4. the address is judged when it is dialled ([`address`]): resolved once, every answer checked;
//! 5. the reply is bounded and the lease's secret taken out of it.
//!
//! Each credential has connections of its own ([`pool`]), and each integration: two on one host never share one. No redirect is followed, no
//! proxy taken from the environment (an administrator may name one, [`proxy`]).
//!
//! No change is sent twice that may have arrived once. A server may close a connection after any answer, and whoever sends on it
//! then cannot tell whether that arrived: so a change goes on a connection of its own, which answered nothing before. What the
//! HTTP client knows to have never left, and what only reads, is sent once more.

mod address;
mod certificates;
mod client_certificate;
mod judge;
mod lost;
mod network;
mod packing;
mod pool;
mod proxy;
mod reply;
mod resolver;
mod room;
mod tls;
mod trust;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::{ACCEPT_ENCODING, HeaderValue, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, Request};
use secrecy::ExposeSecret as _;
use url::Url;

pub use self::address::ConnectToError;
use self::address::Dialler;
pub use self::certificates::CertificateError;
pub use self::client_certificate::{ClientCertificateError, ClientCertificates};
use self::lost::{Introduction, Tls, Way, failure};
pub(crate) use self::lost::{exceeded, unreached};
pub use self::network::network_errors;
use self::pool::Pool;
use self::proxy::ProxyCredential;
pub use self::proxy::{ProxyCredentials, ProxyCredentialsError, ProxyError, checked_proxy, proxy_origin};
use self::reply::receive;
pub(crate) use self::reply::{is_a_page, wait};
use self::resolver::Resolver;
pub(crate) use self::room::Room;
use self::room::Rooms;
use self::trust::Trust;
use crate::lease::Lease;
use crate::limits::Limits;
use crate::{GuestMethod, GuestRequest, GuestResponse, SendFailure, SendFailureKind};
use model::{Destination, IntegrationId, Origin, Revision, Timestamp};

/// Until a connection stands, name resolution and TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// From sending to the last byte of the reply. Git servers give up on their own work after 10 seconds or so.
const REPLY_TIMEOUT: Duration = Duration::from_secs(20);
/// Idle connections that are kept to a host for one credential: those of the integration itself are for all who look with it.
const MAX_IDLE_CONNECTIONS: usize = 32;
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Routes to integrations, made when first needed.
pub struct Egress {
    ways: Mutex<Ways>,
    proxy_credentials: ProxyCredentials,
    rooms: Rooms,
    resolver: Resolver,
    limits: Limits,
}

/// Routes, and what all of them trust: one lock, so that none is made of what is trusted no more.
struct Ways {
    roots: rustls::RootCertStore,
    client_certificates: ClientCertificates,
    routes: HashMap<IntegrationId, (Revision, Arc<Route>)>,
}

/// Why there is no route to an integration: its network settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    /// Which certificate, the source says.
    #[error("the integration's `ca_pem` cannot be used")]
    Certificate(#[from] CertificateError),
    /// Which entry, the source says.
    #[error("the integration's `connect_to` cannot be used")]
    ConnectTo(#[from] ConnectToError),
    /// What is wrong with it, the source says.
    #[error("the integration's `proxy` cannot be used")]
    Proxy(#[from] ProxyError),
    /// Names the origin.
    #[error(
        "the origin {0} is not encrypted; allow it with `allow_http` in the integration's network settings, or use https"
    )]
    Unencrypted(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The HTTP client says why.
    #[error("the HTTP client cannot be made")]
    Client(#[from] reqwest::Error),
}

impl Egress {
    /// Trusts the certificates of the system.
    pub fn with_system_certificates() -> Self {
        let (roots, client_certificates) = (certificates::of_the_system(), ClientCertificates::default());
        let ways = Ways { roots, client_certificates, routes: HashMap::new() };
        let (proxy_credentials, limits) = (ProxyCredentials::default(), Limits::default());
        Self {
            ways: Mutex::new(ways),
            proxy_credentials,
            rooms: Rooms::new(),
            resolver: Resolver::of_the_system(),
            limits,
        }
    }

    /// With these for proxies that want them.
    pub fn with_proxy_credentials(self, proxy_credentials: ProxyCredentials) -> Self {
        Self { proxy_credentials, ..self }
    }

    /// With these for git servers that want them.
    pub fn with_client_certificates(self, client_certificates: ClientCertificates) -> Self {
        self.renew(None, Some(client_certificates));
        self
    }

    /// Within these limits of a request and a reply.
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Trusts those the system has now, and shows these, where they could be read. How many are trusted; none where none can be read,
    /// and those before stay.
    pub(crate) fn renew_certificates(&self, shown: Option<ClientCertificates>) -> Option<usize> {
        let roots = Some(certificates::of_the_system()).filter(|roots| !roots.is_empty());
        let count = roots.as_ref().map(rustls::RootCertStore::len);
        self.renew(roots, shown);
        count
    }

    /// Leaves every route that was made with what was before to the calls that are on it.
    fn renew(&self, trusted: Option<rustls::RootCertStore>, shown: Option<ClientCertificates>) {
        let mut ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        ways.routes.clear();
        if let Some(trusted) = trusted {
            ways.roots = trusted;
        }
        if let Some(shown) = shown {
            ways.client_certificates = shown;
        }
    }

    /// The route to an integration, kept until its record changes. One that is not stored yet gets a route of its own.
    pub(crate) fn route(&self, destination: &Destination) -> Result<Arc<Route>, RouteError> {
        let mut ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        let Ways { roots, client_certificates, routes } = &mut *ways;
        let make = || Route::new(destination, roots.clone(), client_certificates, self).map(Arc::new);
        let Some(revision) = destination.revision else {
            return make();
        };
        if let Some((made_for, route)) = routes.get(&destination.integration)
            && *made_for == revision
        {
            return Ok(route.clone());
        }
        let route = make()?;
        routes.insert(destination.integration.clone(), (revision, route.clone()));
        Ok(route)
    }
}

/// The way to one integration's origins, with connections of its own.
pub(crate) struct Route {
    doors: Vec<Door>,
    rooms: Rooms,
}

/// The way to one origin: what may be dialled for it is not dialled for another.
struct Door {
    origin: Origin,
    dialler: Arc<Dialler>,
    way: Way,
    /// Keeps connections, for what reads.
    kept: Pool,
    /// Makes a connection for each request.
    fresh: Client,
    limits: Limits,
}

impl Route {
    /// `roots` are trusted, beside what the integration gives.
    fn new(
        destination: &Destination,
        mut roots: rustls::RootCertStore,
        client_certificates: &ClientCertificates,
        egress: &Egress,
    ) -> Result<Self, RouteError> {
        let place = &destination.place;
        let unencrypted = |origin: &&Origin| !origin.is_encrypted() && !place.allows_http();
        if let Some(origin) = place.origins().iter().find(unencrypted) {
            return Err(RouteError::Unencrypted(origin.url.clone()));
        }
        let given = match &destination.ca_pem {
            Some(pem) => certificates::add(&mut roots, pem)?,
            None => Vec::new(),
        };
        let crypto: Arc<_> = rustls::crypto::ring::default_provider().into();
        let trust = Trust::new(roots, given, crypto.clone())?;
        let tls = rustls::ClientConfig::builder_with_provider(crypto)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(trust.clone());
        let proxy = proxy::of(place)?;
        let credential = proxy.as_ref().and_then(|proxy| egress.proxy_credentials.of(proxy));
        let door = |origin: &Origin| {
            let dialler = Arc::new(Dialler::new(origin, place, &egress.resolver)?);
            // An unencrypted request goes to the proxy as it is: there is no request of its own for a credential to go with.
            let introduction = match credential {
                None => Introduction::Unknown,
                Some(_) if origin.is_encrypted() => Introduction::Given,
                Some(_) => Introduction::Withheld,
            };
            let credential = credential.filter(|_| introduction == Introduction::Given);
            let through = proxy.as_ref().map(|proxy| through(proxy, credential)).transpose()?;
            let shown = client_certificates.at(origin);
            let tls = tls.clone().with_client_cert_resolver(shown.clone());
            let fresh = client(dialler.clone(), tls.clone(), through.clone(), 0)?;
            let kept = {
                let (dialler, through) = (dialler.clone(), through.clone());
                let make = move || client(dialler.clone(), tls.clone(), through.clone(), MAX_IDLE_CONNECTIONS);
                Pool::of(IDLE_TIMEOUT, make)
            };
            let tls = origin.is_encrypted().then(|| Tls { client: shown, trust: trust.clone() });
            let way = Way::to(proxy.as_ref(), introduction, tls);
            Ok(Door { origin: origin.clone(), way, kept, fresh, dialler, limits: egress.limits })
        };
        let doors = place.origins().iter().map(door).collect::<Result<_, RouteError>>()?;
        Ok(Self { doors, rooms: egress.rooms.clone() })
    }

    /// For the large replies of one call.
    pub fn room(&self) -> Room {
        self.rooms.room()
    }

    /// Sends one request with a lease.
    pub async fn send(
        &self,
        lease: &Arc<Lease>,
        room: &Room,
        request: GuestRequest,
        now: Timestamp,
    ) -> Result<GuestResponse, SendFailure> {
        let (url, door) = judge::allowed(&request.url, &self.doors, |door| &door.origin).map_err(refused)?;
        door.dialler.permits_literal(&url).map_err(refused)?;
        let search = |request, lease: &Lease| (carries(&request, lease), request);
        let (carries, request) = lease.aside(request, texts, search).await.map_err(|_| {
            let message = "what is to be sent could not be searched for the lent credential";
            refused(judge::Refusal::new("credential-in-request", message.to_owned()))
        })?;
        if carries {
            let message = "what is to be sent has the lent credential in it, which nobody but the host puts there";
            return Err(refused(judge::Refusal::new("credential-in-request", message.to_owned())));
        }
        let reads = reads(&request);
        let mut outgoing = form(url, request, &door.limits)?;
        lease
            .apply(&mut outgoing, &door.origin, now)
            .map_err(|error| refused(judge::Refusal::new("credential", error.to_string())))?;
        let client = if reads { door.kept.client(lease).map_err(|error| unmade(&error))? } else { door.fresh.clone() };
        match door.exchange(&client, outgoing.clone(), lease, room).await {
            Err(lost) if lost::goes_again(&lost, reads) => door.exchange(&door.fresh, outgoing, lease, room).await,
            ended => ended,
        }
    }
}

impl Door {
    async fn exchange(
        &self,
        client: &Client,
        outgoing: http::Request<Vec<u8>>,
        lease: &Arc<Lease>,
        room: &Room,
    ) -> Result<GuestResponse, SendFailure> {
        let outgoing = client_request(outgoing)?;
        let mut reply = client.execute(outgoing).await.map_err(|error| self.way.explain(&error, lease))?;
        self.way.note_answered();
        if reply.version() == http::Version::HTTP_09 {
            let beginning = reply.chunk().await.ok().flatten().unwrap_or_default();
            return Err(lost::of_no_version(&beginning));
        }
        if let Some(refused) = self.way.refused_by_the_proxy(reply.status()) {
            return Err(refused);
        }
        receive(reply, lease, room, &self.way, self.limits.reply_bytes()).await
    }
}

/// Whether a request changes nothing. Of a POST its provider says so, who could as well send it twice.
pub(crate) fn reads(request: &GuestRequest) -> bool {
    request.reads_only || matches!(request.method, GuestMethod::Get | GuestMethod::Head)
}

/// Whether a provider has the secret, from wherever, and wants it sent: where it ends up in a log, or as the name of something.
fn carries(request: &GuestRequest, lease: &Lease) -> bool {
    texts(request).into_iter().any(|text| lease.is_in(text))
}

fn texts(request: &GuestRequest) -> Vec<&[u8]> {
    let headers = request.headers.iter().map(|header| header.value.as_bytes());
    headers.chain([request.url.as_bytes()]).chain(request.body.as_deref()).collect()
}

/// `idle`: how many connections it keeps for the next request; with 0, each request has one of its own. HTTP/1.1, which every
/// git server speaks: one request at a time on a connection is what keeps a change apart from what went before it. What begins
/// otherwise comes as HTTP/0.9, so that it can be told by how it begins, and is never taken for an answer.
fn client(
    dialler: Arc<Dialler>,
    tls: rustls::ClientConfig,
    proxy: Option<reqwest::Proxy>,
    idle: usize,
) -> reqwest::Result<Client> {
    let builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(dialler)
        .redirect(Policy::none())
        .no_proxy()
        .http1_only()
        .http09_responses()
        // RFC 9112 section 5.2: who receives folded lines takes each fold for a blank.
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REPLY_TIMEOUT)
        .pool_max_idle_per_host(idle)
        .pool_idle_timeout(IDLE_TIMEOUT);
    match proxy {
        Some(proxy) => builder.proxy(proxy).build(),
        None => builder.build(),
    }
}

fn through(proxy: &Url, credential: Option<&ProxyCredential>) -> reqwest::Result<reqwest::Proxy> {
    let proxy = reqwest::Proxy::all(proxy.clone())?;
    Ok(match credential {
        Some(ProxyCredential { user, password }) => proxy.basic_auth(user, password.expose_secret()),
        None => proxy,
    })
}

fn form(url: Url, request: GuestRequest, limits: &Limits) -> Result<http::Request<Vec<u8>>, SendFailure> {
    let body = request.body.unwrap_or_default();
    let most = limits.request_bytes();
    if body.len() > most {
        let message = format!("a request body has at most {most} bytes");
        return Err(refused(judge::Refusal::new(lost::REQUEST_TOO_LARGE, message)));
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

/// What [`Route::send`] makes of a request for one of these origins, but for what it lends and for whom it dials.
pub(crate) fn outgoing(request: GuestRequest, origins: &[Origin], limits: &Limits) -> Result<Request, SendFailure> {
    let (url, _) = judge::allowed(&request.url, origins, |origin| origin).map_err(refused)?;
    client_request(form(url, request, limits)?)
}

fn client_request(outgoing: http::Request<Vec<u8>>) -> Result<Request, SendFailure> {
    Request::try_from(outgoing).map_err(|error| refused(judge::Refusal::new("url", error.to_string())))
}

/// As HTTP has it.
pub(crate) fn method(method: GuestMethod) -> http::Method {
    match method {
        GuestMethod::Get => http::Method::GET,
        GuestMethod::Head => http::Method::HEAD,
        GuestMethod::Post => http::Method::POST,
        GuestMethod::Put => http::Method::PUT,
        GuestMethod::Patch => http::Method::PATCH,
        GuestMethod::Delete => http::Method::DELETE,
    }
}

fn unmade(error: &reqwest::Error) -> SendFailure {
    let message = format!("No connection could be made ready: {error}.");
    failure(SendFailureKind::Refused, "client", message, false)
}

fn refused(refusal: judge::Refusal) -> SendFailure {
    failure(SendFailureKind::Refused, refusal.code, refusal.message, false)
}
