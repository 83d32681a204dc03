//! Lending and the sandbox: components that speak to git servers, what they are lent, and the only way out.
//!
//! A [`Provider`] is asked with values of the model and a [`Link`], which comes of a [`lend::Loan`], which comes of a permit:
//! each is for one operation on one integration, and the compiler keeps it so. What a component wants sent goes through
//! [`egress`], where the origin and headers are checked before the lease is put on. wasmtime is known in this crate only;
//! the store is not known at all.
#![forbid(unsafe_code)]

mod address_space;
mod bindings;
mod component;
mod convert;
mod egress;
mod engine;
mod fingerprint;
#[doc(hidden)]
pub mod fuzzing;
mod guest;
mod handle;
mod lease;
pub mod lend;
mod limits;
mod link;
mod pauses;
mod provider;
mod registry;

pub use self::address_space::{AddressSpace, TooLittle};
pub use self::bindings::countersign::provider::lending::{
    Header as GuestHeader, Method as GuestMethod, Request as GuestRequest, Response as GuestResponse, SendFailure,
    SendFailureKind,
};
pub use self::component::{ComponentError, WasmProvider, compile};
pub use self::convert::{MAX_NAME_BYTES, MAX_TEXT_BYTES};
pub use self::egress::{
    ClientCertificateError, ClientCertificates, Egress, ProxyCredentials, ProxyCredentialsError, ProxyError,
    RouteError, checked_proxy, network_errors, proxy_origin,
};
pub use self::engine::{Engine, Exceedings};
pub use self::fingerprint::fingerprint;
pub use self::lease::REDACTED;
pub use self::limits::Limits;
pub use self::link::{Call, Link};
pub use self::pauses::Paused;
pub use self::provider::{ConnectError, Provider};
pub use self::registry::Registry;
