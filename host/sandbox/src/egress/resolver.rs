//! Names become addresses on threads that wait for nothing else. The system's resolver blocks, for half a minute where the servers
//! it asks are silent: so few threads ask it at once, and one for each name, whose answer is for all who wait for it. Whoever needs
//! no name, or another one, waits for none of that.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, watch};

/// Threads that ask at once: as many names as can be silent before others wait.
const MAX_LOOKUPS: usize = 64;

/// How a name is resolved: the system's way, unless a test has another.
type Lookup = Arc<dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync>;
/// What was found, or why nothing was.
type Found = Result<Vec<SocketAddr>, (io::ErrorKind, String)>;
/// What is found once it is.
type Awaited = watch::Receiver<Option<Found>>;

/// The threads of all.
#[derive(Clone)]
pub(super) struct Resolver {
    lookup: Lookup,
    all: Arc<Semaphore>,
}

/// The one of a name.
#[derive(Clone)]
pub(super) struct OfAName {
    resolver: Resolver,
    under_way: Arc<Mutex<Option<Awaited>>>,
}

impl Resolver {
    /// The system's.
    pub fn of_the_system() -> Self {
        Self::with(Arc::new(|name| Ok((name, 0).to_socket_addrs()?.collect())))
    }

    fn with(lookup: Lookup) -> Self {
        Self { lookup, all: Arc::new(Semaphore::new(MAX_LOOKUPS)) }
    }

    /// For one name, which is asked for once at a time.
    pub fn of_a_name(&self) -> OfAName {
        OfAName { resolver: self.clone(), under_way: Arc::default() }
    }
}

impl OfAName {
    /// Waits for what is found for as long as whoever asks does. The one thread that asks goes on when nobody waits for it any more:
    /// it cannot be called back.
    pub async fn resolve(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        let mut awaited = self.awaited(name);
        let closed = || io::Error::other("the resolver is closed");
        let found = awaited.wait_for(Option::is_some).await.map_err(|_| closed())?.clone();
        found.ok_or_else(closed)?.map_err(|(kind, message)| io::Error::new(kind, message))
    }

    fn awaited(&self, name: &str) -> Awaited {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(awaited) =
            under_way.as_ref().filter(|awaited| awaited.borrow().is_none() && awaited.has_changed().is_ok())
        {
            return awaited.clone();
        }
        let (tell, awaited) = watch::channel(None);
        let (Resolver { lookup, all }, name) = (self.resolver.clone(), name.to_owned());
        tokio::spawn(async move {
            let Ok(one_of_all) = all.acquire_owned().await else { return };
            let asked = tokio::task::spawn_blocking(move || {
                let found = lookup(&name);
                drop(one_of_all);
                found
            });
            let found = asked.await.unwrap_or_else(|failed| Err(io::Error::other(failed)));
            tell.send_replace(Some(found.map_err(|error| (error.kind(), error.to_string()))));
        });
        *under_way = Some(awaited.clone());
        awaited
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
        assert_eq!(asking.load(Ordering::Relaxed), 1);
        let found = timeout(Duration::from_secs(5), other.resolve("git.test")).await.unwrap().unwrap();
        assert_eq!(found, [([192, 0, 2, 1], 0).into()]);
        drop(let_go);
        assert_eq!(silent.resolve("silent.test").await.unwrap().len(), 1, "given back");
    }
}
