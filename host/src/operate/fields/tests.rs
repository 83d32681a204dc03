//! What is wrong with a filled-in credential is said before anybody is asked about it.

use super::*;
use model::{BranchRules, KindId, TextLimits};

fn field(name: &str, input: Input, required: bool) -> Field {
    let label = name.to_uppercase();
    Field { name: name.into(), label, help: String::new(), required, input, example: String::new() }
}

fn kind(scheme: Scheme, credential: Vec<Field>) -> Kind {
    Kind {
        id: KindId::parse("k").unwrap(),
        label: "K".into(),
        settings: vec![],
        credential,
        scheme,
        permissions: vec![],
        credential_help: String::new(),
        pull_request_label: "pull request".into(),
        branch_rules: BranchRules { max_bytes: 244, refuses_commit_ids: true, case_insensitive: false },
        text_limits: TextLimits { title_chars: 255, description_chars: 5000 },
    }
}

fn bearer() -> Kind {
    kind(Scheme::Bearer { token: "token".into() }, vec![field("token", Input::Secret, true)])
}

fn basic() -> Kind {
    let scheme = Scheme::Basic { user: BasicUser::Field("user".into()), password: "token".into() };
    kind(scheme, vec![field("user", Input::Text, false), field("token", Input::Secret, true)])
}

fn access_key() -> Kind {
    let scheme = Scheme::AwsSigv4 {
        access_key_id: "id".into(),
        secret_access_key: "secret".into(),
        session_token: Some("session".into()),
    };
    let fields = vec![
        field("id", Input::Text, true),
        field("secret", Input::Secret, true),
        field("session", Input::Secret, false),
    ];
    kind(scheme, fields)
}

/// Name and value, or field and message.
type Pairs = Vec<(String, String)>;

fn read(kind: &Kind, values: &[(&str, &str)]) -> Result<Pairs, Pairs> {
    let given = values.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))).collect();
    match credential_fields(kind, given) {
        Ok(fields) => Ok(fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()),
        Err(OperationError::Invalid(errors)) => {
            Err(errors.into_iter().map(|error| (error.field, error.message)).collect())
        }
        Err(other) => panic!("{other:?}"),
    }
}

fn refused(kind: &Kind, values: &[(&str, &str)], field: &str, part: &str) {
    let errors = read(kind, values).unwrap_err();
    assert!(errors.len() == 1 && errors[0].0 == field && errors[0].1.contains(part), "{values:?}: {errors:?}");
    for (_, value) in values.iter().filter(|(_, value)| !value.trim().is_empty()) {
        assert!(!errors[0].1.contains(value.trim()), "the value is repeated: {errors:?}");
    }
}

#[test]
fn a_token_with_a_character_nobody_sees_is_told_so() {
    let invisible = [
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{2060}',
        '\u{feff}',
        '\u{ad}',
        '\u{202e}',
        '\u{2066}',
        '\u{180e}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{e0041}',
        '\u{2800}',
        '\u{61c}',
        '\u{34f}',
    ];
    for char in invisible {
        for token in [format!("{char}ghp_0123456789"), format!("ghp_01234{char}56789"), format!("ghp_0123456789{char}")]
        {
            refused(&bearer(), &[("token", &token)], "token", "TOKEN holds a character that cannot be seen");
        }
    }
    let place = read(&bearer(), &[("token", "ghp_\u{200b}0123456789")]).unwrap_err();
    assert!(place[0].1.contains("at place 5"), "{place:?}");
    refused(&basic(), &[("user", "an\u{ad}n"), ("token", "0123456789")], "user", "cannot be seen");
    for ends in ['\u{2028}', '\u{2029}'] {
        let password = format!("01234{ends}56789");
        refused(&basic(), &[("user", "corp"), ("token", &password)], "token", "cannot be seen");
    }
    let key = [("id", "AKIA\u{200b}"), ("secret", "0123456789")];
    refused(&access_key(), &key, "id", "cannot be seen");
}

#[test]
fn what_goes_into_a_signature_has_no_blank_inside_whether_it_is_secret_or_not() {
    for blank in [" ", "\t", "\u{a0}", "\u{3000}"] {
        let id = format!("AKIA{blank}0123");
        let expected = if blank == "\t" { "control characters" } else { "holds a blank" };
        refused(&access_key(), &[("id", &id), ("secret", "0123456789")], "id", expected);
    }
    assert!(read(&access_key(), &[("id", " AKIA0123 "), ("secret", "0123456789")]).is_ok());
    // People choose user names.
    assert!(read(&basic(), &[("user", "CORP\\Ann Lee"), ("token", "0123456789")]).is_ok());
}

#[test]
fn a_secret_in_the_place_of_the_name_of_a_key_is_told_so_and_sent_nowhere() {
    for secret in ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "abcdefgh", "AKIA+0123", "AKIA=="] {
        refused(&access_key(), &[("id", secret), ("secret", "AKIA01234567")], "id", "capital letters and digits");
    }
}

#[test]
fn a_temporary_key_needs_its_session_token_and_no_other_does() {
    let key = |id, session| [("id", id), ("secret", "0123456789"), ("session", session)];
    refused(&access_key(), &key("ASIA0123", ""), "session", "is missing: a key whose id begins with ASIA");
    refused(&access_key(), &key(" ASIA0123 ", " "), "session", "is missing");
    assert!(read(&access_key(), &key("ASIA0123", "0123456789")).is_ok());
    assert!(read(&access_key(), &key("AKIA0123", "")).is_ok());
}

#[test]
fn a_token_with_a_blank_inside_or_a_word_before_it_is_told_so() {
    for blank in [" ", "\u{a0}", "\u{2003}", "\u{3000}"] {
        refused(&bearer(), &[("token", &format!("ghp_01234{blank}56789"))], "token", "holds a blank");
    }
    let words = ["Bearer ghp_0123456789", "bearer   ghp_0123456789", "Basic OnBhdA==xx", "token ghp_0123456789"];
    for text in words {
        refused(&bearer(), &[("token", text)], "token", "begins with the word");
    }
    refused(&bearer(), &[("token", "Authorization: Bearer ghp_0123456789")], "token", "`Authorization`");
    refused(&bearer(), &[("token", "PRIVATE-TOKEN: glpat-0123456789")], "token", "`PRIVATE-TOKEN`");
    let key = [("id", "AKIA0123"), ("secret", "0123456789"), ("session", "01234 56789")];
    refused(&access_key(), &key, "session", "holds a blank");
    // A token may begin with the letters of such a word.
    assert!(read(&bearer(), &[("token", "Bearer0123456789")]).is_ok());
}

#[test]
fn blanks_at_the_ends_come_with_copying_and_go() {
    let expected = vec![("token".to_owned(), "ghp_0123456789".to_owned())];
    for text in ["ghp_0123456789", " ghp_0123456789\n", "\u{a0}ghp_0123456789\u{2003}", "ghp_0123456789\r\n"] {
        assert_eq!(read(&bearer(), &[("token", text)]), Ok(expected.clone()), "{text:?}");
    }
    assert_eq!(read(&basic(), &[("user", "  "), ("token", "ghp_0123456789")]), Ok(expected));
}

#[test]
fn a_password_may_hold_blanks_where_it_goes_with_a_user_name() {
    assert!(read(&basic(), &[("user", "CORP\\ann"), ("token", "correct horse battery")]).is_ok());
    refused(&basic(), &[("user", " "), ("token", "correct horse battery")], "token", "holds a blank");
    refused(&basic(), &[("token", "correct horse battery")], "token", "holds a blank");
}
