//! What a browser does to show a page, on one connection: forms, redirects, cookies, and the files a page refers to.

use std::net::SocketAddr;

use anyhow::{Context as _, bail, ensure};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// Most redirects one after the other, as browsers have such a number too.
const MAX_REDIRECTS: usize = 5;
/// What browsers take.
const ENCODINGS: &str = "gzip, deflate, br, zstd";

/// One with an empty jar.
pub(super) struct Browser {
    sender: SendRequest<Empty<Bytes>>,
    connection: JoinHandle<hyper::Result<()>>,
    host: String,
    cookies: Vec<String>,
}

/// A page that is there in full.
pub(super) struct Page {
    /// Where the redirects led.
    pub(super) path: String,
    pub(super) html: String,
}

/// Bodies as they were sent.
#[derive(Debug, Clone, Copy)]
pub(in crate::bench) struct Weight {
    pub(in crate::bench) html: usize,
    /// Of all stylesheets and scripts.
    pub(in crate::bench) files: usize,
    pub(in crate::bench) is_compressed: bool,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Browser {
    pub(super) async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        Ok(Self { sender, connection: tokio::spawn(connection), host: address.to_string(), cookies: Vec::new() })
    }

    /// Sends an empty form from a page of another origin, or of the daemon's own, and goes where that leads.
    pub(super) async fn post(&mut self, path: &str, origin: Option<&str>) -> anyhow::Result<Page> {
        let own = format!("http://{}", self.host);
        let request = Request::builder().method(Method::POST).header(header::ORIGIN, origin.unwrap_or(&own));
        let answer = self.send(request, path).await?;
        self.follow(path.to_owned(), answer).await
    }

    pub(super) async fn get(&mut self, path: &str) -> anyhow::Result<Page> {
        let answer = self.send(Request::builder(), path).await?;
        self.follow(path.to_owned(), answer).await
    }

    /// Loads a page as browsers do, with every file it refers to.
    pub(super) async fn weigh(&mut self, path: &str) -> anyhow::Result<Weight> {
        let html = self.get(path).await?.html;
        let (page, mut is_compressed) = self.size(path).await?;
        let mut files = 0;
        for file in referred(&html) {
            let (size, compressed) = self.size(file).await?;
            files += size;
            is_compressed |= compressed;
        }
        ensure!(files > 0, "{path} refers to no file");
        Ok(Weight { html: page, files, is_compressed })
    }

    /// Bytes of a body, and whether it is compressed.
    async fn size(&mut self, path: &str) -> anyhow::Result<(usize, bool)> {
        let answer = self.send(Request::builder().header(header::ACCEPT_ENCODING, ENCODINGS), path).await?;
        ensure!(answer.status == StatusCode::OK, "{path} is answered with {}", answer.status);
        Ok((answer.body.len(), answer.headers.contains_key(header::CONTENT_ENCODING)))
    }

    async fn follow(&mut self, mut path: String, mut answer: Answer) -> anyhow::Result<Page> {
        for _ in 0..=MAX_REDIRECTS {
            match answer.status {
                StatusCode::OK => return Ok(Page { path, html: String::from_utf8(answer.body.to_vec())? }),
                StatusCode::SEE_OTHER => {
                    let location = answer.headers.get(header::LOCATION).context("a redirect to nowhere")?;
                    location.to_str()?.clone_into(&mut path);
                    answer = self.send(Request::builder(), &path).await?;
                }
                status => bail!("{path} is answered with {status}: {}", String::from_utf8_lossy(&answer.body)),
            }
        }
        bail!("{path} leads on and on")
    }

    async fn send(&mut self, request: http::request::Builder, path: &str) -> anyhow::Result<Answer> {
        let request = request.uri(path).header(header::HOST, &self.host);
        let request = request.header(header::COOKIE, self.cookies.join("; ")).body(Empty::new())?;
        self.sender.ready().await?;
        let (parts, body) = self.sender.send_request(request).await?.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.cookies.extend(cookie.to_str()?.split(';').next().map(str::to_owned));
        }
        Ok(Answer { status: parts.status, headers: parts.headers, body: body.collect().await?.to_bytes() })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// Stylesheets and scripts of a page.
fn referred(html: &str) -> impl Iterator<Item = &str> {
    let texts = html.split('"');
    texts.filter(|text| text.starts_with('/') && (text.ends_with(".css") || text.ends_with(".js")))
}
