//! Words that mean the same wherever GitLab says them: in a refusal of its API, and in what the checks of a push say
//! through it.
//!
//! For what has neither a code nor a status of its own. Each is a piece of a sentence, so that a sentence of another version
//! is read too; a custom hook may use them as well.

use countersign_sdk::types::FailureReason;
use countersign_sdk::{own_words, says};

use crate::description::DEVELOPER;

/// What the signs after it mean, in the order they are looked for: what somebody can mend herself comes first.
type Meaning = (fn() -> FailureReason, &'static [&'static str]);

const MEANINGS: [Meaning; 6] = [
    (|| FailureReason::SsoAuthorizationRequired, &["sso session", "single sign-on"]),
    (|| FailureReason::NameInvalid, &["branch name", "invalid name", "name is invalid", "refname"]),
    (
        || FailureReason::PermissionMissing(DEVELOPER.into()),
        &["push code to this project", "upload code", "push access"],
    ),
    (
        || FailureReason::ReadOnly,
        &[
            "read-only",
            "archived",
            "maintenance mode",
            "moved project",
            "organization is unavailable",
            "secondary gitlab geo",
        ],
    ),
    (
        || FailureReason::Unavailable,
        &["timed out", "api is not accessible", "unreachable", "resource lock", "refresh and try again"],
    ),
    (
        || FailureReason::Protected,
        &[
            "protected branch",
            "default branch",
            "head branch",
            "pre-receive",
            "hook declined",
            "push rule",
            "not allowed",
            "disabled",
            "restricted",
            "policy",
            "dpop",
            "not yet supported",
        ],
    ),
];

/// None where nothing in the words tells. A pattern or a name may contain any sign.
pub fn meaning(words: &str) -> Option<FailureReason> {
    let own = own_words(words);
    let is_said = |(_, signs): &&Meaning| signs.iter().any(|sign| says(&own, sign));
    MEANINGS.iter().find(is_said).map(|(reason, _)| reason())
}
