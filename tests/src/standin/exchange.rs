//! The one way from a request to a reply: find the fault, record, act, record the answer, reply.
//!
//! Knows no git server: a kind is an [`Api`].

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{Request as HttpRequest, Response, header, request::Parts};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming};
use tokio::time::{Interval, interval, sleep};

use super::faults::{Fault, Faults, Reply};
use super::message::{Answer, Request};
use super::record::Record;

/// Largest request body taken, in bytes: far above anything these APIs are sent, and small enough not to hurt a laptop.
const MAX_REQUEST_BYTES: usize = 8 * 1024 * 1024;
/// Bytes per piece of an endless body.
const ENDLESS_PIECE: &[u8] = &[b' '; 64 * 1024];

/// One git server's API, spoken on real repositories.
///
/// Both functions may block on `git`; they are called off the async threads.
pub trait Api: Send + Sync + 'static {
    /// Login of the account the request's credential belongs to, none where there is none or it is not accepted. Changes
    /// nothing.
    fn account_of(&self, request: &Request) -> Option<String>;

    /// Does what the request asks and says what became of it.
    fn answer(&self, request: &Request) -> Answer;
}

/// An API with its record and its faults.
pub struct Exchange {
    api: Arc<dyn Api>,
    record: Record,
    faults: Faults,
}

/// Why there is no reply; hyper then closes the connection (HTTP/1) or resets the stream (HTTP/2).
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    #[error("closed on purpose")]
    Closed,
    #[error("request body: {0}")]
    RequestBody(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the stand-in failed: {0}")]
    StandIn(#[from] tokio::task::JoinError),
}

impl Exchange {
    pub fn new(api: Arc<dyn Api>, record: Record, faults: Faults) -> Exchange {
        Exchange { api, record, faults }
    }

    /// Serves one request that came in over `scheme`.
    pub(super) async fn serve(
        self: Arc<Self>,
        scheme: &'static str,
        peer: SocketAddr,
        request: HttpRequest<Incoming>,
    ) -> Result<Response<ReplyBody>, Unanswered> {
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, MAX_REQUEST_BYTES).collect().await.map_err(Unanswered::RequestBody)?.to_bytes();
        match self.reply(received(scheme, peer, parts, body)).await? {
            Reply::Whole(answer) => Ok(response(answer, |body| ReplyBody::Whole(Full::new(body)))),
            Reply::Endless(answer) => Ok(response(answer, ReplyBody::Endless)),
            Reply::Drip { answer, interval_ms } => {
                let ticks = interval(Duration::from_millis(interval_ms));
                Ok(response(answer, |body| ReplyBody::Drip(body, ticks)))
            }
            Reply::Close => Err(Unanswered::Closed),
        }
    }

    async fn reply(self: Arc<Self>, request: Request) -> Result<Reply, Unanswered> {
        let fault = self.faults.take(&request);
        let account = self.blocking(&request, |api, request| api.account_of(request)).await?;
        let entry = self.record.received(&request, account, fault.as_ref().map(Fault::name));
        if let Some(answer) = fault.as_ref().and_then(|fault| fault.instead_of_acting(&request)) {
            entry.answered(&answer);
            return Ok(Reply::Whole(answer));
        }
        match fault {
            Some(Fault::CloseBeforeActing) => return Ok(Reply::Close),
            Some(Fault::DelayBeforeActing { delay_ms }) => sleep(Duration::from_millis(delay_ms)).await,
            _ => {}
        }
        let answer = self.blocking(&request, |api, request| api.answer(request)).await?;
        entry.answered(&answer);
        if let Some(Fault::DelayAnswer { delay_ms }) = fault {
            sleep(Duration::from_millis(delay_ms)).await;
        }
        Ok(match fault {
            Some(fault) => fault.after_acting(&request, answer),
            None => Reply::Whole(answer),
        })
    }

    async fn blocking<T: Send + 'static>(
        &self,
        request: &Request,
        work: impl FnOnce(&dyn Api, &Request) -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let (api, request) = (Arc::clone(&self.api), request.clone());
        Ok(tokio::task::spawn_blocking(move || work(&*api, &request)).await?)
    }
}

fn received(scheme: &str, peer: SocketAddr, parts: Parts, body: Bytes) -> Request {
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = parts.uri.authority().map(|authority| authority.as_str()).or(host).unwrap_or("localhost");
    Request {
        origin: format!("{scheme}://{authority}"),
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body,
        peer,
    }
}

fn response(answer: Answer, body: impl FnOnce(Bytes) -> ReplyBody) -> Response<ReplyBody> {
    let mut response = Response::new(body(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

/// A body as it leaves.
pub(super) enum ReplyBody {
    Whole(Full<Bytes>),
    /// These bytes, then spaces for ever.
    Endless(Bytes),
    /// These bytes, one per tick.
    Drip(Bytes, Interval),
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            ReplyBody::Whole(body) => Pin::new(body).poll_frame(context),
            ReplyBody::Endless(first) if first.is_empty() => piece(Bytes::from_static(ENDLESS_PIECE)),
            ReplyBody::Endless(first) => piece(std::mem::take(first)),
            ReplyBody::Drip(rest, _) if rest.is_empty() => Poll::Ready(None),
            ReplyBody::Drip(rest, ticks) => {
                ready!(ticks.poll_tick(context));
                piece(rest.split_to(1))
            }
        }
    }
}

fn piece(bytes: Bytes) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
    Poll::Ready(Some(Ok(Frame::data(bytes))))
}
