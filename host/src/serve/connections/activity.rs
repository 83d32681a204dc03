//! Whether a connection is of use to anybody. HTTP's own timers do not see a client that connects and says nothing, one that
//! does not read its answers, or an HTTP/2 connection without requests.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::service::Service;
use tokio::time::{Instant, sleep_until};

use crate::request::{Budget, OfConnection};

/// From connecting to the first request, its head included.
const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Without a request being answered: what a client gets to read its last answer, and to think of another request.
/// (Between requests on HTTP/1 the shorter time for a head counts.)
const QUIET_TIMEOUT: Duration = Duration::from_secs(60);

/// What goes on on one connection.
pub(super) struct Activity(Mutex<State>);

struct State {
    /// Requests being answered.
    open: usize,
    /// When the last one was answered, or the client connected.
    quiet_since: Instant,
    patience: Duration,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self(Mutex::new(State { open: 0, quiet_since: Instant::now(), patience: FIRST_REQUEST_TIMEOUT }))
    }

    /// Returns when nothing was asked for too long.
    pub(super) async fn quiet_for_too_long(&self) {
        loop {
            let now = Instant::now();
            let look_again = match self.end_of_patience() {
                Some(end) if end <= now => return,
                Some(end) => end,
                None => now + QUIET_TIMEOUT,
            };
            sleep_until(look_again).await;
        }
    }

    /// None while a request is being answered.
    fn end_of_patience(&self) -> Option<Instant> {
        let state = self.state();
        (state.open == 0).then(|| state.quiet_since + state.patience)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request being answered, until it is dropped: an HTTP/2 client may reset it before there is an answer.
struct Answering(Arc<Activity>);

impl Answering {
    fn begin(activity: &Arc<Activity>) -> Self {
        let mut state = activity.state();
        state.open += 1;
        state.patience = QUIET_TIMEOUT;
        drop(state);
        Self(activity.clone())
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.open -= 1;
        state.quiet_since = Instant::now();
    }
}

/// A service whose requests are noted on their connection, and know what it may hold.
pub(super) struct Watched<S> {
    answers: S,
    activity: Arc<Activity>,
    body_bytes: Budget,
}

impl<S> Watched<S> {
    pub(super) fn new(answers: S, activity: Arc<Activity>, body_bytes: Budget) -> Self {
        Self { answers, activity, body_bytes }
    }
}

impl<S> Service<Request<Incoming>> for Watched<S>
where
    S: Service<Request<Incoming>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(OfConnection(self.body_bytes.clone()));
        let answering = Answering::begin(&self.activity);
        let answer = self.answers.call(request);
        Box::pin(async move {
            let _until_answered = answering;
            answer.await
        })
    }
}
