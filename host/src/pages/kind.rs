//! What pages call the credential of a kind. A key of AWS is several fields, and ends only where it is temporary.

use super::words;
use model::{Field, Input, Kind, Scheme};

/// Within a sentence.
pub(super) fn noun(kind: &Kind) -> &'static str {
    if is_access_key(kind) { words::ACCESS_KEY } else { words::TOKEN }
}

/// By the label of its first secret: `Personal access token`. A key that is two or three fields is called by what they are
/// together.
pub(super) fn name_of_credential(kind: &Kind) -> &str {
    match secret(kind) {
        _ if is_access_key(kind) => words::AWS_CREDENTIALS,
        Some(field) => &field.label,
        None => words::CREDENTIAL,
    }
}

/// When it ends, for whoever knows.
pub(super) fn expiry_help(kind: &Kind) -> String {
    if is_access_key(kind) { words::temporary_help(&kind.label) } else { words::expiry_help(&kind.label) }
}

/// Whether it ends within a day of its making, so that the hour has to be said.
pub(super) fn ends_at_a_minute(kind: &Kind) -> bool {
    is_access_key(kind)
}

/// The field that is looked at first where it is no good.
pub(super) fn secret(kind: &Kind) -> Option<&Field> {
    kind.credential.iter().find(|field| field.input == Input::Secret)
}

fn is_access_key(kind: &Kind) -> bool {
    matches!(kind.scheme, Scheme::AwsSigv4 { .. })
}
