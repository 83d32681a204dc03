//! What AWS's errors mean, as data: their words, and their names.
//!
//! A name may stand for several things: a signature is refused for the key, the clock, the region or what became of it on
//! the way. Words say which, so they come first. Whatever stands in neither table is known by nothing.

use crate::error_body::ErrorBody;

/// What an error says of a request, whatever was asked.
#[derive(Clone, Copy, Debug)]
pub enum Meaning {
    /// Too many requests, for now.
    TooMany,
    WrongKey,
    WrongClock,
    WrongRegion,
    /// A permission is missing.
    MayNot,
    /// The same, for the key that a repository is encrypted with.
    MayNotDecrypt,
    /// That key is disabled, gone or not one of its sort, until an administrator of the account mends it.
    UnusableKey,
    /// Somebody's rule, or AWS's for the account.
    Forbidden,
    /// Surely not carried out, for a reason that passes.
    NotNow,
    /// Perhaps carried out.
    Broken,
    /// A web page, which AWS does not write: that of an outage, or of a proxy.
    Page,
    NoRepository,
    NoPage,
    WrongName,
    Unknown,
}

/// What a message says, in lower case; all of a row. Each has a space, so that no name of a user or a repository says it.
const WORDS: &[(&[&str], Meaning)] = &[
    (&["rate exceeded"], Meaning::TooMany),
    (&["security token ", " expired"], Meaning::WrongKey),
    // A signature is good for five minutes around its time; the key it was made with may be the right one.
    (&["signature expired"], Meaning::WrongClock),
    (&["signature not yet current"], Meaning::WrongClock),
    (&["difference between the request time"], Meaning::WrongClock),
    (&["date stamp on the request"], Meaning::WrongClock),
    (&["credential should be scoped to"], Meaning::WrongRegion),
    (&["signature we calculated does not match"], Meaning::WrongKey),
    // Of what stands in a signature's header the user gave the key's id alone: this one has a space or a slash in it.
    (&["not a valid key=value pair", "aws4-hmac-sha256 credential="], Meaning::WrongKey),
    (&["must have exactly 5 slash-delimited elements"], Meaning::WrongKey),
    // As against what no policy of the user's own allows. CodeCommit knows no other protection of a branch.
    (&["explicit deny"], Meaning::Forbidden),
    (&["because no ", "control policy allows"], Meaning::Forbidden),
    (&["because no ", "boundary allows"], Meaning::Forbidden),
    (&["because no ", "endpoint policy allows"], Meaning::Forbidden),
    // The account's affair, under whatever name.
    (&[" is suspended"], Meaning::Forbidden),
    (&["locked your account"], Meaning::Forbidden),
    (&["account ", " blocked"], Meaning::Forbidden),
    (&["your account is "], Meaning::Forbidden),
    (&["your account must be "], Meaning::Forbidden),
    // AWS KMS says it of the key of a repository, in older words.
    (&["customer master key "], Meaning::MayNotDecrypt),
    // Nobody's signature arrived where that was said.
    (&["user: anonymous is not"], Meaning::Unknown),
    // Nothing of AWS answers at this address and path: no permission would help.
    (&["unable to determine service"], Meaning::Unknown),
];

/// Without `Exception` at their end.
const NAMES: &[(&[&str], Meaning)] = &[
    // As AWS's own clients take them. CodeCommit's limits on what there may be have longer names.
    (
        &[
            "TooManyRequests",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "LimitExceeded",
            "ProvisionedThroughputExceeded",
            "SlowDown",
            "PriorRequestNotComplete",
            "TransactionInProgress",
        ],
        Meaning::TooMany,
    ),
    (
        &["UnrecognizedClient", "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidToken", "ExpiredToken"],
        Meaning::WrongKey,
    ),
    (&["RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture"], Meaning::WrongClock),
    (&["AccessDenied", "NotAuthorized", "UnauthorizedOperation"], Meaning::MayNot),
    (&["EncryptionKeyAccessDenied", "KMSAccessDenied"], Meaning::MayNotDecrypt),
    // The account's affair: not subscribed, not verified, closed to it.
    (
        &[
            "OptInRequired",
            "SubscriptionRequired",
            "RegionDisabled",
            "PendingVerification",
            "Blocked",
            "OperationNotAllowed",
        ],
        Meaning::Forbidden,
    ),
    (&["EncryptionIntegrityChecksFailed", "RequestTimeout"], Meaning::NotNow),
    (&["RequestAborted"], Meaning::Broken),
    (&["RepositoryDoesNotExist", "InvalidRepositoryName"], Meaning::NoRepository),
    (&["InvalidContinuationToken"], Meaning::NoPage),
    (&["InvalidBranchName", "InvalidReferenceName"], Meaning::WrongName),
];

/// Parts of names, which many services put together in their own ways.
const PARTS: &[(&str, Meaning)] = &[
    ("Throttl", Meaning::TooMany),
    ("TooSkewed", Meaning::WrongClock),
    ("QuotaExceeded", Meaning::Forbidden),
    ("EncryptionKeyUnavailable", Meaning::NotNow),
    ("KMSInternal", Meaning::NotNow),
    ("EncryptionKey", Meaning::UnusableKey),
    ("KMS", Meaning::UnusableKey),
    ("Concurrent", Meaning::NotNow),
    ("Internal", Meaning::Broken),
    ("ServiceUnavailable", Meaning::Broken),
];

impl Meaning {
    /// None where the error is not known by its words or its name. Words that are not AWS's own, which stand before it, tell a
    /// limit alone, and on the key and permissions a name is not enough.
    pub fn of(error: &ErrorBody) -> Option<Self> {
        let says = |(words, _): &&(&[&str], Self)| words.iter().all(|some| error.says(some));
        let is_named = |(names, _): &&(&[&str], Self)| names.contains(&error.code.as_str());
        let counts = |(_, meaning): &&(&[&str], Self)| error.is_awss || matches!(meaning, Self::TooMany);
        let known =
            WORDS.iter().filter(counts).find(says).or_else(|| NAMES.iter().find(is_named)).map(|(_, meaning)| *meaning);
        let by_part = || PARTS.iter().find(|(part, _)| error.code.contains(part)).map(|(_, meaning)| *meaning);
        known.or_else(by_part).filter(|meaning| match meaning {
            // What a service of AWS's denies for a reason of its own is called so as well.
            Self::MayNot => error.is_surely_awss && error.is_worded,
            Self::WrongKey | Self::MayNotDecrypt => error.is_surely_awss,
            _ => true,
        })
    }
}
