//! Connections: accepted one by one, bounded in number, size and time, so that no client keeps another from being served.
//!
//! How long answering a request may take, and how large its body may be, is the stack's business. This module bounds what
//! comes before (a head that drips, nothing at all) and after (an answer nobody reads, a connection nobody uses).

mod activity;
mod open_files;

use std::error::Error;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use self::activity::{Activity, Watched};
use crate::request::Budget;

/// How long requests that are being answered when the daemon is stopped may still take: longer than one call of a provider
/// is given, shorter than the 90 seconds service managers wait before they kill.
pub const STOPPING_GRACE: Duration = Duration::from_secs(45);

/// Connections at a time. An idle one takes some 20 kB and a file descriptor; beyond this many, clients wait in the
/// kernel's queue until one ends.
const MAX_CONNECTIONS: usize = 10_000;

/// From the first byte of a request's head to its last.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Most headers of a request.
const MAX_HEADERS: usize = 100;
/// Largest head of an HTTP/1 request, in bytes: a token of 8 KiB, and as much again twice for what proxies add.
const MAX_HEAD_BYTES: usize = 32 << 10;
/// The same for HTTP/2, where it counts decompressed names and values.
const MAX_HEADER_LIST_BYTES: u32 = 32 << 10;
/// Requests at a time on one HTTP/2 connection.
const MAX_STREAMS: u32 = 100;
/// Bytes of bodies that are kept for one HTTP/2 stream, and for a whole connection, before anybody wants them: the least
/// HTTP/2 allows for a connection.
const STREAM_WINDOW_BYTES: u32 = 32 << 10;
const CONNECTION_WINDOW_BYTES: u32 = (64 << 10) - 1;
/// Bytes of bodies that requests of one connection hold at one time: several of the largest.
const MAX_BODY_BYTES: usize = 1 << 20;
/// Answer bytes kept for one HTTP/2 stream until the client takes them.
const MAX_SEND_BUFFER_BYTES: usize = 256 << 10;
/// How often a quiet HTTP/2 client is asked whether it is still there, and how long it has to answer.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection that has to go may take to say goodbye.
const CLOSING_GRACE: Duration = Duration::from_secs(2);
/// How long to wait after an accept that failed, so that a shortage does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stopping` is told to or its sender is gone, then lets requests finish for up to [`STOPPING_GRACE`].
pub(super) async fn serve<S, B>(listener: TcpListener, answers: S, mut stopping: watch::Receiver<()>)
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let http = http();
    let most = open_files::most_connections(MAX_CONNECTIONS);
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            _ = stopping.changed() => break,
            Some(_) = connections.join_next() => continue,
            stream = accept(&listener), if connections.len() < most => stream,
        };
        connections.spawn(attend(stream, http.clone(), answers.clone(), stopping.clone()));
    }
    drop(listener);
    let finish = async { while connections.join_next().await.is_some() {} };
    if timeout(STOPPING_GRACE, finish).await.is_err() {
        tracing::warn!(connections = connections.len(), "stopped in the middle of answers");
    }
}

fn http() -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEADER_LIST_BYTES)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(MAX_SEND_BUFFER_BYTES)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_TIMEOUT);
    http
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            // The client went away before it was its turn, or there are no file descriptors: connections that end give
            // some back.
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn attend<S, B>(
    stream: TcpStream,
    http: auto::Builder<TokioExecutor>,
    answers: S,
    mut stopping: watch::Receiver<()>,
) where
    S: Service<Request<Incoming>, Response = Response<B>> + Send + Sync + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    // Answers are written whole; waiting for more to send would only delay them. Where it fails, they are delayed.
    let _ = stream.set_nodelay(true);
    let activity = Arc::new(Activity::new());
    let answers = Watched::new(answers, activity.clone(), Budget::new(MAX_BODY_BYTES));
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), answers));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = activity.quiet_for_too_long() => {
            connection.as_mut().graceful_shutdown();
            timeout(CLOSING_GRACE, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        // The client's doing, most likely: its head was too slow or no HTTP, or it went away.
        tracing::debug!(error = error.as_ref() as &dyn Error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests;
