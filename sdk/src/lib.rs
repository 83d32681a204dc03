//! What a Countersign git provider is written against, and tested with.
//!
//! A provider teaches Countersign one git server's API. It is an ordinary Rust crate that implements [`Provider`] and
//! is built to one WebAssembly component. It has no network, files, clock or environment; the one thing it can do is
//! [send a request](Transport) with the credential it was lent for the current call. It never sees the secret.
//!
//! # A provider in one page
//!
//! `Cargo.toml` asks for both kinds of library: the component, and a native one for tests.
//!
//! ```toml
//! [lib]
//! crate-type = ["cdylib", "rlib"]
//!
//! [dependencies]
//! countersign-sdk = { path = "…" }
//! serde = { version = "1", features = ["derive"] }
//! ```
//!
//! `src/lib.rs` implements the trait on a unit struct. Every operation reads the same way: make the URL, do the
//! request, convert the answer. Here is one in full, the others work alike:
//!
//! ```
//! use countersign_sdk::types::*;
//! use countersign_sdk::{BaseUrl, Client, Provider, Reply, Transport, field_value};
//!
//! #[derive(Default)]
//! pub struct Pebble;
//!
//! countersign_sdk::export!(Pebble);
//!
//! impl Provider for Pebble {
//!     // What an administrator and a user see, and how the host authenticates: the credential has one secret
//!     // field, `token`, which goes out as `Authorization: Bearer …` without this code ever holding it.
//!     fn describe(&self) -> Description {
//!         let field = |name: &str, label: &str, input| Field {
//!             name: name.into(), label: label.into(), help: String::new(), required: true, input, example: String::new(),
//!         };
//!         Description {
//!             id: "pebble".into(),
//!             version: env!("CARGO_PKG_VERSION").into(),
//!             label: "Pebble".into(),
//!             kinds: vec![Kind {
//!                 id: "pebble".into(),
//!                 label: "Pebble".into(),
//!                 settings: vec![field("base_url", "Address", Input::Url)],
//!                 credential: vec![field("token", "Access token", Input::Secret)],
//!                 scheme: Scheme::Bearer("token".into()),
//!                 permissions: vec![],
//!                 credential_help: "Make a token on your profile page.".into(),
//!                 branch_rules: BranchRules { max_bytes: 255, refuses_commit_ids: false, case_insensitive: false },
//!                 text_limits: TextLimits { title_chars: 255, description_chars: 65_536 },
//!             }],
//!         }
//!     }
//!
//!     // Settings become the origins the integration may reach; nothing else ever will be.
//!     fn connect(&self, _kind: &str, settings: &[FieldValue]) -> Result<Connection, Vec<FieldError>> {
//!         let address = field_value(settings, "base_url").unwrap_or_default();
//!         let base = BaseUrl::parse(address).map_err(|why| vec![FieldError::new("base_url", why)])?;
//!         Ok(Connection {
//!             origins: vec![Origin { url: base.origin().into(), aws: None }],
//!             web_url: base.origin().into(),
//!             credential_page: None,
//!             user_credentials: UserCredentials::Supported,
//!         })
//!     }
//!
//!     // An operation: URL, request, answer.
//!     fn whoami(&self, at: &Integration, by: &dyn Transport) -> Result<Identity, Failure> {
//!         #[derive(serde::Deserialize)]
//!         struct User { id: u64, name: String }
//!
//!         let reply = Client::new(by).get(base(at)?.url().segments(["api", "user"]))?;
//!         match reply.status {
//!             200 => reply.json("an account").map(|user: User| Identity {
//!                 account: Account { id: user.id.to_string(), login: user.name },
//!                 permissions: vec![],
//!                 expiry: Expiry::Unknown,
//!             }),
//!             _ => Err(refusal(&reply)),
//!         }
//!     }
//!
//!     // …
//! #   fn list_repositories(&self, _: &Integration, _: &dyn Transport, _: Option<&str>, _: Option<&str>) -> Result<RepositoryPage, Failure> { unimplemented!() }
//! #   fn get_repository(&self, _: &Integration, _: &dyn Transport, _: &str) -> Result<Repository, Failure> { unimplemented!() }
//! #   fn list_branches(&self, _: &Integration, _: &dyn Transport, _: &str, _: Option<&str>, _: Option<&str>) -> Result<BranchPage, Failure> { unimplemented!() }
//! #   fn create_branch(&self, _: &Integration, _: &dyn Transport, _: &str, _: &NewBranch) -> Result<CreatedBranch, Failure> { unimplemented!() }
//! #   fn delete_branch(&self, _: &Integration, _: &dyn Transport, _: &str, _: &str) -> Result<Deletion, Failure> { unimplemented!() }
//! #   fn create_pull_request(&self, _: &Integration, _: &dyn Transport, _: &str, _: &NewPullRequest) -> Result<CreatedPullRequest, Failure> { unimplemented!() }
//! #   fn find_pull_requests(&self, _: &Integration, _: &dyn Transport, _: &str, _: &str, _: Option<&str>, _: Option<&str>) -> Result<PullRequestPage, Failure> { unimplemented!() }
//! }
//!
//! fn base(at: &Integration) -> Result<BaseUrl, Failure> {
//!     let address = at.setting("base_url").unwrap_or_default();
//!     BaseUrl::parse(address).map_err(|why| Failure::new(FailureReason::UnexpectedReply, why))
//! }
//!
//! // Which status means what is the heart of a provider: say whose fault it is, and say unknown when it is.
//! fn refusal(reply: &Reply) -> Failure {
//!     match reply.status {
//!         401 => Failure::new(FailureReason::CredentialRejected, "Pebble does not know this token.").with_status(401),
//!         500.. => reply.unavailable(),
//!         _ => Failure::unexpected("an account", reply),
//!     }
//! }
//!
//! // A test is a script of what goes out and what comes back.
//! use countersign_sdk::testing::{Answer, Script, get};
//!
//! let at = Integration {
//!     kind: "pebble".into(),
//!     settings: vec![FieldValue { name: "base_url".into(), value: "https://pebble.example".into() }],
//! };
//! let script = Script::new().step(
//!     get("https://pebble.example/api/user"),
//!     Answer::text(200, "application/json", r#"{"id": 7, "name": "wilma"}"#),
//! );
//! assert_eq!(Pebble.whoami(&at, &script).unwrap().account.login, "wilma");
//! ```
//!
//! `cargo test` runs it natively; `cargo build --profile component --target wasm32-unknown-unknown` makes the module
//! that the host's tool turns into a component.
//!
//! # What the SDK takes care of
//!
//! * [`BaseUrl`] and [`Url`]: names are escaped, and none can become another path.
//! * [`Client`]: JSON, headers, redirects, and what a request without an answer means: a lost *change* is
//!   `outcome-unknown`, a lost read `unavailable`. Nothing is retried.
//! * [`Reply`] and [`Json`]: reading an answer never panics and never puts a server's body into a message.
//! * [`timestamp`], [`page_number`] and [`Reply::next_page`]: the dates and pages servers write.
//!
//! # What a provider must take care of
//!
//! * Return `credential-rejected` only where the server is sure: the host then lends that credential no more.
//! * Send a request that changes something at most once per call.
//! * Find out what stands there when the server says *exists already*: the very thing asked for is a success.

#![warn(missing_docs)]

#[allow(unsafe_code, clippy::mem_forget, reason = "generated")]
pub mod bindings;
mod client;
pub mod component;
mod failure;
#[cfg(any(test, target_arch = "wasm32"))]
mod heap;
mod json;
pub mod log;
mod provider;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
pub mod timestamp;
mod transport;
pub mod types;
mod url;

pub use client::{Client, Reply, page_number};
pub use json::Json;
pub use provider::Provider;
pub use transport::Transport;
pub use types::field_value;
pub use url::{BaseUrl, Url, query_value};
