//! What a git server's answer says of a stored PAT, and whether it still says anything: answers overtake each other.

use super::{Identity, PatMetadata, Rejection, Timestamp};

/// An answer of the git server that a PAT was good for, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learnt {
    /// When the question was put.
    pub asked_at: Timestamp,
    /// When its answer was there.
    pub answered_at: Timestamp,
    pub answer: PatAnswer,
}

/// What the git server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatAnswer {
    /// It accepts it, and this is whose it is.
    Accepted(Identity),
    /// It does not accept it, and this is what it says.
    Refused(String),
}

impl Learnt {
    /// What is known with this answer, of what is known by now. None where another answer came while this one was waited for
    /// and says otherwise: which of the two is the later one, nobody can tell, and the one that is known stays.
    ///
    /// Only what the answer says is changed: when the PAT ends stays as it was known where the git server does not say.
    pub fn added_to(self, known: PatMetadata) -> Option<PatMetadata> {
        let (now, asked_at) = (self.answered_at, self.asked_at);
        // A time still to come was noted before the clock was set back, and says nothing.
        let came_meanwhile = |noted: Option<Timestamp>| noted.is_some_and(|noted| asked_at < noted && noted <= now);
        match self.answer {
            PatAnswer::Accepted(_) if came_meanwhile(known.rejection.as_ref().map(|rejection| rejection.at)) => None,
            PatAnswer::Refused(_) if came_meanwhile(known.last_checked_at) => None,
            PatAnswer::Accepted(Identity { account, permissions, expiry }) => Some(PatMetadata {
                account: Some(account),
                account_before: None,
                permissions,
                expiry: expiry.or(known.expiry),
                last_checked_at: Some(now),
                rejection: None,
                ..known
            }),
            PatAnswer::Refused(why) => {
                Some(PatMetadata { last_checked_at: Some(now), rejection: Some(Rejection { at: now, why }), ..known })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Account, Connection, Expiry, NetworkRules, Offers, Place, UserCredentials};

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_unix_ms(ms)
    }

    fn account(login: &str) -> Account {
        Account { id: login.into(), login: login.into() }
    }

    /// Saved unchecked, at 1.
    fn unchecked() -> PatMetadata {
        let connection = Connection {
            origins: vec![],
            web_url: String::new(),
            credential_pages: vec![],
            credential_list_page: None,
            grant: None,
            user_credentials: UserCredentials::Supported,
            offers: Offers::default(),
        };
        PatMetadata {
            account: None,
            account_before: Some(account("before")),
            permissions: vec![],
            expiry: Expiry::At(at(99)),
            saved_at: at(1),
            last_checked_at: None,
            last_used_at: None,
            rejection: None,
            given_to: Place::new(&connection, &NetworkRules::default()),
        }
    }

    fn accepted(asked: i64, answered: i64) -> Learnt {
        let identity = Identity { account: account("ann"), permissions: vec![], expiry: Expiry::Unknown };
        Learnt { asked_at: at(asked), answered_at: at(answered), answer: PatAnswer::Accepted(identity) }
    }

    fn refused(asked: i64, answered: i64) -> Learnt {
        Learnt { answer: PatAnswer::Refused("Bad credentials".into()), ..accepted(asked, answered) }
    }

    #[test]
    fn an_answer_changes_what_it_says_and_nothing_else() {
        let good = accepted(2, 3).added_to(unchecked()).unwrap();
        let account_is = |pat: &PatMetadata| pat.account == Some(account("ann")) && pat.account_before.is_none();
        assert!(account_is(&good) && good.last_checked_at == Some(at(3)) && good.rejection.is_none());
        assert_eq!((good.expiry, good.saved_at), (Expiry::At(at(99)), at(1)));
        let dead = refused(4, 5).added_to(good).unwrap();
        let rejection = Rejection { at: at(5), why: "Bad credentials".into() };
        assert!(account_is(&dead) && dead.last_checked_at == Some(at(5)) && dead.rejection == Some(rejection));
        let back = accepted(6, 7).added_to(dead).unwrap();
        assert_eq!((back.rejection, back.last_checked_at), (None, Some(at(7))));
    }

    #[test]
    fn of_two_answers_that_overtook_each_other_the_known_one_stays() {
        let good = accepted(2, 5).added_to(unchecked()).unwrap();
        assert_eq!(refused(2, 6).added_to(good.clone()), None);
        assert!(refused(5, 6).added_to(good.clone()).is_some(), "asked after that");
        let dead = refused(2, 5).added_to(unchecked()).unwrap();
        assert_eq!(accepted(2, 6).added_to(dead.clone()), None);
        assert_eq!(refused(2, 6).added_to(dead.clone()), None, "known already");
        assert!(accepted(5, 6).added_to(dead).is_some(), "asked after that");
        assert!(accepted(2, 6).added_to(good.clone()).is_some(), "both say the same");
        assert!(refused(2, 3).added_to(good).is_some(), "the clock was set back");
    }
}
