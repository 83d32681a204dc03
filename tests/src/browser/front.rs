//! What stands before a daemon where people use it: something that ends TLS under the name everybody calls it by. Browsers keep
//! their strictest rules, of cookies above all, for pages that came like that.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::standin::certificate::Authority;

/// An open front; dropping it closes it.
pub struct Front {
    host: String,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Front {
    /// Leads `https://host` to what listens at an address with plain HTTP. Needs a tokio runtime, which then serves it.
    pub async fn open(host: &str, to: SocketAddr) -> Front {
        let authority = Authority::new().expect("an authority");
        let mut config = (*authority.serve_as(vec![host.to_owned()]).expect("a certificate")).clone();
        // Bytes are handed on as they are, to where HTTP/1.1 is always understood.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let accepting = tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config)), to));
        Front { host: host.to_owned(), address, accepting }
    }

    /// How a browser is told that the name leads here.
    pub(super) fn resolver_rule(&self) -> String {
        format!("MAP {}:443 {}", self.host, self.address)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, to: SocketAddr) {
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // Whoever went away misses the rest, and nobody else does.
            let Ok(mut inside) = TcpStream::connect(to).await else { return };
            let Ok(mut outside) = acceptor.accept(stream).await else { return };
            let _ = copy_bidirectional(&mut outside, &mut inside).await;
        });
    }
}
