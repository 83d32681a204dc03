//! What people paste as their tokens. Whatever it is: it is refused in words that do not repeat it, or it is what can be seen of it
//! and can go into a header.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use countersign::operate::{MAX_FIELD_BYTES, OperationError, credential_fields};
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use model::{CredentialFields, Input, Kind, Scheme};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::draw::Draw;

/// What is pasted along, and what nobody sees.
const PARTS: [&str; 44] = [
    "ghp_0123456789abcdef",
    "hunter2",
    "AKIA01234567",
    "ASIA01234567",
    "Bearer ",
    "bearer\t",
    "Authorization: ",
    "token:",
    "Basic ",
    "PRIVATE-TOKEN: ",
    "\"",
    "'",
    "`",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\0",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{ad}",
    "\u{34f}",
    "\u{61c}",
    "\u{115f}",
    "\u{180e}",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{2028}",
    "\u{2029}",
    "\u{2060}",
    "\u{2800}",
    "\u{3000}",
    "\u{3164}",
    "\u{fe0f}",
    "\u{feff}",
    "\u{fff9}",
    "\u{e0041}",
    "\u{1d173}",
    "\u{e4}",
    "CORP\\ann",
    "\u{16fe4}",
    "\u{1d159}",
];
/// In what is pasted, and in no message.
const MARK: &str = "Zq9Zq9";

static KINDS: LazyLock<[Kind; 3]> = LazyLock::new(|| {
    let field = |name: &str, input: &str, required: bool| json!({ "name": name, "label": name.to_uppercase(), "help": "", "required": required, "input": input, "example": "" });
    let token = [field("token", "secret", true)];
    let password = [field("user", "text", false), field("token", "secret", true)];
    let key = [field("id", "text", true), field("secret", "secret", true), field("session", "secret", false)];
    [
        kind(&json!({ "bearer": { "token": "token" } }), &token),
        kind(&json!({ "basic": { "user": { "field": "user" }, "password": "token" } }), &password),
        kind(
            &json!({ "aws-sigv4": { "access_key_id": "id", "secret_access_key": "secret", "session_token": "session" } }),
            &key,
        ),
    ]
});

fn kind(scheme: &Value, credential: &[Value]) -> Kind {
    let kind = json!({
        "id": "kind", "label": "Kind", "settings": [], "credential": credential, "scheme": scheme, "permissions": [],
        "credential_help": "",
        "branch_rules": { "max_bytes": 255, "refuses_commit_ids": false, "case_insensitive": false },
    });
    serde_json::from_value(kind).expect("a kind")
}

/// Panics where something is taken that cannot be seen or sent, or where a refusal repeats it.
pub fn target(data: &[u8]) {
    let mut draw = Draw::from(data);
    let kind = draw.one(&*KINDS);
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    for field in &kind.credential {
        let mark = if draw.once_in(2) { MARK } else { "" };
        let value = if draw.once_in(3) { draw.text(60) } else { draw.parts(&PARTS, 5) };
        if !draw.once_in(8) {
            given.insert(field.name.clone(), format!("{value}{mark}{}", draw.parts(&PARTS, 2)));
        }
    }
    if draw.once_in(8) {
        given.insert(draw.text(40), MARK.to_owned());
    }
    let known = |name: &String| kind.credential.iter().any(|field| field.name == *name);
    let are_known = given.keys().all(known);
    let secrets = given.iter().map(|(name, value)| (name.clone(), SecretString::from(value.as_str())));
    match credential_fields(kind, secrets.collect()) {
        Ok(fields) => {
            assert!(are_known, "{given:?}: a field that is none is taken");
            expect_taken(kind, &given, &fields);
        }
        Err(OperationError::Invalid(errors)) => {
            assert!(!errors.is_empty(), "{given:?}: refused, and nobody says why");
            for error in errors {
                assert!(!error.message.contains(MARK), "{given:?} is repeated: {}", error.message);
            }
        }
        Err(other) => panic!("{given:?}: {other:?}"),
    }
}

fn expect_taken(kind: &Kind, given: &BTreeMap<String, String>, fields: &CredentialFields) {
    for field in &kind.credential {
        let typed = given.get(&field.name).map(|value| value.trim()).filter(|value| !value.is_empty());
        assert_eq!(fields.get(&field.name), typed, "{given:?}: not what was typed");
        let Some(value) = typed else {
            assert!(!field.required, "{given:?}: {} is missing", field.name);
            continue;
        };
        assert!(value.len() <= MAX_FIELD_BYTES, "{given:?}: too long");
        let unseen = value.chars().find(|char| is_unseen(*char));
        assert!(unseen.is_none(), "{given:?}: {unseen:?} is taken");
        let is_secret = field.input == Input::Secret;
        assert!(!is_secret || value.chars().count() >= 8, "{given:?}: too short");
        let is_password = matches!(kind.scheme, Scheme::Basic { .. }) && fields.get("user").is_some();
        if is_secret && !is_password {
            assert!(value.bytes().all(|byte| byte.is_ascii_graphic()), "{given:?}: no token has this");
            let is_marked = ["bearer ", "bearer:", "basic ", "authorization:"]
                .iter()
                .any(|word| value.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
            assert!(!is_marked, "{given:?}: with the word before it");
        }
    }
}

/// By Unicode's own data: controls, what ends lines and paragraphs, and what is not to be shown.
fn is_unseen(char: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(char);
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(char)
        || matches!(
            category,
            GeneralCategory::Control | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator
        )
}
