//! By which signs the server's refusals are told apart. One table: what stands first counts first.
//!
//! Codes and the names of exceptions are the same in every language, words are not, so words come last. What has none of
//! these signs is blamed on nobody.

use countersign_sdk::{own_words, says};

use self::Means::{
    CallerRefused, Hidden, Maintenance, PermissionMissing, Protected, RateLimited, ReadOnly, Rejected, VersionRefused,
};
use self::Sign::{Code, Key, KeyOf403, Page, Scope, Words};
use crate::error_body::ErrorBody;

/// Something in a refusal that says what it means, whatever its status.
enum Sign {
    /// A part of the exception's name.
    Key(&'static str),
    /// The same, with a 403 only.
    KeyOf403(&'static str),
    /// A code that the message begins with.
    Code(&'static str),
    /// The number of a page of its web server's.
    Page(&'static str),
    /// Words of the server's own, in lower case, all of them. A 404 hides things in words of any kind.
    Words(&'static [&'static str]),
    /// The name of a token's scope.
    Scope,
}

/// What a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// Too many requests.
    RateLimited,
    /// The server does not have the version of the API that was chosen.
    VersionRefused,
    /// Somebody's rule forbids it.
    Protected,
    /// The repository takes no changes.
    ReadOnly,
    /// The server takes no changes for now.
    Maintenance,
    /// A permission is named or asked for.
    PermissionMissing,
    /// It does not exist, or the caller may not see it.
    Hidden,
    /// The credential is not accepted.
    Rejected,
    /// It is about who asked: nobody, or somebody who is named.
    CallerRefused,
}

const SIGNS: &[(Sign, Means)] = &[
    (Key("RequestBlocked"), RateLimited),
    (Key("Throttl"), RateLimited),
    // Too many requests at once, or in a while, from one address.
    (Page("401.501"), RateLimited),
    (Page("401.502"), RateLimited),
    (Page("403.501"), RateLimited),
    (Page("403.502"), RateLimited),
    (Key("VssVersionOutOfRange"), VersionRefused),
    (Key("VssInvalidPreviewVersion"), VersionRefused),
    (Key("RejectedByPolicy"), Protected),
    (Key("RejectedByPlugin"), Protected),
    (Key("RefLock"), Protected),
    (Key("MissingLicense"), Protected),
    // Conditional access; whoever never signed in; licences; a branch that takes pull requests only.
    (Code("VS403463"), Protected),
    (Code("TF401444"), Protected),
    (Code("TF400409"), Protected),
    (Code("TF402455"), Protected),
    // The list of a file's permissions, which no credential of the server's is on.
    (Page("401.3"), Protected),
    // Addresses and hosts it does not take.
    (Page("401.503"), Protected),
    (Page("401.504"), Protected),
    (Page("403.6"), Protected),
    (Page("403.8"), Protected),
    (Page("403.503"), Protected),
    (Page("403.504"), Protected),
    (Key("NeedsPermission"), PermissionMissing),
    (Key("ForcePushDenied"), PermissionMissing),
    // With a 401 it is about the token.
    (KeyOf403("AccessCheck"), PermissionMissing),
    (KeyOf403("AccessDenied"), PermissionMissing),
    (KeyOf403("Permission"), PermissionMissing),
    (Code("TF401027"), PermissionMissing),
    (Code("TF50309"), PermissionMissing),
    (Key("RepositoryDisabled"), ReadOnly),
    (Key("RepositoryNotFound"), Hidden),
    (Key("ProjectDoesNotExist"), Hidden),
    (Code("TF401019"), Hidden),
    (Code("TF200016"), Hidden),
    (Code("VS800075"), Hidden),
    (Page("401.1"), Rejected),
    (Words(&["for anonymous access"]), Rejected),
    (Code("TF400813"), CallerRefused),
    (Key("UnauthorizedRequest"), CallerRefused),
    (Words(&["exceeding usage of resource"]), RateLimited),
    (Words(&["rate limit"]), RateLimited),
    (Words(&["conditional access"]), Protected),
    (Words(&["policy"]), Protected),
    (Words(&["prohibit"]), Protected),
    (Words(&["allowlist"]), Protected),
    (Words(&["allow list"]), Protected),
    (Words(&["ip address"]), Protected),
    (Words(&["licens"]), Protected),
    (Words(&["token used has expired"]), Rejected),
    (Words(&["repository", "disabled"]), ReadOnly),
    (Words(&["repository", "locked"]), ReadOnly),
    (Words(&["migrat"]), Maintenance),
    (Words(&["archived"]), ReadOnly),
    (Words(&["in maintenance"]), Maintenance),
    (Words(&["read-only"]), ReadOnly),
    (Words(&["does not exist", "permission"]), Hidden),
    (Words(&["permission"]), PermissionMissing),
    (Scope, PermissionMissing),
];

/// What the server says a refusal means; none where it does not. Of an outage only that it is a limit, for the rest may have
/// happened on the way.
pub fn told(status: u16, error: &ErrorBody) -> Option<Means> {
    let is_read = error.is_the_servers && !error.is_web_servers && status != 404;
    let said = if is_read { own_words(&error.message) } else { String::new() };
    let is_there = |sign: &Sign| match *sign {
        Key(part) => error.key.contains(part),
        KeyOf403(part) => status == 403 && error.key.contains(part),
        Code(code) => error.is_the_servers && error.message.starts_with(code),
        Page(number) => error.is_the_servers && error.number == number,
        Words(words) => words.iter().all(|word| says(&said, word)),
        Scope => is_read && error.names_a_scope(),
    };
    let means = SIGNS.iter().find(|(sign, _)| is_there(sign)).map(|(_, means)| *means);
    means.filter(|means| match *means {
        RateLimited => status >= 400,
        Maintenance => matches!(status, 400..=499 | 503),
        _ => matches!(status, 400..=499),
    })
}
