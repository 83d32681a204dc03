//! What a Countersign git provider is written against, and tested with.
//!
//! A provider teaches Countersign one git server's API. It is an ordinary Rust crate that implements [`GitServer`] and
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
//! `src/lib.rs` says what the git server is, and what operations begin with: here its address and a client. The
//! operations are one trait for each resource, and all read the same way: make the URL, do the request, convert the
//! answer. Here is one in full, the others work alike:
//!
//! ```
//! use std::str::FromStr;
//!
//! use countersign_sdk::types::*;
//! use countersign_sdk::{Accounts, BaseUrl, Branches, Client, GitServer, PullRequests, Reply, Repositories};
//! use countersign_sdk::{Settings, Transport, field_value};
//!
//! #[derive(Default)]
//! pub struct Pebble;
//!
//! countersign_sdk::export!(Pebble);
//!
//! impl GitServer for Pebble {
//!     type Settings = Address;
//!     type Api<'a> = Api<'a>;
//!
//!     // What an administrator and a user see, and how the host authenticates: the credential has one secret
//!     // field, `token`, which goes out as `Authorization: Bearer …` without this code ever holding it.
//!     fn describe() -> Description {
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
//!                 pull_request_label: "pull request".into(),
//!                 branch_rules: BranchRules { max_bytes: 255, refuses_commit_ids: false, case_insensitive: false },
//!                 text_limits: TextLimits { title_chars: 255, description_chars: 65_536 },
//!             }],
//!         }
//!     }
//!
//!     fn api(Address(base): Address, by: &dyn Transport) -> Api<'_> {
//!         Api { client: Client::new(by), base }
//!     }
//! }
//!
//! // What the settings come to. The origins are what the integration may reach; nothing else ever will be.
//! pub struct Address(BaseUrl);
//!
//! impl Settings for Address {
//!     fn parse(_kind: &str, fields: &[FieldValue]) -> Result<Self, Vec<FieldError>> {
//!         let address = field_value(fields, "base_url").unwrap_or_default();
//!         BaseUrl::parse(address).map(Self).map_err(|why| vec![FieldError::new("base_url", why)])
//!     }
//!
//!     fn connection(&self) -> Connection {
//!         Connection {
//!             origins: vec![Origin { url: self.0.origin().into(), aws: None }],
//!             web_url: self.0.origin().into(),
//!             // The form in which a token is made, filled in: the host puts in when it is to end.
//!             credential_pages: vec![CredentialPage {
//!                 label: "Access token".into(),
//!                 url: format!("{}/tokens/new?name=Countersign&until={{expires-on}}", self.0.origin()),
//!             }],
//!             credential_list_page: Some(format!("{}/tokens", self.0.origin())),
//!             grant: None,
//!             user_credentials: UserCredentials::Supported,
//!             offers: Offers { drafts: true, reviewers: true, revocation: false },
//!         }
//!     }
//! }
//!
//! pub struct Api<'a> {
//!     client: Client<'a>,
//!     base: BaseUrl,
//! }
//!
//! // An operation: URL, request, answer.
//! impl Accounts for Api<'_> {
//!     fn whoami(&self) -> Result<Identity, Failure> {
//!         #[derive(serde::Deserialize)]
//!         struct User { id: u64, name: String }
//!
//!         let reply = self.client.get(self.base.url().segments(["api", "user"]))?;
//!         match reply.status {
//!             200 => reply.json("an account").map(|user: User| Identity {
//!                 account: Account { id: user.id.to_string(), login: user.name },
//!                 permissions: vec![],
//!                 expiry: Expiry::Unknown,
//!             }),
//!             _ => Err(refusal(&reply)),
//!         }
//!     }
//! }
//!
//! // What names a repository. Operations on one are given a `&Name`, never a text that does not name any.
//! pub struct Name(String);
//!
//! impl FromStr for Name {
//!     type Err = Failure;
//!
//!     fn from_str(text: &str) -> Result<Self, Failure> {
//!         if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
//!             return Ok(Self(text.into()));
//!         }
//!         let what = FailureReason::NotFound(format!("repository {text}"));
//!         Err(Failure::new(what, "Pebble's repositories have names of letters, digits and `-`."))
//!     }
//! }
//!
//! impl Repositories for Api<'_> {
//!     type RepositoryId = Name;
//!     // …
//! #   fn list_repositories(&self, _: Option<&str>, _: Option<&str>, _: u32) -> Result<RepositoryPage, Failure> { unimplemented!() }
//! #   fn get_repository(&self, _: &Name) -> Result<Repository, Failure> { unimplemented!() }
//! }
//!
//! impl Branches for Api<'_> {
//!     // …
//! #   fn list_branches(&self, _: &Name, _: Option<&str>, _: Option<&str>, _: u32) -> Result<BranchPage, Failure> { unimplemented!() }
//! #   fn create_branch(&self, _: &Name, _: &NewBranch) -> Result<CreatedBranch, Failure> { unimplemented!() }
//! #   fn delete_branch(&self, _: &Name, _: &str) -> Result<Deletion, Failure> { unimplemented!() }
//! }
//!
//! impl PullRequests for Api<'_> {
//!     // …
//! #   fn create_pull_request(&self, _: &Name, _: &NewPullRequest) -> Result<CreatedPullRequest, Failure> { unimplemented!() }
//! #   fn find_pull_requests(&self, _: &Name, _: &str, _: Option<&str>, _: Option<&str>) -> Result<PullRequestPage, Failure> { unimplemented!() }
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
//! // A test is a script of what goes out and what comes back. It calls the provider as the host does.
//! use countersign_sdk::Provider;
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
//!
//! let no_name = Pebble.get_repository(&at, &Script::new(), "../quarry").unwrap_err();
//! assert_eq!(no_name.reason, FailureReason::NotFound("repository ../quarry".into()));
//! ```
//!
//! `cargo test` runs it natively; `cargo build --profile component --target wasm32-unknown-unknown` makes the module
//! that the host's tool turns into a component.
//!
//! # What the SDK takes care of
//!
//! * [`Provider`]: settings and repository ids are read before an operation begins, and one that is none ends the call.
//! * [`BaseUrl`] and [`Url`]: names are escaped, and none can become another path.
//! * [`Client`]: JSON, headers, redirects, and what a request without an answer means: a lost *change* is
//!   `outcome-unknown`, a lost read `unavailable`. Nothing is retried.
//! * [`Reply`] and [`Json`]: reading an answer never panics and never puts a server's body into a message, but for what a web
//!   page calls itself ([`Reply::unavailable`]).
//! * [`timestamp`], [`page_number`] and [`Reply::next_page`]: the dates and pages servers write.
//! * [`look_for`]: one odd entry of a list withholds no others, and is never taken for absent.
//! * [`own_words`], [`says`]: a sign is looked for in what a server says itself, and not in a name that stands in it.
//! * [`sift`]: pages of the size that was asked for, where the server's are of another, or where it cannot search.
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
mod git_server;
#[cfg(any(test, target_arch = "wasm32"))]
mod heap;
pub mod html;
mod json;
pub mod log;
mod long_list;
mod look_for;
mod own_words;
mod provider;
mod resources;
mod sift;
mod sign_in;
mod target;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
pub mod timestamp;
mod transport;
pub mod types;
mod url;

pub use client::{Client, Reply, page_number};
pub use git_server::{GitServer, Settings};
pub use json::Json;
pub use look_for::look_for;
pub use own_words::{MARKS, own_words, says};
pub use provider::Provider;
pub use resources::{Accounts, Branches, PullRequests, Repositories};
pub use sift::{Sifted, sift};
pub use transport::Transport;
pub use types::field_value;
pub use url::{BaseUrl, Url, query_value};
