//! The doors of a stand-in: plain HTTP and TLS, both on 127.0.0.1 and nowhere else.
//!
//! Dropping [`Listeners`] stops accepting at once and lets requests in flight finish for a moment.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::certificate::{Authority, CertificateError};
use super::exchange::Exchange;

/// How long requests in flight may still take once the stand-in is dropped: a few `git` processes, not an endless body.
const STOPPING_GRACE: Duration = Duration::from_millis(500);

/// How long to wait after an accept that failed, so that a shortage does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Where to listen, and under which names. Any free ports and an authority of its own, unless told otherwise.
#[derive(Clone, Default)]
#[must_use]
pub struct Doors {
    plain_port: u16,
    tls_port: u16,
    tls_names: Vec<String>,
    authority: Option<Arc<Authority>>,
}

impl Doors {
    /// Names on the certificate: each a DNS name or an IP address.
    pub fn named(mut self, names: &[&str]) -> Doors {
        self.tls_names = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// Fixed ports; 0 is any free one.
    pub fn ports(mut self, plain: u16, tls: u16) -> Doors {
        (self.plain_port, self.tls_port) = (plain, tls);
        self
    }

    /// Who issues the certificate, to share one authority among stand-ins.
    pub fn issued_by(mut self, authority: Arc<Authority>) -> Doors {
        self.authority = Some(authority);
        self
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Bind { port: u16, source: io::Error },
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// Open doors; dropping it closes them.
pub struct Listeners {
    plain: SocketAddr,
    tls: SocketAddr,
    ca_pem: String,
    /// Its end is what the accept loops wait for.
    _open: watch::Sender<()>,
}

impl Listeners {
    /// Opens both doors; needs a tokio runtime, which then serves them.
    pub async fn open(doors: Doors, exchange: Arc<Exchange>) -> Result<Listeners, ListenError> {
        let authority = match doors.authority {
            Some(authority) => authority,
            None => Arc::new(Authority::new()?),
        };
        let acceptor = TlsAcceptor::from(authority.serve_as(doors.tls_names)?);
        let plain = bind(doors.plain_port).await?;
        let tls = bind(doors.tls_port).await?;
        let (open, closing) = watch::channel(());
        let listeners = Listeners {
            plain: local_addr(&plain, doors.plain_port)?,
            tls: local_addr(&tls, doors.tls_port)?,
            ca_pem: authority.pem(),
            _open: open,
        };
        tokio::spawn(accept(plain, None, Arc::clone(&exchange), closing.clone()));
        tokio::spawn(accept(tls, Some(acceptor), exchange, closing));
        Ok(listeners)
    }

    pub fn plain_addr(&self) -> SocketAddr {
        self.plain
    }

    pub fn tls_addr(&self) -> SocketAddr {
        self.tls
    }

    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }
}

async fn bind(port: u16) -> Result<TcpListener, ListenError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|source| ListenError::Bind { port, source })
}

fn local_addr(listener: &TcpListener, port: u16) -> Result<SocketAddr, ListenError> {
    listener.local_addr().map_err(|source| ListenError::Bind { port, source })
}

/// Accepts until the door closes, then gives connections the grace and drops the rest.
async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    exchange: Arc<Exchange>,
    mut closing: watch::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = closing.changed() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    drop(connections.spawn(welcome(stream, peer, tls.clone(), Arc::clone(&exchange), closing.clone())));
                }
                // Out of file descriptors, most likely: connections that end give some back.
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
        }
    }
    drop(listener);
    let finish = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(STOPPING_GRACE, finish).await;
}

async fn welcome(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    exchange: Arc<Exchange>,
    closing: watch::Receiver<()>,
) {
    // Small answers at once: Nagle's delay would make a quick test suite slow.
    let _ = stream.set_nodelay(true);
    match tls {
        None => converse(stream, peer, "http", exchange, closing).await,
        // A failed handshake is the client's finding; there is nobody to tell here.
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                converse(stream, peer, "https", exchange, closing).await;
            }
        }
    }
}

async fn converse<S>(
    stream: S,
    peer: SocketAddr,
    scheme: &'static str,
    exchange: Arc<Exchange>,
    mut closing: watch::Receiver<()>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| Arc::clone(&exchange).serve(scheme, peer, request));
    let builder = auto::Builder::new(TokioExecutor::new());
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // An error is a client that went away, or a fault that closed on purpose: either way the connection is over.
    let ended = tokio::select! {
        _ = connection.as_mut() => true,
        _ = closing.changed() => false,
    };
    if !ended {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}
