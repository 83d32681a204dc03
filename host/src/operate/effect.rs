//! What differs between one sort of operation and another.

use std::future::Future;

use crypto::Parts;
use serde_json::{Map, Value, json};

use super::{Ask, OperationError};
use model::operation::Use;
use model::{Account, ActedAs, Failure, Kind, Repository, RepositoryId, Standing};
use sandbox::Provider;
use sandbox::lend::Loan;
use store::Fingerprint;

/// One operation on a repository: what is asked, and how.
pub trait Effect: Send + Sync {
    /// Which sort of operation: what is permitted, lent and called is of this sort.
    type Operation: Use;
    /// What the git server answers.
    type Answer: Send + Sync;

    /// Whether what may have been done before, and does not stand, is sent once more. Not what takes something away: what is
    /// there by then may be another's.
    const GOES_AGAIN: bool = true;

    /// Holds what was asked to the rules of the integration's kind, before anything is recorded.
    fn fits(&self, _kind: &Kind) -> Result<(), OperationError> {
        Ok(())
    }

    /// What would be brought about, so that a second attempt at it is recognised. None for what changes nothing.
    fn change(&self) -> Option<Change<'_>> {
        None
    }

    /// The repositories that the answer tells of: by then it is known what they are called.
    fn repositories(_answer: &Self::Answer) -> &[Repository] {
        &[]
    }

    /// What the audit log keeps of what was asked.
    fn details(&self, acted_as: ActedAs) -> Map<String, Value>;

    /// Asks the provider.
    fn call(
        &self,
        provider: &dyn Provider,
        loan: &Loan<Self::Operation>,
    ) -> impl Future<Output = Result<Self::Answer, Failure>> + Send;

    /// Whether it stands already: asked when an answer was lost. None: it does not, as far as the git server says.
    fn look_up(
        &self,
        _provider: &dyn Provider,
        _loan: &Loan<Self::Operation>,
    ) -> impl Future<Output = Result<Option<Self::Answer>, Failure>> + Send {
        async { Ok(None) }
    }

    /// What was looked up, where no answer was lost: another attempt has just come to it.
    fn anothers(found: Self::Answer) -> Self::Answer {
        found
    }

    /// What the audit log keeps of the answer.
    fn result(_answer: &Self::Answer) -> Map<String, Value> {
        Map::new()
    }

    /// Whom the git server credits it to, where its answer says so.
    fn credited_to(_answer: &Self::Answer) -> Option<&Account> {
        None
    }
}

/// Something that would be brought about.
pub struct Change<'a> {
    /// Where, as it was asked for.
    pub repository: &'a RepositoryId,
    /// What sort of thing.
    pub what: &'static str,
    /// Which one.
    pub names: Vec<&'a str>,
}

/// What a change is recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Recognised {
    /// One attempt at it is under way at a time, whoever makes it.
    pub turn: Fingerprint,
    /// Names attempts of which one may have done what is asked of the next. What is to go away is each user's own: what another one asked
    /// for says nothing of what came of hers.
    pub effect: Fingerprint,
}

impl Change<'_> {
    /// By what its repository is called, however it was asked for.
    pub(super) fn recognised<E: Effect>(&self, ask: &Ask, called: &RepositoryId) -> Recognised {
        let mut parts = vec![self.what, ask.integration.as_str(), called.as_str()];
        parts.extend(&self.names);
        let turn = fingerprint(&parts);
        if E::GOES_AGAIN {
            return Recognised { turn, effect: turn };
        }
        let user = ask.user();
        parts.extend([user.site.as_str(), user.id.as_str()]);
        Recognised { turn, effect: fingerprint(&parts) }
    }
}

/// What the audit log keeps of everything that is asked of one repository.
pub(super) fn details(repository: &RepositoryId, acted_as: ActedAs) -> Map<String, Value> {
    Map::from_iter([("repository".into(), json!(repository)), ("acts_as".into(), json!(acted_as))])
}

/// What the audit log keeps of how it comes that something stands.
pub(super) fn told_standing(standing: Standing) -> Map<String, Value> {
    let mut told = Map::from_iter([("existed".into(), json!(standing.existed()))]);
    if standing.answer_lost() {
        told.insert("answer_lost".into(), json!(true));
    }
    told
}

/// A fingerprint of parts that cannot run into each other.
fn fingerprint(parts: &[&str]) -> Fingerprint {
    Parts::of(parts.iter().copied()).sha256()
}
