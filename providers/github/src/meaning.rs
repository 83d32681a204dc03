//! What a refusal is about, and the signs it is known by. Data only: the order of the rows is the order of the questions.
//!
//! GitHub's API speaks English alone. It adds rules every year, each with a sentence of its own: what has no sign here is
//! unknown, and shown as it is.

/// What a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A limit that ends at a time GitHub tells, if it tells any.
    Limit,
    /// A limit on how fast one may ask, which ends after a minute where GitHub tells no time.
    SecondaryLimit,
    SingleSignOn,
    Outage,
    NameInvalid,
    /// Somebody's rule: an organization's, a branch's, GitHub's own.
    Rule,
    ReadOnly,
    PermissionMissing,
}

impl Meaning {
    /// Whether what stands before GitHub may say it of itself, and is to be believed.
    pub fn is_anybodys(self) -> bool {
        matches!(self, Self::Limit | Self::SecondaryLimit | Self::Outage)
    }
}

/// The first row counts that has a sign of the refusal. Signs are in lower case; a space before one has it begin a word, so that
/// it is not found within a name, and a `#` or `/` has it stand in a page's address.
pub const SIGNS: [(Meaning, &[&str]); 9] = [
    (Meaning::SecondaryLimit, &SECONDARY_LIMIT),
    (Meaning::Limit, &LIMIT),
    (Meaning::SingleSignOn, &[" saml", " sso", "single sign-on", "single-sign-on"]),
    (Meaning::Outage, &[" maintenance", "temporarily unavailable", "currently unavailable"]),
    (Meaning::NameInvalid, &NAME_INVALID),
    (Meaning::Rule, &PLAIN_RULE),
    (Meaning::ReadOnly, &READ_ONLY),
    // Before the other rules: GitHub reports a missing permission as a rule's violation, too.
    (Meaning::PermissionMissing, &PERMISSION_MISSING),
    (Meaning::Rule, &RULE),
];

const SECONDARY_LIMIT: [&str; 5] =
    ["secondary rate limit", "secondary-rate-limits", "abuse detection", "#abuse-rate-limit", "temporarily blocked"];

/// After too many wrong tokens from one place GitHub refuses good ones too, and does not say for how long.
const LIMIT: [&str; 9] = [
    "rate limit",
    " rate-limit",
    "/rate-limit",
    "#rate-limit",
    " throttled",
    "too many requests",
    "too quickly",
    "wait a few minutes",
    "login attempt",
];

/// A ruleset's pattern is among them: who asked can choose another name.
const NAME_INVALID: [&str; 6] = [
    "name is too long",
    "bad characters",
    "valid ref name",
    "valid branch name",
    "branch or tag names",
    " branch name must ",
];

/// They say that the credential is good, or that no other would do, whatever words follow.
const PLAIN_RULE: [&str; 9] = [
    "correct authorization credentials",
    "forbids access",
    " policy",
    " policies",
    "about-protected-branches",
    // Closed to all, or to all but collaborators.
    "pull request creation",
    "account is ",
    "account was ",
    "account has been ",
];

/// Of the one thing that is switched off. Features are in the plural, and switched off by a rule.
const READ_ONLY: [&str; 12] = [
    " archived",
    "is read-only",
    "is read only",
    "now read-only",
    "currently read-only",
    "read-only mode",
    "is disabled",
    "was disabled",
    "has been disabled",
    " locked",
    " migrat",
    "billing issue",
];

const PERMISSION_MISSING: [&str; 21] = [
    "not accessible by",
    " scope",
    "insufficient_scope",
    "` permission",
    "permission to ",
    "without permission",
    "not have permission",
    "required permission",
    "insufficient permission",
    "permission denied",
    "not granted",
    "have admin",
    "have push",
    "have write",
    "need admin",
    "need push",
    "need write",
    "marked as read only",
    "read-only access",
    "must be a collaborator",
    "refs are readable",
];

const RULE: [&str; 33] = [
    "rule violations",
    " ruleset",
    "protected branch",
    "reference update failed",
    "cannot delete this branch",
    "cannot force-push",
    " pre_receive",
    " pre-receive",
    " ip address",
    " allow list",
    " allowlist",
    " forbids ",
    " prohibit",
    " restrict",
    " limited",
    " blocked",
    " suspended",
    " disabled",
    "not permitted",
    "is not allowed",
    "are not allowed",
    "not allowed to",
    "enterprise managed user",
    "must be verified",
    "must be approved",
    "approved by",
    "requires two-factor",
    "have two-factor",
    "terms of service",
    "trade control",
    " license",
    "conditional access",
    "not supported in this repository",
];
