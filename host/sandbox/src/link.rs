//! What one call of a provider may use.

use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::egress::{self, Room, Route};
use crate::lease::Lease;
use crate::{GuestRequest, GuestResponse, SendFailure};
use model::{Clock, Destination, IntegrationId, KindId, Settings, Timestamp, Unreached, Wait};

/// Longest text of a provider that is searched for the lent secret, in bytes: a line of the log has less, whatever its limit is set to.
const LONGEST_TEXT_BYTES: usize = 80 << 10;

/// What one call for the operation `O` may use: a lease, the route to one integration, and nothing else. Comes of a
/// [`Loan`](crate::lend::Loan) for that operation, is used for one call, and cannot be made otherwise.
pub struct Link<O> {
    call: Call,
    operation: PhantomData<fn() -> O>,
}

/// A [`Link`] in the hands of a [`Provider`](crate::Provider), which was told by its type what it is for.
#[derive(Clone)]
pub struct Call(Arc<Lent>);

struct Lent {
    lease: Arc<Lease>,
    route: Arc<Route>,
    destination: Arc<Destination>,
    clock: Arc<dyn Clock>,
    request_id: Arc<str>,
    changes_sent: AtomicU32,
    last: Mutex<Last>,
    room: Room,
}

/// What became of the last request of a call, beside what its provider was given.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Last {
    /// What stood in its way, where it did not even reach the git server.
    pub unreached: Option<Unreached>,
    /// How long the git server wants to be left alone.
    pub wait: Option<Wait>,
    /// Whether the answer was a web page.
    pub is_a_page: bool,
}

impl<O> Link<O> {
    pub(crate) fn new(
        lease: Arc<Lease>,
        route: Arc<Route>,
        destination: Arc<Destination>,
        clock: Arc<dyn Clock>,
        request_id: Arc<str>,
    ) -> Self {
        let room = route.room();
        let (changes_sent, last) = (AtomicU32::new(0), Mutex::default());
        let lent = Lent { lease, route, destination, clock, request_id, changes_sent, last, room };
        Self { call: Call(Arc::new(lent)), operation: PhantomData }
    }

    /// For the provider whose operation it is.
    pub fn into_call(self) -> Call {
        self.call
    }
}

impl<O> fmt::Debug for Link<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link<{}>({})", std::any::type_name::<O>(), self.call.0.destination.integration)
    }
}

impl Call {
    /// The kind of the integration it is for.
    pub fn kind(&self) -> &KindId {
        &self.0.destination.kind
    }

    /// That integration.
    pub(crate) fn integration(&self) -> &IntegrationId {
        &self.0.destination.integration
    }

    /// The settings of that integration.
    pub fn settings(&self) -> &Settings {
        &self.0.destination.settings
    }

    /// The request it belongs to, for the log.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// Sends one request with the lease: the one way out of a provider.
    pub async fn send(&self, request: GuestRequest) -> Result<GuestResponse, SendFailure> {
        // What a provider says of itself here only tells what its own broken call leaves open, and what may go again.
        let changes = !egress::reads(&request);
        if changes {
            // Before it is sent: the call may be cut off while it waits for the answer.
            self.0.changes_sent.fetch_add(1, Ordering::Relaxed);
        }
        let sent = self.0.route.send(&self.0.lease, &self.0.room, request, self.0.clock.now()).await;
        if changes && sent.as_ref().is_err_and(|failure| !failure.maybe_sent) {
            self.0.changes_sent.fetch_sub(1, Ordering::Relaxed);
        }
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = match &sent {
            Ok(reply) => Last { wait: egress::wait(reply), is_a_page: egress::is_a_page(reply), ..Last::default() },
            Err(lost) => Last { unreached: egress::unreached(lost), ..Last::default() },
        };
        sent
    }

    /// What became of the last request.
    pub(crate) fn last(&self) -> Last {
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time by the daemon's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Whether a request that changes something may have reached the git server in this call.
    pub(crate) fn change_may_be_sent(&self) -> bool {
        self.0.changes_sent.load(Ordering::Relaxed) > 0
    }

    /// Whether the lent secret is in what a provider answers. One that has asked the git server nothing knows of none.
    pub(crate) fn is_in(&self, answer: &impl fmt::Debug) -> bool {
        self.0.lease.was_used() && self.0.lease.is_in(format!("{answer:?}").as_bytes())
    }

    /// Takes the lent secret out of a text that came from a provider, and cuts it where it is longer than anybody is shown.
    pub(crate) fn redact(&self, mut text: String) -> String {
        text.truncate(text.floor_char_boundary(LONGEST_TEXT_BYTES));
        self.0.lease.redact_text(text)
    }
}
