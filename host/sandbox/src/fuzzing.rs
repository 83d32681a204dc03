//! What fuzz targets ask of this crate, which nobody else may ask: the judge of the way out and the redactor by themselves, and
//! the intake of a component within small limits. It passes on, and decides nothing of its own.

use std::sync::OnceLock;

use secrecy::SecretString;
use tokio::runtime::{Builder, Runtime};

use crate::egress;
use crate::lease::Lease;
use crate::{ComponentError, Engine, GuestRequest, Limits, WasmProvider};
use model::{BasicUser, CredentialFields, Origin, Scheme};

/// The names of the fields of a [`Lent`] credential.
const USER: &str = "user";
const SECRET: &str = "secret";

/// The request that the HTTP client is given for what a provider asks for, before anything is lent; the code of the refusal where
/// there is none.
pub fn outgoing(request: GuestRequest, origins: &[Origin]) -> Result<reqwest::Request, String> {
    egress::outgoing(request, origins, &Limits::default()).map_err(|failure| failure.code)
}

/// A credential on loan, in so far as it takes itself out of what is said.
pub struct Lent(Lease);

impl Lent {
    /// One that goes out by itself.
    pub fn token(token: &str) -> Self {
        Self::of(&[(SECRET, token)], Scheme::Bearer { token: SECRET.into() })
    }

    /// One that goes out with the name of a user.
    pub fn password(user: &str, password: &str) -> Self {
        let scheme = Scheme::Basic { user: BasicUser::Field(USER.into()), password: SECRET.into() };
        Self::of(&[(USER, user), (SECRET, password)], scheme)
    }

    fn of(fields: &[(&str, &str)], scheme: Scheme) -> Self {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value)));
        Self(Lease::of(fields.collect::<CredentialFields>(), vec![SECRET.to_owned()], scheme))
    }

    /// What is left of a body.
    pub fn redact(&self, bytes: Vec<u8>) -> Vec<u8> {
        self.0.redact(bytes)
    }

    /// What is left of the value of a header.
    pub fn redact_text(&self, text: String) -> String {
        self.0.redact_text(text)
    }

    /// Whether a provider that wants this sent is refused.
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        self.0.is_in(bytes)
    }
}

/// Takes a component in, within limits that are small enough to reach many of them.
pub fn load(component: Vec<u8>) -> Result<WasmProvider, ComponentError> {
    static SANDBOX: OnceLock<(Engine, Runtime)> = OnceLock::new();
    let (engine, runtime) = SANDBOX.get_or_init(|| {
        let limits = Limits { calls: 2, call_s: 5, cpu_ms: 100, memory_mib: 4, ..Limits::default() };
        let engine = Engine::within(limits).expect("there is room for two calls");
        (engine, Builder::new_current_thread().enable_all().build().expect("a runtime can be made"))
    });
    runtime.block_on(WasmProvider::load(engine, component))
}
