//! Lending: from a permit to a credential on one request. The only place that unseals.

pub mod seal;
