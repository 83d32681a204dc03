//! Filled-in forms held to what the kind asks for. Nothing is asked of anybody.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};

use super::OperationError;
use model::{
    BasicUser, CredentialFields, Field, FieldError, Input, Kind, Mapping, Mappings, Projects, Scheme, Settings,
};

/// Longest value of a field, in bytes. The longest known token has about 4000.
pub const MAX_FIELD_BYTES: usize = 8 << 10;
/// Shortest secret, in characters. Nothing shorter is a token, and it could not be told from ordinary text when it has to
/// be taken out of a reply.
const MIN_SECRET_CHARS: usize = 8;

/// Most mappings refused at once: more are no help to whoever reads them.
const MAX_REFUSALS: usize = 20;

/// What people copy along with a token: how it stands in a header.
const HEADER_WORDS: [&str; 7] =
    ["Authorization:", "Bearer ", "Bearer:", "Basic ", "token ", "token:", "PRIVATE-TOKEN:"];
/// How the names of temporary keys begin.
const TEMPORARY_KEY: &str = "ASIA";
/// What people copy along with a token: how it stands in a file.
const QUOTES: [char; 3] = ['"', '\'', '`'];

/// Holds a filled-in credential to its form, and takes blanks off the ends of its values.
pub fn credential_fields(
    kind: &Kind,
    given: BTreeMap<String, SecretString>,
) -> Result<CredentialFields, OperationError> {
    let mut errors = unknown(&kind.credential, given.keys());
    for field in &kind.credential {
        let value = given.get(&field.name).map(|value| value.expose_secret().trim()).unwrap_or_default();
        let wrong = problem(field, value).or_else(|| damage(field, value, maker(kind, field, &given)));
        errors.extend(
            wrong.or_else(|| mistaken(kind, field, value)).or_else(|| without_session(kind, field, value, &given)),
        );
    }
    if !errors.is_empty() {
        return Err(OperationError::Invalid(errors));
    }
    Ok(given.into_iter().filter_map(|(name, value)| Some((name, trimmed(value)?))).collect())
}

/// None where nothing is left. A value without blanks at its ends is not copied.
fn trimmed(value: SecretString) -> Option<SecretString> {
    let text = value.expose_secret();
    match text.trim() {
        "" => None,
        trimmed if trimmed.len() == text.len() => Some(value),
        trimmed => Some(SecretString::from(trimmed)),
    }
}

/// Holds filled-in settings to their form. What they mean is the provider's to say.
pub(super) fn settings(kind: &Kind, given: &Settings) -> Vec<FieldError> {
    let mut errors = unknown(&kind.settings, given.keys());
    for field in &kind.settings {
        errors.extend(problem(field, given.get(&field.name).map(String::as_str).unwrap_or_default()));
    }
    errors
}

/// Holds every mapping to a project that the integration is open to. Names the first ones that are not.
pub(super) fn mappings(mappings: &Mappings, projects: &Projects) -> Vec<FieldError> {
    let closed = |(at, mapping): (usize, &Mapping)| {
        let message = format!("the integration is not open to {}", mapping.project);
        let field = format!("mappings[{at}].project");
        (!projects.include(&mapping.project)).then_some(FieldError { field, message })
    };
    mappings.as_slice().iter().enumerate().filter_map(closed).take(MAX_REFUSALS).collect()
}

/// Nothing, or all that is wrong.
pub(super) fn all_well(errors: Vec<FieldError>) -> Result<(), OperationError> {
    if errors.is_empty() { Ok(()) } else { Err(OperationError::Invalid(errors)) }
}

fn unknown<'a>(form: &[Field], given: impl Iterator<Item = &'a String>) -> Vec<FieldError> {
    let names: Vec<&str> = form.iter().map(|field| field.name.as_str()).collect();
    let message = format!("there is no such field; the fields are: {}", names.join(", "));
    given
        .filter(|name| !names.contains(&name.as_str()))
        .map(|name| FieldError { field: name.chars().take(32).collect(), message: message.clone() })
        .collect()
}

/// What is wrong with a value, if anything. Never repeats it.
fn problem(field: &Field, value: &str) -> Option<FieldError> {
    let message = match &field.input {
        _ if value.is_empty() && !field.required => return None,
        _ if value.is_empty() => format!("{} is missing", field.label),
        _ if value.len() > MAX_FIELD_BYTES => format!("{} has at most {MAX_FIELD_BYTES} bytes", field.label),
        _ if value.chars().any(char::is_control) => {
            format!("{} cannot hold line breaks or control characters", field.label)
        }
        Input::Secret if value.chars().count() < MIN_SECRET_CHARS => {
            format!("{} is too short: it has at least {MIN_SECRET_CHARS} characters", field.label)
        }
        Input::Choice(choices) if !choices.iter().any(|choice| choice == value) => {
            format!("{} is one of: {}", field.label, choices.join(", "))
        }
        Input::Text | Input::Url | Input::Secret | Input::Choice(_) => return None,
    };
    Some(FieldError { field: field.name.clone(), message })
}

/// What copying does to a credential: characters nobody sees, blanks inside, words from around it. Never repeats it.
fn damage(field: &Field, value: &str, maker: Maker) -> Option<FieldError> {
    let with_word = HEADER_WORDS.iter().find(|word| starts_with(value, word));
    let message = if let Some(at) = value.chars().position(is_invisible) {
        format!("{} holds a character that cannot be seen, at place {}: copy it again, or type it", field.label, at + 1)
    } else if let Some(word) = with_word.filter(|_| maker != Maker::Nobody) {
        let word = word.trim_end_matches([' ', ':']);
        format!("{} begins with the word `{word}`: give what follows it alone", field.label)
    } else if maker == Maker::Machine && value.contains(char::is_whitespace) {
        format!("{} holds a blank: copy it again, in one piece", field.label)
    } else if maker == Maker::Machine && value.starts_with(QUOTES) && value.ends_with(QUOTES) {
        format!("{} stands in quotation marks: give what is between them alone", field.label)
    } else if let Some(at) = value.chars().position(|char| !char.is_ascii()).filter(|_| maker == Maker::Machine) {
        format!("{} holds a letter that no token has, at place {}: copy it again", field.label, at + 1)
    } else {
        return None;
    };
    Some(FieldError { field: field.name.clone(), message })
}

/// A secret access key where the name of the key belongs, which every request shows. AWS makes these names of capital letters and
/// digits (AWS IAM User Guide, "IAM identifiers": `AKIAIOSFODNN7EXAMPLE`), and secrets of small letters too.
fn mistaken(kind: &Kind, field: &Field, value: &str) -> Option<FieldError> {
    let Scheme::AwsSigv4 { access_key_id, .. } = &kind.scheme else { return None };
    let is_name = value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    (*access_key_id == field.name && !is_name).then(|| FieldError {
        field: field.name.clone(),
        message: format!(
            "{} is made of capital letters and digits; the secret belongs into the other field",
            field.label
        ),
    })
}

/// A temporary key is refused by AWS without its session token, as if it were wrong. (AWS IAM User Guide, "IAM identifiers".)
fn without_session(
    kind: &Kind,
    field: &Field,
    value: &str,
    given: &BTreeMap<String, SecretString>,
) -> Option<FieldError> {
    let Scheme::AwsSigv4 { access_key_id, session_token: Some(session), .. } = &kind.scheme else { return None };
    let is_temporary = given.get(access_key_id).is_some_and(|id| id.expose_secret().trim().starts_with(TEMPORARY_KEY));
    (is_temporary && *session == field.name && value.is_empty()).then(|| FieldError {
        field: field.name.clone(),
        message: format!(
            "{} is missing: a key whose id begins with {TEMPORARY_KEY} is temporary and needs it",
            field.label
        ),
    })
}

fn starts_with(value: &str, word: &str) -> bool {
    value.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Who makes up what is in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Maker {
    /// A git server, without blanks: tokens, and the names of access keys.
    Machine,
    /// A person, blanks and all: passwords.
    Person,
    /// No request is authenticated with it, or with something else that people choose: a user name.
    Nobody,
}

/// A secret that goes with a user name that was given too is a password.
fn maker(kind: &Kind, field: &Field, given: &BTreeMap<String, SecretString>) -> Maker {
    let is_secret = field.input == Input::Secret;
    match &kind.scheme {
        Scheme::Basic { user: BasicUser::Field(user), .. } if *user == field.name && !is_secret => Maker::Nobody,
        Scheme::Basic { user: BasicUser::Field(user), .. }
            if is_secret && given.get(user).is_some_and(|user| !user.expose_secret().trim().is_empty()) =>
        {
            Maker::Person
        }
        scheme if is_secret || scheme.uses(&field.name) => Maker::Machine,
        _ => Maker::Nobody,
    }
}

/// What Unicode calls default-ignorable (DerivedCoreProperties, 16.0), and what else has no shape of its own.
fn is_invisible(char: char) -> bool {
    matches!(
        u32::from(char),
        0xad | 0x34f
            | 0x61c
            | 0x115f..=0x1160
            | 0x17b4..=0x17b5
            | 0x180b..=0x180f
            | 0x200b..=0x200f
            | 0x2028..=0x202e
            | 0x2060..=0x206f
            | 0x2800
            | 0x3164
            | 0xfe00..=0xfe0f
            | 0xfeff
            | 0xffa0
            | 0xfff0..=0xfffc
            | 0x1bca0..=0x1bca3
            | 0x1d173..=0x1d17a
            | 0xe0000..=0xe0fff
    )
}

#[cfg(test)]
mod tests;
