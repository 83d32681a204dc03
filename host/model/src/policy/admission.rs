//! The proof that somebody may know of an integration at all.

use std::ops::Deref;

use super::Denial;

/// What a store found for somebody of whom nobody has asked yet whether she may know. Cannot be looked into: only [`admit`]
/// opens it.
///
/// ```compile_fail
/// # use countersign_model::policy::Unseen;
/// let found = Unseen::new("an integration");
/// println!("{}", found.0); // private
/// ```
///
/// ```
/// # use countersign_model::policy::{Unseen, admit};
/// let found = Unseen::new("an integration");
/// println!("{}", *admit(true, Some(found)).unwrap());
/// ```
pub struct Unseen<T>(T);

impl<T> Unseen<T> {
    /// Wraps what was found.
    pub fn new(found: T) -> Self {
        Self(found)
    }
}

/// Proof that whoever asks may know of what is in it: she holds the Jira permission in a project that it is open to. Made
/// by [`admit`] only.
///
/// ```compile_fail
/// # use countersign_model::policy::Admitted;
/// let forged = Admitted("an integration"); // private
/// ```
#[derive(Debug, Clone)]
pub struct Admitted<T>(T);

impl<T> Admitted<T> {
    /// Something made of what she may know.
    pub fn about<'a, U>(&'a self, make: impl FnOnce(&'a T) -> U) -> Admitted<U> {
        Admitted(make(&self.0))
    }

    /// What she may know, by itself.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Admitted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Admits whoever asks, or says why not: the Jira permission first, so that without it nothing is told, not even whether
/// there is something. `found` is what is open to the project she asks for; what is closed to it is as absent.
pub fn admit<T>(may_view_development_tools: bool, found: Option<Unseen<T>>) -> Result<Admitted<T>, Denial> {
    if !may_view_development_tools {
        return Err(Denial::PermissionMissing);
    }
    found.map(|Unseen(found)| Admitted(found)).ok_or(Denial::NotOpenToProject)
}
