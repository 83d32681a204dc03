//! What a provider says of itself and makes of the settings of an integration.

use super::untrusted::{
    self, MAX_NAME_BYTES, MAX_PARTS, MAX_TEXT_BYTES, Read, list, malformed, shown, turns_the_reading, web_url,
};
use crate::bindings::countersign::provider::types as wit;
use model::{
    AwsOrigin, BasicUser, BranchRules, Connection, CredentialPage, Description, Field, FieldError, Input, Kind, KindId,
    NeededPermission, Offers, Origin, ProviderId, Scheme, Settings, Snippet, TextLimits, UserCredentials,
};

/// Most forms in which a credential is made: a person has to choose among them.
const MAX_CREDENTIAL_PAGES: usize = 8;
/// Longest text to copy, in bytes: a policy for some hundred actions.
const MAX_SNIPPET_BYTES: usize = 8 << 10;
/// Longest word for a thing, in bytes: it stands in headings and on buttons.
const MAX_WORD_BYTES: usize = 40;

pub(crate) fn description(from: wit::Description) -> Read<Description> {
    let Ok(id) = ProviderId::parse(from.id) else {
        return malformed("the provider's id", "is not one");
    };
    let kinds = list("the kinds", from.kinds, MAX_PARTS, kind)?;
    if kinds.is_empty() {
        return malformed("the list of kinds", "is empty");
    }
    if kinds.iter().enumerate().any(|(index, kind)| kinds[..index].iter().any(|other| other.id == kind.id)) {
        return malformed("the kinds", "are not told apart by their ids");
    }
    Ok(Description { id, version: name("the version", from.version)?, label: name("the label", from.label)?, kinds })
}

/// What a provider's author wrote. What turns the direction of reading has no place in it: it turns what stands beside it, too.
fn text(what: &'static str, text: String, max_bytes: usize) -> Read<String> {
    if text.chars().any(turns_the_reading) {
        return malformed(what, "turns the direction of reading");
    }
    untrusted::text(what, text, max_bytes)
}

fn name(what: &'static str, value: String) -> Read<String> {
    if value.is_empty() { malformed(what, "is empty") } else { text(what, value, MAX_NAME_BYTES) }
}

fn kind(from: wit::Kind) -> Read<Kind> {
    let Ok(id) = KindId::parse(from.id) else {
        return malformed("a kind's id", "is not one");
    };
    let credential = list("the fields of a credential", from.credential, MAX_PARTS, field)?;
    let scheme = scheme(from.scheme, &credential)?;
    Ok(Kind {
        id,
        label: name("a kind's label", from.label)?,
        settings: list("the settings", from.settings, MAX_PARTS, field)?,
        credential,
        scheme,
        permissions: list("the needed permissions", from.permissions, MAX_PARTS, needed_permission)?,
        credential_help: text("the help for a credential", from.credential_help, MAX_TEXT_BYTES)?,
        pull_request_label: pull_request_label(from.pull_request_label)?,
        branch_rules: BranchRules {
            max_bytes: from.branch_rules.max_bytes,
            refuses_commit_ids: from.branch_rules.refuses_commit_ids,
            case_insensitive: from.branch_rules.case_insensitive,
        },
        text_limits: text_limits(from.text_limits)?,
    })
}

/// It stands within sentences.
fn pull_request_label(label: String) -> Read<String> {
    let label = name("what pull requests are called", label)?;
    if label.len() > MAX_WORD_BYTES || !label.starts_with(char::is_lowercase) {
        return malformed("what pull requests are called", "is not a word or two in lower case");
    }
    Ok(label)
}

fn text_limits(from: wit::TextLimits) -> Read<TextLimits> {
    let limits = TextLimits { title_chars: from.title_chars, description_chars: from.description_chars };
    let least = TextLimits::LEAST;
    if limits.title_chars < least.title_chars || limits.description_chars < least.description_chars {
        return malformed("a kind's text limits", "are narrower than any git server's");
    }
    Ok(limits)
}

fn field(from: wit::Field) -> Read<Field> {
    let is_name = |text: &str| {
        (1..=32).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !is_name(&from.name) {
        return malformed("a field's name", "is not one");
    }
    let input = match from.input {
        wit::Input::Text => Input::Text,
        wit::Input::Url => Input::Url,
        wit::Input::Secret => Input::Secret,
        wit::Input::Choice(choices) => {
            Input::Choice(list("the choices", choices, MAX_PARTS, |one| name("a choice", one))?)
        }
    };
    Ok(Field {
        name: from.name,
        label: name("a field's label", from.label)?,
        help: text("a field's help", from.help, MAX_TEXT_BYTES)?,
        required: from.required,
        input,
        example: text("a field's example", from.example, MAX_NAME_BYTES)?,
    })
}

fn needed_permission(from: wit::NeededPermission) -> Read<NeededPermission> {
    Ok(NeededPermission {
        name: name("a permission", from.name)?,
        needed_for: text("a permission's purpose", from.needed_for, MAX_NAME_BYTES)?,
    })
}

/// Every field a scheme names has to be in the form, and what proves who one is has to be secret there.
fn scheme(from: wit::Scheme, credential: &[Field]) -> Read<Scheme> {
    let known = |name: String, secret: bool| match credential.iter().find(|field| field.name == name) {
        None => malformed("the scheme", "names a field that is not in the credential's form"),
        Some(field) if secret && field.input != Input::Secret => {
            malformed("the scheme", "uses a field that is not secret")
        }
        Some(_) => Ok(name),
    };
    Ok(match from {
        wit::Scheme::Bearer(token) => Scheme::Bearer { token: known(token, true)? },
        wit::Scheme::Basic(basic) => Scheme::Basic {
            user: match basic.user {
                wit::BasicUser::Fixed(user) => BasicUser::Fixed(text("the scheme's user name", user, MAX_NAME_BYTES)?),
                wit::BasicUser::Field(field) => BasicUser::Field(known(field, false)?),
            },
            password: known(basic.password, true)?,
        },
        wit::Scheme::CustomHeader(header) => {
            Scheme::Header { name: header_name(header.name)?, value: known(header.value, true)? }
        }
        wit::Scheme::AwsSigv4(keys) => Scheme::AwsSigv4 {
            access_key_id: known(keys.access_key_id, false)?,
            secret_access_key: known(keys.secret_access_key, true)?,
            session_token: keys.session_token.map(|field| known(field, true)).transpose()?,
        },
    })
}

fn header_name(name: String) -> Read<String> {
    match http::header::HeaderName::try_from(name.as_str()) {
        Ok(_) => Ok(name),
        Err(_) => malformed("the scheme's header name", "is not one"),
    }
}

pub(crate) fn connection(from: wit::Connection) -> Read<Connection> {
    let origins = list("the origins", from.origins, MAX_PARTS, origin)?;
    if origins.is_empty() {
        return malformed("the list of origins", "is empty");
    }
    Ok(Connection {
        origins,
        web_url: web_url("the web address", from.web_url)?,
        credential_pages: list("the credential pages", from.credential_pages, MAX_CREDENTIAL_PAGES, credential_page)?,
        credential_list_page: from
            .credential_list_page
            .map(|page| web_url("the list of credentials", page))
            .transpose()?,
        grant: from.grant.map(snippet).transpose()?,
        user_credentials: match from.user_credentials {
            wit::UserCredentials::Supported => UserCredentials::Supported,
            wit::UserCredentials::Unsupported(why) => {
                UserCredentials::Unsupported(text("the reason against user credentials", why, MAX_TEXT_BYTES)?)
            }
        },
        offers: Offers {
            drafts: from.offers.drafts,
            reviewers: from.offers.reviewers,
            revocation: from.offers.revocation,
        },
    })
}

fn credential_page(from: wit::CredentialPage) -> Read<CredentialPage> {
    Ok(CredentialPage {
        label: name("a credential page's label", from.label)?,
        url: web_url("a credential page", from.url)?,
    })
}

/// It is shown as it is, and copied.
fn snippet(from: wit::Snippet) -> Read<Snippet> {
    if from.text.len() > MAX_SNIPPET_BYTES {
        return malformed("a text to copy", "is too long");
    }
    if from.text.chars().any(|char| char.is_control() && char != '\n') {
        return malformed("a text to copy", "holds control characters");
    }
    Ok(Snippet { label: name("the label of a text to copy", from.label)?, text: from.text })
}

/// Brought into the one form in which origins are compared.
fn origin(from: wit::Origin) -> Read<Origin> {
    let Ok(url) = url::Url::parse(&from.url) else {
        return malformed("an origin", "is not an address");
    };
    let bare = matches!(url.scheme(), "https" | "http")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !bare {
        return malformed("an origin", "is more than scheme, host and port");
    }
    let aws = from.aws.map(|aws| {
        Read::Ok(AwsOrigin { service: name("a service", aws.service)?, region: name("a region", aws.region)? })
    });
    Ok(Origin { url: url.origin().ascii_serialization(), aws: aws.transpose()? })
}

/// The settings whose fault it is that an origin is no address: a provider makes origins of what it is given, and does not know
/// every rule that the names of hosts have. It is the setting that the origin's host stands in, or that is a part of the host.
pub(crate) fn unaddressed(origins: &[wit::Origin], settings: &Settings) -> Vec<FieldError> {
    let mut errors: Vec<FieldError> = Vec::new();
    for origin in origins.iter().filter(|origin| url::Url::parse(&origin.url).is_err()) {
        let host = written_host(&origin.url);
        let is_of = |value: &str| {
            let value = value.trim().to_ascii_lowercase();
            !value.is_empty() && (value.contains(&host) || host.split('.').any(|label| label == value))
        };
        let field = settings.iter().find(|(_, value)| !host.is_empty() && is_of(value)).map(|(field, _)| field);
        if let Some(field) = field.filter(|&field| errors.iter().all(|error| error.field != *field)) {
            let message = format!(
                "{} is no host's: an address is four numbers from 0 to 255, and what begins with xn-- spells a name in other \
                 letters",
                shown(&host)
            );
            errors.push(FieldError { field: field.clone(), message });
        }
    }
    errors
}

/// Host of what is no address, as it stands there.
fn written_host(url: &str) -> String {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or_default();
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let host = authority.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(authority, |(host, _)| host);
    host.to_ascii_lowercase()
}

pub(crate) fn field_errors(errors: Vec<wit::FieldError>) -> Vec<FieldError> {
    let read = |error: wit::FieldError| FieldError { field: shown(&error.field), message: shown(&error.message) };
    errors.into_iter().take(MAX_PARTS).map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(label: &str, url: &str) -> Read<CredentialPage> {
        credential_page(wit::CredentialPage { label: label.into(), url: url.into() })
    }

    #[test]
    fn a_form_for_credentials_has_an_address_that_a_page_may_link_to() {
        for url in ["https://git.example.com/new?until={expires-on}&scopes=a,b", "http://tfs:8080/tokens#new"] {
            assert_eq!(page("Token", url).unwrap().url, url);
        }
        let long = format!("https://git.example.com/?{}", "x".repeat(MAX_TEXT_BYTES));
        for url in ["javascript:alert(1)", "/tokens", "https://ann@git.example.com/", "https://a\nb", &long] {
            assert!(page("Token", url).is_err(), "{url}");
        }
        assert!(page("", "https://git.example.com/").is_err());
    }

    #[test]
    fn an_origin_that_is_no_address_is_the_fault_of_the_setting_it_was_made_of() {
        let blamed = |origin: &str, settings: &[(&str, &str)]| {
            let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let origins = vec![wit::Origin { url: origin.into(), aws: None }; 2];
            let errors = unaddressed(&origins, &settings);
            errors.into_iter().map(|error| error.field).collect::<Vec<_>>().join(",")
        };
        for host in ["10.0.0.256", "1.2.3.4.5", "xn--a", "a.xn--a.example", "xn--zzzzzz99999", "[1:2]", "a.0x"] {
            for (origin, typed) in [
                (format!("https://{host}"), format!(" HTTPS://{}/path ", host.to_uppercase())),
                (format!("http://{host}:8080"), format!("http://{host}:8080")),
            ] {
                assert_eq!(blamed(&origin, &[("base_url", &typed), ("owners", "")]), "base_url", "{origin}");
            }
        }
        assert_eq!(
            blamed("https://xn--a.git.example", &[("organization", "XN--a"), ("version", "2022")]),
            "organization"
        );
        assert_eq!(blamed("https://git.example", &[("base_url", "https://git.example")]), "", "it is one");
        assert_eq!(blamed("nonsense", &[("region", "eu")]), "", "no setting is in it");
    }

    #[test]
    fn a_text_to_copy_has_lines_and_an_end() {
        let read = |text: &str| snippet(wit::Snippet { label: "Policy".into(), text: text.into() });
        assert_eq!(read("{\n}").unwrap().text, "{\n}");
        assert!(read("a\u{1b}[2Jb").is_err() && read(&"x".repeat(MAX_SNIPPET_BYTES + 1)).is_err());
    }

    #[test]
    fn what_pull_requests_are_called_stands_within_a_sentence() {
        assert_eq!(pull_request_label("merge request".into()).unwrap(), "merge request");
        for wrong in ["", "Merge request", "17", &"x".repeat(MAX_WORD_BYTES + 1)] {
            assert!(pull_request_label(wrong.into()).is_err(), "{wrong}");
        }
    }
}
