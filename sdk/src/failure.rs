//! Building failures, and what a request that got no answer means.
//!
//! Which *status* means what is each server's own affair and stays with its provider. This file must not put a
//! server's body into a message: only sentences that a provider chose to pass on.

use crate::types::{Failure, FailureReason, Method, SendFailure, SendFailureKind};

/// Longest message of a failure, in characters: a user reads it in a dialog.
const MAX_MESSAGE_CHARS: usize = 500;

impl Failure {
    /// A failure without a status. Control characters of `message` become spaces, and a long one is cut.
    pub fn new(reason: FailureReason, message: impl AsRef<str>) -> Self {
        Self { reason, message: as_sentence(message.as_ref()), status: None, help_url: None }
    }

    /// The same, with the HTTP status of the answer.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The same, with a page where it can be mended.
    pub fn with_help_url(mut self, url: impl Into<String>) -> Self {
        self.help_url = Some(url.into());
        self
    }

    /// What is to be said of a pull request that stands, where asking `whom` for a review came to this.
    pub fn of_a_review(&self, whom: &str) -> String {
        match self.reason {
            FailureReason::OutcomeUnknown => {
                format!("Whether a review by {whom} was requested cannot be told: {}", self.message)
            }
            _ => format!("No review by {whom} was requested: {}", self.message),
        }
    }
}

/// Why there is no reply. A change that may have been made is unknown, whatever went wrong; a refusal by the host and
/// an answer that is too large would only repeat themselves; the rest is the network's or the server's.
pub(crate) fn from_send(failure: SendFailure, changes: bool) -> Failure {
    let reason = match failure.kind {
        _ if changes && failure.maybe_sent => FailureReason::OutcomeUnknown,
        SendFailureKind::Refused | SendFailureKind::TooLarge => FailureReason::UnexpectedReply,
        SendFailureKind::Unreachable | SendFailureKind::TimedOut | SendFailureKind::Broken => {
            FailureReason::Unavailable
        }
    };
    Failure::new(reason, &failure.message)
}

pub(crate) fn changes_something(method: Method, reads_only: bool) -> bool {
    !reads_only && !matches!(method, Method::Get | Method::Head)
}

fn as_sentence(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut sentence: String = text.trim().chars().take(MAX_MESSAGE_CHARS).map(clean).collect();
    if text.trim().chars().nth(MAX_MESSAGE_CHARS).is_some() {
        sentence.push('…');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(kind: SendFailureKind, maybe_sent: bool) -> SendFailure {
        SendFailure { kind, code: "x".into(), message: "No answer.".into(), maybe_sent }
    }

    #[test]
    fn a_change_that_may_have_been_sent_is_an_unknown_outcome_whatever_went_wrong() {
        for kind in [SendFailureKind::TimedOut, SendFailureKind::Broken, SendFailureKind::TooLarge] {
            assert_eq!(from_send(lost(kind, true), true).reason, FailureReason::OutcomeUnknown);
        }
    }

    #[test]
    fn only_a_request_that_may_change_something_is_a_change() {
        for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
            assert!(changes_something(method, false) && !changes_something(method, true));
        }
        assert!(!changes_something(Method::Get, false) && !changes_something(Method::Head, false));
    }

    #[test]
    fn a_read_or_an_unsent_change_that_got_no_answer_is_unavailable() {
        let read = from_send(lost(SendFailureKind::TimedOut, true), false);
        assert_eq!(read.reason, FailureReason::Unavailable);
        let unsent = from_send(lost(SendFailureKind::Unreachable, false), true);
        assert_eq!(unsent.reason, FailureReason::Unavailable);
    }

    #[test]
    fn what_would_only_repeat_itself_is_not_called_unavailable() {
        let refused = from_send(lost(SendFailureKind::Refused, false), true);
        assert_eq!(refused.reason, FailureReason::UnexpectedReply);
        let too_large = from_send(lost(SendFailureKind::TooLarge, true), false);
        assert_eq!(too_large.reason, FailureReason::UnexpectedReply);
    }

    #[test]
    fn a_review_that_may_have_been_requested_is_not_denied() {
        let note = |changes| from_send(lost(SendFailureKind::Broken, true), changes).of_a_review("ann");
        assert_eq!(note(true), "Whether a review by ann was requested cannot be told: No answer.");
        assert_eq!(note(false), "No review by ann was requested: No answer.");
    }

    #[test]
    fn messages_are_one_bounded_line() {
        let failure = Failure::new(FailureReason::Unavailable, "a\r\nb\u{1b}[31m".to_owned() + &"é".repeat(1_000));
        assert!(!failure.message.contains(char::is_control));
        assert_eq!(failure.message.chars().count(), MAX_MESSAGE_CHARS + 1);
    }
}
