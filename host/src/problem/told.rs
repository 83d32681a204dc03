//! What the refusals of git servers are in words: in one place, for the API and the pages.

use model::{ActedAs, Failure, FailureReason, Unreached};

/// Statuses of a refusal that are those of an outage, too: too slow, too early, too many.
const PASSING: [u16; 3] = [408, 425, 429];

/// What a failure is to its caller, and what to do.
pub(super) fn told(failure: &Failure, whose: ActedAs) -> String {
    let said = quoted(&failure.message);
    match &failure.reason {
        FailureReason::CredentialRejected
        | FailureReason::PermissionMissing(_)
        | FailureReason::SsoAuthorizationRequired
        | FailureReason::NotFound(_)
        | FailureReason::RateLimited => told_of_the_credential(failure, &said, whose),
        FailureReason::AlreadyExists(what) => {
            let todo = if failure.may_be_own {
                "It may be what came of an earlier attempt of yours, whose answer was lost: look at it, and use it or choose another name."
            } else {
                "Choose another name, or use what is there."
            };
            format!("{what}{said}. {todo}")
        }
        FailureReason::BaseMissing(which) => {
            format!(
                "There is no branch \"{which}\" in the repository, or it was pushed just now and the git server does not know of it yet. Choose one that exists, or try again."
            )
        }
        FailureReason::NameInvalid => {
            format!("The git server refuses the name{said}.")
        }
        FailureReason::NothingToMerge => {
            format!("The source branch has no commits that the target lacks{said}. Push a commit first.")
        }
        FailureReason::Protected => format!("A protection rule or policy of the git server forbids this{said}."),
        FailureReason::ReadOnly => format!("The repository is archived or otherwise read-only{said}."),
        FailureReason::Unavailable
        | FailureReason::OutcomeUnknown
        | FailureReason::UnexpectedReply
        | FailureReason::Misconfigured(_)
        | FailureReason::ProviderFailed => told_of_the_server(failure, &said),
    }
}

/// What has to do with whose credential it was.
fn told_of_the_credential(failure: &Failure, said: &str, whose: ActedAs) -> String {
    let token = match whose {
        ActedAs::User => "your personal access token",
        ActedAs::Integration => "the integration's own credential",
    };
    match &failure.reason {
        FailureReason::PermissionMissing(what) => format!(
            "The git server accepts {token}, but it lacks: {what}{said}. Give it that permission, or save one that has it."
        ),
        FailureReason::SsoAuthorizationRequired => format!(
            "The organisation wants {token} to be authorised for single sign-on first{said}. Do that on the page at help_url, then try again."
        ),
        FailureReason::NotFound(what) => {
            format!("{what}: it is missing, or {token} has no access to it; the git server does not say which.")
        }
        // Whatever wrote the page counts requests in its own way.
        FailureReason::RateLimited if failure.is_a_page => {
            format!("Too many requests were made{said}. Try again later.")
        }
        FailureReason::RateLimited => {
            format!("The git server takes no more requests with {token} for now{said}. Try again later.")
        }
        _ => format!("The git server does not accept {token}{said}. {}", renew(whose)),
    }
}

/// What has to do with the server, the integration or the provider.
fn told_of_the_server(failure: &Failure, said: &str) -> String {
    match &failure.reason {
        // What is refused in so many words is no outage, whether it passes or not.
        FailureReason::Unavailable if !is_refused(failure) => unavailable(failure, said),
        FailureReason::OutcomeUnknown => format!(
            "The request may have reached the git server, and what became of it is not known{said}. Ask again: it is looked \
                 up before anything is sent."
        ),
        // By the git server, or by what stands in front of it.
        FailureReason::Unavailable | FailureReason::UnexpectedReply
            if failure.not_looked_up || matches!(failure.status, Some(400..=499)) =>
        {
            let done = if failure.not_looked_up {
                "; most likely nothing was done, but that could not be looked up"
            } else {
                ", and nothing was done"
            };
            format!(
                "This was refused{said}{done}. Try again; if it goes on, show this to an administrator, with the request's id."
            )
        }
        FailureReason::UnexpectedReply => format!(
            "The git server's answer was not understood{said}. Try again; if it goes on, show this to an administrator, with the \
             request's id."
        ),
        FailureReason::Misconfigured(setting) => format!(
            "The integration does not fit the git server that answers there. An administrator has to change its setting `{}`: {}.",
            setting.field,
            setting.message.trim_end_matches('.')
        ),
        // Countersign's own: the git server may be all right.
        _ => format!("{} Show this to an administrator, who finds more in the log.", failure.message),
    }
}

/// Whether the answer says that it was not done, and not only that it was not done now.
fn is_refused(failure: &Failure) -> bool {
    matches!(failure.status, Some(400..=499)) && !failure.status.is_some_and(|status| PASSING.contains(&status))
}

/// An outage ends by itself; what is set up does not.
fn unavailable(failure: &Failure, said: &str) -> String {
    match failure.unreached {
        None => format!("The git server has an outage or does not answer{said}. Try again later."),
        Some(Unreached::Silent) => format!(
            "The git server cannot be reached{said}. Try again later; if it goes on, an administrator has to look at its address \
             and at the integration's network settings."
        ),
        Some(Unreached::Untrusted | Unreached::Misfit) => {
            format!("{} This stays so until an administrator has mended it.", failure.message)
        }
        Some(Unreached::Unsure) => {
            format!("{} Try again later; if it goes on, an administrator has to mend it.", failure.message)
        }
    }
}

fn renew(whose: ActedAs) -> &'static str {
    match whose {
        ActedAs::User => "Make a new one and save it.",
        ActedAs::Integration => "The integration has to be given a new one by an administrator.",
    }
}

fn quoted(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(" (\"{}\")", message.trim_end_matches('.')) }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::RETRY_AFTER;
    use axum::response::IntoResponse as _;

    use super::*;
    use crate::operate::OperationError;
    use crate::problem::Problem;
    use model::{Again, Timestamp, Wait};

    #[test]
    fn a_limit_of_what_stands_in_front_is_not_said_of_the_git_server_and_the_token() {
        let page = "Something in front of the git server answered 429 with a web page: \"Slow down\".";
        let limit = Failure { status: Some(429), ..Failure::new(FailureReason::RateLimited, page) };
        let of_a_page = Failure { is_a_page: true, ..limit.clone() };
        assert_eq!(
            told(&of_a_page, ActedAs::User),
            format!("Too many requests were made (\"{}\"). Try again later.", page.trim_end_matches('.'))
        );
        assert!(told(&limit, ActedAs::User).starts_with("The git server takes no more requests with your personal"));
    }

    #[test]
    fn p2_a_pause_of_a_provider_says_when_it_ends() {
        let broken = Failure::new(FailureReason::ProviderFailed, "It is paused for 7 more seconds.");
        let again = Again::said(Wait::Seconds(7), Timestamp::from_unix_seconds(0));
        let answer = |failure| {
            let response = Problem::from(OperationError::Failed { failure, whose: ActedAs::User }).into_response();
            (response.status().as_u16(), response.headers().get(RETRY_AFTER).cloned())
        };
        assert_eq!(answer(broken.clone()), (500, None));
        assert_eq!(answer(Failure { again, ..broken }), (503, Some(HeaderValue::from_static("7"))));
    }

    #[test]
    fn what_is_refused_with_a_reason_that_may_pass_is_no_outage() {
        let said =
            |status| told(&Failure { status, ..Failure::new(FailureReason::Unavailable, "Why.") }, ActedAs::User);
        for status in [400, 403, 409] {
            assert!(said(Some(status)).starts_with("This was refused (\"Why\"), and nothing was done."), "{status}");
        }
        for status in [None, Some(408), Some(425), Some(429), Some(503)] {
            assert!(said(status).contains("has an outage"), "{status:?}");
        }
    }

    #[test]
    fn a_page_in_front_of_the_git_server_is_told_to_an_administrator_and_blames_no_token() {
        let page = "Something in front of the git server answered 413 with a web page: \"413 Request Entity Too Large\". What was \
                    sent is too large for it: shorten the title or the description.";
        let failure = Failure { status: Some(413), ..Failure::new(FailureReason::UnexpectedReply, page) };
        assert_eq!(
            told(&failure, ActedAs::User),
            format!(
                "This was refused (\"{}\"), and nothing was done. Try again; if it goes on, show this to an administrator, with \
                 the request's id.",
                page.trim_end_matches('.')
            )
        );
    }
}
