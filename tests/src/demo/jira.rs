//! A Jira to look at: a server of its own that plays the view of an issue, and the connector behind it. What a click asks for is a
//! page link, and the page it leads to opens in a dialog over the issue, or in a tab.
//!
//! It is to Countersign what a real Jira is: another origin, which vouches for its users with a key that is registered, and has
//! its own pages and its own look. Nothing of it is a page of the daemon. Tests put it before a daemon of theirs; the demo does too.
//!
//! | module | job |
//! |---|---|
//! | [`Scene`] | what one Jira is, decided by whoever starts it |
//! | [`cast`] | who and what there is: users, issues, integrations |
//! | [`connector`] | asks the daemon for page links, as one user |
//! | [`view`] | the HTML of the issue view |
//! | [`routes`] | which request gets what |

pub mod cast;
pub mod connector;
mod routes;
mod scene;
mod view;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::cast::ISSUES;
pub use self::scene::Scene;

/// A running Jira. Dropping it stops it.
pub struct Jira {
    address: SocketAddr,
    first_issue: String,
    serving: JoinHandle<()>,
}

impl Jira {
    /// Serves on a listener, from now on. Needs a tokio runtime.
    ///
    /// # Errors
    /// Where the listener does not know its address.
    pub fn serve(listener: TcpListener, scene: Scene) -> std::io::Result<Jira> {
        let address = listener.local_addr()?;
        let first_issue = scene.cast.key(&ISSUES[0]);
        let routes = routes::of(Arc::new(scene));
        let serving = tokio::spawn(async move {
            // Ends with the process or when it is aborted; axum goes on after every error of a connection.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Jira { address, first_issue, serving })
    }

    /// The first issue, for whoever has no name for this Jira but its address.
    pub fn page(&self) -> String {
        format!("http://{}/browse/{}", self.address, self.first_issue)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Jira {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
