//! Names become addresses on threads that wait for nothing else. The system's resolver blocks, for half a minute where the servers
//! it asks are silent: so few threads ask it at once, and fewer for one name, that whoever needs no name, or another one, waits for
//! none of that.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;

use tokio::sync::Semaphore;

/// Threads that ask at once.
const MAX_LOOKUPS: usize = 32;
/// Of those, how many for one name.
const MAX_LOOKUPS_OF_A_NAME: usize = 4;

/// How a name is resolved: the system's way, unless a test has another.
type Lookup = Arc<dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync>;

/// The threads of all.
#[derive(Clone)]
pub(super) struct Resolver {
    lookup: Lookup,
    all: Arc<Semaphore>,
}

/// The threads of one name.
#[derive(Clone)]
pub(super) struct OfAName {
    resolver: Resolver,
    own: Arc<Semaphore>,
}

impl Resolver {
    /// The system's.
    pub fn of_the_system() -> Self {
        Self::with(Arc::new(|name| Ok((name, 0).to_socket_addrs()?.collect())))
    }

    fn with(lookup: Lookup) -> Self {
        Self { lookup, all: Arc::new(Semaphore::new(MAX_LOOKUPS)) }
    }

    /// For one name, whose lookups wait for one another.
    pub fn of_a_name(&self) -> OfAName {
        OfAName { resolver: self.clone(), own: Arc::new(Semaphore::new(MAX_LOOKUPS_OF_A_NAME)) }
    }
}

impl OfAName {
    /// Waits for a thread for as long as whoever asks does. One that asks goes on when nobody waits for it any more: it cannot be
    /// called back.
    pub async fn resolve(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        let closed = |_| io::Error::other("the resolver is closed");
        let own = self.own.clone().acquire_owned().await.map_err(closed)?;
        let one_of_all = self.resolver.all.clone().acquire_owned().await.map_err(closed)?;
        let (lookup, name) = (self.resolver.lookup.clone(), name.to_owned());
        let asked = tokio::task::spawn_blocking(move || {
            let found = lookup(&name);
            drop((own, one_of_all));
            found
        });
        asked.await.map_err(io::Error::other)?
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_server_that_never_answers_takes_few_threads_and_none_of_another_name() {
        let (let_go, held) = mpsc::channel::<()>();
        let (held, asking) = (std::sync::Mutex::new(held), Arc::new(AtomicUsize::new(0)));
        let counted = asking.clone();
        let resolver = Resolver::with(Arc::new(move |name: &str| {
            if name == "silent.test" {
                counted.fetch_add(1, Ordering::Relaxed);
                let _ = held.lock().map(|held| held.recv());
            }
            Ok(vec![([192, 0, 2, 1], 0).into()])
        }));
        let (silent, other) = (resolver.of_a_name(), resolver.of_a_name());
        let waiting: Vec<_> = (0..600)
            .map(|_| {
                let silent = silent.clone();
                tokio::spawn(async move { timeout(Duration::from_millis(100), silent.resolve("silent.test")).await })
            })
            .collect();
        for waits in waiting {
            assert!(waits.await.unwrap().is_err(), "whoever asks gives up");
        }
        assert_eq!(asking.load(Ordering::Relaxed), MAX_LOOKUPS_OF_A_NAME);
        let found = timeout(Duration::from_secs(5), other.resolve("git.test")).await.unwrap().unwrap();
        assert_eq!(found, [([192, 0, 2, 1], 0).into()]);
        drop(let_go);
        assert_eq!(silent.resolve("silent.test").await.unwrap().len(), 1, "given back");
    }
}
