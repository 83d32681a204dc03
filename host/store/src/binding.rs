//! How credentials from before there were places are sealed for theirs, when their database is upgraded. The store cannot
//! open one: whoever can says how.

use model::{CredentialOwner, Place, Sealed};

/// Seals anew, for the place it was given to, what was sealed for its owner alone.
pub struct Binding<'a> {
    /// The way of sealing it then has.
    pub algorithm: &'a str,
    /// None where it does not open; it then stays as it is, and is of no use to anybody.
    pub seal: &'a dyn Fn(&CredentialOwner, &Place, &Sealed) -> Option<Sealed>,
}
