//! Every type of problem there is: the one list, for what is answered and for what the OpenAPI document says of it.

use axum::http::StatusCode;

/// Start of every problem type.
pub(crate) const TYPE_PREFIX: &str = "urn:countersign:problem:";

macro_rules! catalogue {
    ($($(#[$doc:meta])* $code:ident: $name:literal, $status:ident, $title:literal, $mended_by:literal;)*) => {
        /// What sort of problem it is. Each has one status and one title.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Code {
            $($(#[$doc])* $code,)*
        }

        impl Code {
            /// All of them, in the order of this file.
            pub(crate) const ALL: &[Code] = &[$(Code::$code),*];

            /// Stable, as the end of the type.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Code::$code => $name,)* }
            }

            /// What it is answered with.
            pub(crate) fn status(self) -> StatusCode {
                match self { $(Code::$code => StatusCode::$status,)* }
            }

            /// The type in a few words.
            pub(crate) fn title(self) -> &'static str {
                match self { $(Code::$code => $title,)* }
            }

            /// What to do about it, whoever has to.
            pub(crate) fn mended_by(self) -> &'static str {
                match self { $(Code::$code => $mended_by,)* }
            }
        }
    };
}

catalogue! {
    // Of the request itself.
    BadRequest: "bad-request", BAD_REQUEST, "The request cannot be read",
        "Send it as this document has it: JSON of the right shape, known parameters, one Host, ids as one segment.";
    Unauthenticated: "unauthenticated", UNAUTHORIZED, "Not authenticated",
        "Send a connector's JWT or an admin token that is good; a JWT is good for one change.";
    NotFound: "not-found", NOT_FOUND, "Not found",
        "Ask for what is there: another id, project or cursor. What is closed to a project is not there for it.";
    MethodNotAllowed: "method-not-allowed", METHOD_NOT_ALLOWED, "Method not allowed",
        "Use a method that the header `Allow` names.";
    BodyTooSlow: "body-too-slow", REQUEST_TIMEOUT, "The body is too slow",
        "Send it again, without a pause. Nothing was done.";
    BodyTooLarge: "body-too-large", PAYLOAD_TOO_LARGE, "The body is too large",
        "Send less.";
    UnsupportedMediaType: "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The body is not plain JSON",
        "Send `Content-Type: application/json`, and no `Content-Encoding`.";
    Invalid: "invalid", UNPROCESSABLE_ENTITY, "Some fields cannot be used",
        "Change the fields that `errors` names.";
    IdempotencyKeyReused: "idempotency-key-reused", UNPROCESSABLE_ENTITY,
        "The idempotency key stands for another request",
        "Use a new key for a new request.";
    RequestInProgress: "request-in-progress", CONFLICT, "The same request is under way",
        "Ask again after `Retry-After`.";
    // Of the daemon.
    Busy: "busy", SERVICE_UNAVAILABLE, "Busy",
        "Ask again after `Retry-After`. Nothing was done.";
    TooManyRequests: "too-many-requests", TOO_MANY_REQUESTS, "Too many requests",
        "Ask again after `Retry-After`, and less often.";
    TooManyAtOnce: "too-many-at-once", TOO_MANY_REQUESTS, "Too much is under way",
        "Ask again after `Retry-After`, for less at once. Nothing was done.";
    Timeout: "timeout", GATEWAY_TIMEOUT, "Timeout",
        "Ask again: what may have been done is looked up before anything is sent.";
    Internal: "internal", INTERNAL_SERVER_ERROR, "Internal error",
        "An administrator finds the reason in the log, by `request_id`.";
    StoreUnavailable: "store-unavailable", SERVICE_UNAVAILABLE, "The store is not available",
        "Try again later; an administrator looks after the disk. Nothing was done.";
    // Of administration.
    Conflict: "conflict", CONFLICT, "Conflict",
        "Use another id, or remove first what still needs it.";
    ChangedMeanwhile: "changed-meanwhile", CONFLICT, "It was changed meanwhile",
        "Look at it again, and decide anew.";
    PreconditionFailed: "precondition-failed", PRECONDITION_FAILED, "Somebody else changed it meanwhile",
        "Look at it again, and send the `ETag` it has now as `If-Match`.";
    ProviderUnusable: "provider-unusable", SERVICE_UNAVAILABLE, "The integration is not usable",
        "An administrator registers its provider again; the log holds the reason.";
    IntegrationUnusable: "integration-unusable", SERVICE_UNAVAILABLE, "The integration is not usable",
        "An administrator changes its network settings; the log holds the reason.";
    IntegrationMisconfigured: "integration-misconfigured", BAD_GATEWAY,
        "The integration is not set up for this git server",
        "An administrator changes the setting that `detail` names.";
    CredentialUnusable: "credential-unusable", INTERNAL_SERVER_ERROR, "The stored credential cannot be opened",
        "Save the credential again.";
    // Of the policy.
    PermissionMissing: "permission-missing", FORBIDDEN, "Permission missing in Jira",
        "Ask an administrator of the Jira project for *View Development Tools*.";
    SwitchedOff: "switched-off", FORBIDDEN, "Switched off for this integration",
        "An administrator can switch it on again.";
    UserPatRequired: "user-pat-required", FORBIDDEN, "Your own personal access token is required",
        "The user saves a PAT, at `setup_url`.";
    UserPatMissing: "user-pat-missing", FORBIDDEN, "You have no personal access token here",
        "The user saves a PAT, at `setup_url`, or acts as the integration.";
    UserPatRejected: "user-pat-rejected", FORBIDDEN, "Your personal access token is not accepted",
        "The user makes a new PAT and saves it, at `setup_url`.";
    UserPatsUnsupported: "user-pats-unsupported", CONFLICT, "Users cannot have tokens of their own here",
        "Act as the integration; where a rule requires a PAT, an administrator switches it off or upgrades the git server.";
    IntegrationAccountMissing: "integration-account-missing", FORBIDDEN, "The integration has no account of its own",
        "The user saves a PAT, at `setup_url`, or an administrator gives the integration a credential.";
    NothingToConfirm: "nothing-to-confirm", CONFLICT, "There is nothing to confirm",
        "Look at the state of the PAT, and save one where there is none.";
    ConnectorTooNew: "connector-too-new", FORBIDDEN, "Your token has to be saved again",
        "The user saves the PAT again, at `setup_url`.";
    // Of the git server.
    IntegrationCredentialRejected: "integration-credential-rejected", BAD_GATEWAY,
        "The git server refused the integration's credential",
        "An administrator gives the integration a new one.";
    GitPermissionMissing: "git-permission-missing", FORBIDDEN, "A permission is missing on the git server",
        "Give the credential what `missing` names, or save one that has it.";
    SsoAuthorizationRequired: "sso-authorization-required", FORBIDDEN, "Single sign-on authorization required",
        "Authorize the credential on the page at `help_url`.";
    NotFoundOrNoAccess: "not-found-or-no-access", NOT_FOUND, "Not found, or no access",
        "Name what there is, or use a credential that sees it.";
    AlreadyExists: "already-exists", CONFLICT, "It exists already",
        "Choose another name, or use what is there.";
    BaseMissing: "base-missing", UNPROCESSABLE_ENTITY, "A branch is missing",
        "Choose a branch that exists.";
    NameInvalid: "name-invalid", UNPROCESSABLE_ENTITY, "The name is refused",
        "Choose another name.";
    NothingToMerge: "nothing-to-merge", UNPROCESSABLE_ENTITY, "Nothing to merge",
        "Push a commit to the source branch first.";
    Protected: "protected", FORBIDDEN, "A rule of the git server forbids it",
        "Choose what no rule of the git server forbids, or ask whoever made the rule.";
    ReadOnly: "read-only", FORBIDDEN, "The repository is read-only",
        "Choose another repository.";
    RateLimited: "rate-limited", TOO_MANY_REQUESTS, "A rate limit is reached",
        "Ask again after `Retry-After`.";
    GitServerUnavailable: "git-server-unavailable", BAD_GATEWAY, "The git server is not available",
        "Try again later; where `detail` says that it stays so, an administrator has to mend it.";
    UnexpectedReply: "unexpected-reply", BAD_GATEWAY, "The git server's answer was not expected",
        "Try again; if it goes on, show it to an administrator.";
    OutcomeUnknown: "outcome-unknown", GATEWAY_TIMEOUT, "Nobody knows whether it was done",
        "Ask again: it is looked up before anything is sent.";
    ProviderFailed: "provider-failed", INTERNAL_SERVER_ERROR, "The provider failed",
        "Show it to an administrator, who finds more in the log.";
    ProviderPaused: "provider-paused", SERVICE_UNAVAILABLE, "The provider is paused",
        "Ask again after `Retry-After`. Nothing was done; an administrator finds why in the log.";
}

impl Code {
    /// Those of the policy.
    pub(crate) const DENIALS: [Code; 10] = [
        Code::NotFound,
        Code::PermissionMissing,
        Code::SwitchedOff,
        Code::UserPatRequired,
        Code::UserPatMissing,
        Code::UserPatRejected,
        Code::UserPatsUnsupported,
        Code::IntegrationAccountMissing,
        Code::NothingToConfirm,
        Code::ConnectorTooNew,
    ];

    /// Those of git servers, and of the providers that speak with them.
    pub(crate) const OF_GIT_SERVERS: [Code; 20] = [
        Code::TooManyRequests,
        Code::TooManyAtOnce,
        Code::UserPatRejected,
        Code::IntegrationMisconfigured,
        Code::IntegrationCredentialRejected,
        Code::GitPermissionMissing,
        Code::SsoAuthorizationRequired,
        Code::NotFoundOrNoAccess,
        Code::AlreadyExists,
        Code::BaseMissing,
        Code::NameInvalid,
        Code::NothingToMerge,
        Code::Protected,
        Code::ReadOnly,
        Code::RateLimited,
        Code::GitServerUnavailable,
        Code::UnexpectedReply,
        Code::OutcomeUnknown,
        Code::ProviderFailed,
        Code::ProviderPaused,
    ];

    /// The one that operations name so. A test holds every name of theirs to be one.
    pub(crate) fn named(name: &str) -> Code {
        Code::ALL.iter().copied().find(|code| code.as_str() == name).unwrap_or(Code::Internal)
    }

    /// As a problem's `type`.
    pub(crate) fn problem_type(self) -> String {
        format!("{TYPE_PREFIX}{}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Where operations name why they were not done: what stands between quotation marks after `=>`.
    const NAMED_BY_OPERATIONS: [(&str, &str); 2] = [
        ("denial.rs", include_str!("../../model/src/policy/denial.rs")),
        ("error.rs", include_str!("../operate/error.rs")),
    ];
    /// Where a problem is made of one of them by name.
    const MADE_HERE: [&str; 5] = [
        include_str!("../api.rs"),
        include_str!("../api/caller.rs"),
        include_str!("../api/json.rs"),
        include_str!("../problem.rs"),
        include_str!("told.rs"),
    ];

    fn named_by_operations() -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for (file, text) in NAMED_BY_OPERATIONS {
            let before = names.len();
            for line in text.lines() {
                let arm = line.trim().strip_suffix("\",").and_then(|line| line.split_once("=> \""));
                let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
                names.extend(arm.map(|(_, name)| name.to_owned()).filter(|name| is_name(name)));
            }
            assert!(names.len() >= before + 9, "{file}: {names:?}");
        }
        names
    }

    #[test]
    fn every_name_that_an_operation_gives_is_in_the_catalogue() {
        for name in named_by_operations() {
            assert_eq!(Code::named(&name).as_str(), name);
        }
        assert!(!named_by_operations().contains(Code::Internal.as_str()));
    }

    #[test]
    fn nothing_is_in_the_catalogue_that_cannot_be_answered() {
        let named = named_by_operations();
        for code in Code::ALL {
            let made = format!("Code::{code:?}");
            let is_made = MADE_HERE.iter().any(|text| text.contains(&made));
            assert!(is_made || named.contains(code.as_str()), "{code:?}");
        }
    }

    #[test]
    fn each_has_a_name_of_its_own_and_says_what_to_do() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{code:?}");
            assert!(code.mended_by().ends_with('.') && !code.title().ends_with('.'), "{code:?}");
        }
    }
}
