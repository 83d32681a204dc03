//! Which git server stands behind a daemon: what an integration with it is told, who has which credential there, and what the
//! vendor's description says. One file per provider; [`Daemon`](super::Daemon) and the provider suite know none of them.

mod github;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;

use serde_json::{Value, json};

pub use self::github::GitHubServer;
use crate::standin::StandIn;
use crate::standin::conformance::Conformance;
use crate::standin::record::Recorded;

/// A kind of integration, and the stand-in for its git server.
pub trait Server: Copy + Debug + Send + Sync + 'static {
    type StandIn: StandIn;

    /// As the provider names it.
    fn kind(self) -> &'static str;

    /// Id of the provider; its component is `target/providers/ID.wasm`.
    fn provider(self) -> &'static str;

    /// The filled-in form of an integration's settings.
    fn settings(self) -> BTreeMap<&'static str, String>;

    /// Host names the provider calls. The stand-in takes their place by name: the origins stay what they would be, and so do
    /// the checks.
    fn hosts(self) -> &'static [&'static str];

    /// The usual scene, served.
    fn usual(self) -> impl Future<Output = Self::StandIn> + Send;

    /// A filled-in credential form. `Err`: why there is no such credential on this git server.
    fn credential(self, of: Holder) -> Result<Fields, &'static str>;

    /// The vendor's description. None, with a printed reason, where the descriptions are not at hand.
    fn description(self) -> Option<&'static dyn Description>;

    /// What the exchanges hold that the description does not; nothing where it is not at hand. An answer that a fault was at
    /// says nothing about the stand-in.
    fn findings(self, exchanges: &[Recorded]) -> Vec<String> {
        let Some(description) = self.description() else { return Vec::new() };
        let check = |recorded: &Recorded| match recorded.fault {
            None => description.check_exchange(recorded),
            Some(_) => description.check_request(recorded),
        };
        exchanges.iter().filter_map(|recorded| check(recorded).err()).flatten().collect()
    }
}

/// Field name to value.
pub type Fields = BTreeMap<&'static str, &'static str>;

/// Credentials of the usual scene, which is the same cast everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The integration account, which may do everything.
    Integration,
    /// Alice may do everything.
    Alice,
    /// Alice's credential that ends on 2031-02-03.
    AliceUntil2031,
    /// Alice's credential that cannot change anything.
    AliceReading,
    AliceExpired,
    AliceRevoked,
    /// Bob may read `widgets`, and not change it.
    Bob,
    /// Mallory sees nothing of what is private.
    Mallory,
}

/// A vendor's description that exchanges are held to.
pub trait Description: Sync {
    fn check_request(&self, recorded: &Recorded) -> Result<(), Vec<String>>;
    fn check_exchange(&self, recorded: &Recorded) -> Result<(), Vec<String>>;
}

impl Description for Conformance {
    fn check_request(&self, recorded: &Recorded) -> Result<(), Vec<String>> {
        Conformance::check_request(self, recorded)
    }

    fn check_exchange(&self, recorded: &Recorded) -> Result<(), Vec<String>> {
        Conformance::check_exchange(self, recorded)
    }
}

pub(super) fn network(server: impl Server, stand_in: &impl StandIn) -> Value {
    let address = stand_in.tls_addr().to_string();
    let connect_to = server.hosts().iter().map(|host| (format!("{host}:443"), address.clone()));
    json!({ "ca_pem": stand_in.ca_pem(), "connect_to": connect_to.collect::<BTreeMap<_, _>>() })
}
