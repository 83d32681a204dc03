//! A GitHub Enterprise Server that answers at once, or after a fixed time: it knows many repositories by their names, and
//! keeps nothing. What is left of an operation's time is then the daemon's own.
//!
//! It runs on a thread of its own, as a git server would, and counts what it is asked. Answers have the members of real ones,
//! because reading them is part of what is measured.

mod repositories;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

pub(super) use self::repositories::{COUNT, NOUNS, OWNERS};
use self::repositories::{Page, Repositories};

/// The repository there are branches in, and the commit everything stands at.
pub(super) const REPOSITORY: &str = "stone-age/quarry";
pub(super) const BASE: &str = "main";
const COMMIT: &str = "4f1d8a2c5e7b9036d1a4c8e2f5b7093a6c8e1d2f";

/// One of them, until the process ends.
pub(super) struct GitServer {
    pub(super) address: SocketAddr,
    asked: Arc<Mutex<Asked>>,
}

/// What a git server was asked so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked {
    pub(super) requests: usize,
    /// What it took for the answers, from the whole head of a request to the whole text of its answer.
    pub(super) took: Duration,
}

impl GitServer {
    /// Listens on 127.0.0.1, at any free port, and lets every answer wait.
    pub(super) fn start(wait: Duration) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let (address, asked) = (listener.local_addr()?, Arc::default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let at_work = Work { wait, repositories: Arc::new(Repositories::all()), asked: Arc::clone(&asked) };
        thread::Builder::new().name("git-server".into()).spawn(move || runtime.block_on(accept(listener, at_work)))?;
        Ok(Self { address, asked })
    }

    pub(super) fn asked(&self) -> Asked {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What every connection works with.
#[derive(Clone)]
struct Work {
    wait: Duration,
    repositories: Arc<Repositories>,
    asked: Arc<Mutex<Asked>>,
}

async fn accept(listener: std::net::TcpListener, work: Work) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve(stream, work.clone()));
    }
}

async fn serve(stream: TcpStream, work: Work) {
    let _ = stream.set_nodelay(true);
    let answer = async |request| {
        let received = Instant::now();
        if !work.wait.is_zero() {
            tokio::time::sleep(work.wait).await;
        }
        let answer = answer(request, &work.repositories).await;
        let mut asked = work.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.requests += 1;
        asked.took += received.elapsed();
        Ok::<_, Infallible>(answer)
    };
    // A client that hangs up ends its connection, and nothing else.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)).await;
}

async fn answer(request: Request<Incoming>, repositories: &Repositories) -> Response<Full<Bytes>> {
    let path = request.uri().path().strip_prefix("/api/v3").unwrap_or_default().to_owned();
    let below = path.strip_prefix("/repos/").and_then(|path| path.strip_prefix(REPOSITORY));
    let query = request.uri().query().unwrap_or_default();
    match (request.method(), path.as_str(), below) {
        _ if !request.headers().contains_key("authorization") => problem(StatusCode::UNAUTHORIZED, "Bad credentials"),
        (&Method::GET, "/user", _) => reply(StatusCode::OK, &json!({"id": 7, "login": "wilma", "type": "User"})),
        (&Method::GET, "/user/repos", _) => page(repositories.listed(query)),
        (&Method::GET, "/search/repositories", _) => page(repositories.found(query)),
        (&Method::GET, _, Some("")) => reply(StatusCode::OK, &repositories::shape(REPOSITORY)),
        (&Method::GET, _, Some("/branches")) => reply(StatusCode::OK, &json!([branch(BASE)])),
        (&Method::GET, _, Some("/git/ref/heads/main")) => reply(StatusCode::OK, &reference("refs/heads/main")),
        (&Method::POST, _, Some("/git/refs")) => created(request).await,
        _ => problem(StatusCode::NOT_FOUND, "Not Found"),
    }
}

/// With the way to the next page, where there is one.
fn page(page: Page) -> Response<Full<Bytes>> {
    let mut answer = reply(StatusCode::OK, &page.content);
    if let Some(next) = page.next {
        let link =
            format!("<https://git.example/api/v3{next}>; rel=\"next\"").try_into().expect("an address is a header");
        answer.headers_mut().insert("link", link);
    }
    answer
}

fn branch(name: &str) -> Value {
    let url = format!("https://git.example/api/v3/repos/{REPOSITORY}/commits/{COMMIT}");
    json!({"name": name, "commit": {"sha": COMMIT, "url": url}, "protected": false})
}

async fn created(request: Request<Incoming>) -> Response<Full<Bytes>> {
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let wanted: Value = serde_json::from_slice(&body).unwrap_or_default();
    match (wanted["ref"].as_str(), wanted["sha"].as_str()) {
        (Some(name), Some(COMMIT)) => reply(StatusCode::CREATED, &reference(name)),
        _ => problem(StatusCode::UNPROCESSABLE_ENTITY, "Object does not exist"),
    }
}

fn reference(name: &str) -> Value {
    let api = format!("https://git.example/api/v3/repos/{REPOSITORY}/git");
    json!({
        "ref": name,
        "node_id": "MDM6UmVmMTcyOnJlZnMvaGVhZHMvbWFpbg==",
        "url": format!("{api}/{name}"),
        "object": {"sha": COMMIT, "type": "commit", "url": format!("{api}/commits/{COMMIT}")},
    })
}

fn problem(status: StatusCode, message: &str) -> Response<Full<Bytes>> {
    reply(status, &json!({"message": message, "status": status.as_u16().to_string()}))
}

fn reply(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    Response::builder()
        .status(status)
        .header("content-type", "application/json; charset=utf-8")
        .header("x-github-media-type", "github.v3; format=json")
        .header("x-oauth-scopes", "repo")
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "4999")
        .header("x-ratelimit-reset", "1790000000")
        .header("x-github-request-id", "C0DE:5EED:1:2:3")
        .body(Full::new(Bytes::from(body.to_string())))
        .expect("the answer's parts are valid")
}
