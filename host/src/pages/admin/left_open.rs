//! A form that was left open over the end of a session: what was typed goes along while somebody signs in again in that browser,
//! and comes back filled in. What was typed of a credential does not.

use http::StatusCode;
use maud::{Markup, html};
use model::VisitId;

use super::addresses::without_user;
use super::names::{CONNECT_TO, LOST, PREVIEW, PROXY, REMOVE, SECRET, SETTING, SURE, TRY, path};
use super::values::{AS_SHOWN, YES};
use crate::operate::App;
use crate::pages::answer::Page;
use crate::pages::cookie::base;
use crate::pages::form::{Fields, PROOF};
use crate::pages::layout::document;
use crate::pages::proof::{ShownTo, proof};
use crate::pages::words;

/// Most that goes along, in bytes: certificates of a company with some mappings. It is sent by somebody who has not signed in.
pub(super) const MAX_BYTES: usize = 64 << 10;
/// The page it was typed into.
const AT: &str = "left-open-at";
/// What the names of its fields begin with on the way.
const FIELD: &str = "left-open-";
/// Pages with something to type.
const FORMS: [&str; 3] = ["/general", "/new-integration", "/integrations/"];
/// What is no text but a button. Nothing is removed by going on: it is asked about anew.
const BUTTONS: [&str; 5] = [TRY, PREVIEW, REMOVE, SURE, PROOF];

/// What was typed, by the names of its fields, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LeftOpen {
    /// Below those of all administrators' pages.
    path: String,
    typed: Vec<(String, String)>,
    /// Without what stood before the host of an address.
    is_cut: bool,
}

/// Why nothing goes along.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// Nothing was typed: it was a button that was pressed.
    Nothing,
    /// More than goes along.
    TooMuch,
}

impl LeftOpen {
    /// Of a form that was sent to a page.
    pub fn of(path: &str, fields: &Fields) -> Result<Self, Lost> {
        let typed = fields.names().map(|name| (name.to_owned(), fields.text(name).to_owned()));
        Self::checked(path.to_owned(), typed)
    }

    /// Of what went along with signing in.
    pub fn brought(fields: &Fields) -> Option<Self> {
        let of_it = |name: &str| Some((name.strip_prefix(FIELD)?.to_owned(), fields.text(name).to_owned()));
        let typed = fields.names().filter(|name| *name != AT).filter_map(of_it);
        Self::checked(fields.filled(AT)?.to_owned(), typed).ok()
    }

    /// However it came: of a page with something to type, its texts, and nothing of a credential.
    fn checked(path: String, fields: impl Iterator<Item = (String, String)>) -> Result<Self, Lost> {
        let is_plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-'));
        let is_form = FORMS.iter().any(|form| if form.ends_with('/') { path.starts_with(form) } else { path == *form });
        let is_text = |(name, text): &(String, String)| {
            !name.starts_with(SECRET) && !BUTTONS.contains(&name.as_str()) && !text.is_empty()
        };
        // A password may have been typed into an address, where it is refused.
        let mut is_cut = false;
        let mut without_password = |(name, text): (String, String)| match address_without_user(&name, &text) {
            Some(address) => {
                is_cut = true;
                (name, address)
            }
            None => (name, text),
        };
        let mut has_credential = false;
        let look = |(name, text): &(String, String)| has_credential |= name.starts_with(SECRET) && !text.is_empty();
        let mut typed: Vec<_> = fields.inspect(look).filter(is_text).map(&mut without_password).collect();
        if !is_plain || !is_form || typed.is_empty() {
            return Err(Lost::Nothing);
        }
        if has_credential && typed.iter().all(|(name, _)| name != LOST) {
            typed.push((LOST.to_owned(), YES.to_owned()));
        }
        let bytes =
            |typed: &[(String, String)]| typed.iter().map(|(name, text)| name.len() + text.len()).sum::<usize>();
        if bytes(&typed) > MAX_BYTES {
            // Without it what was left alone counts as typed, which is said before anything is stored.
            typed.retain(|(name, _)| name != AS_SHOWN);
        }
        if bytes(&typed) > MAX_BYTES { Err(Lost::TooMuch) } else { Ok(Self { path, typed, is_cut }) }
    }

    /// Within the form that signs in.
    pub fn along(&self) -> Markup {
        html! {
            @if self.is_cut { p .told.careful { (words::NO_PASSWORD_GOES_ALONG) } }
            input type="hidden" name=(AT) value=(self.path);
            @for (name, text) in &self.typed { input type="hidden" name={ (FIELD) (name) } value=(text); }
        }
    }

    /// The way back to it, for whoever has signed in: nothing is stored before it is looked at again.
    pub fn back(&self, app: &App, session: &VisitId) -> Page {
        let main = html! {
            main .sheet {
                h1 { (words::SIGNED_IN) }
                p { (words::NOTHING_STORED_YET) }
                form method="post" autocomplete="off" action=(path(app, self.path.trim_start_matches('/'))) {
                    (proof(app, ShownTo::Administrator(session)))
                    @for (name, text) in &self.typed { input type="hidden" name=(name) value=(text); }
                    p .buttons { button type="submit" name=(TRY) value="yes" { (words::GO_ON) } }
                }
            }
        };
        Page::new(StatusCode::OK, document(&base(&app.config), words::SIGNED_IN, main))
    }
}

/// What was typed without what stands before a host; none where nothing does, or the field takes no address.
fn address_without_user(name: &str, text: &str) -> Option<String> {
    let is_address = name == PROXY || name == CONNECT_TO || name.starts_with(SETTING);
    let lines: Vec<_> = text.split('\n').map(|line| without_user(line).ok_or(line)).collect();
    let is_cut = is_address && lines.iter().any(Result::is_ok);
    is_cut.then(|| lines.into_iter().map(|line| line.unwrap_or_else(str::to_owned)).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, fields: &[(&str, &str)]) -> Result<Vec<String>, Lost> {
        let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        LeftOpen::checked(path.to_owned(), fields).map(|left| left.typed.into_iter().map(|(name, _)| name).collect())
    }

    #[test]
    fn a_password_in_an_address_does_not_go_along_and_the_address_does_and_it_is_said() {
        for (name, typed, kept) in [
            (PROXY, "http://ann:pw@proxy.test:3128", "http://proxy.test:3128"),
            (PROXY, "ann:p@w@proxy.test", "proxy.test"),
            (PROXY, "http://proxy.test", "http://proxy.test"),
            (PROXY, "none", "none"),
            ("setting-base_url", "https://ann:pw@git.example.com/x", "https://git.example.com/x"),
            ("setting-organization", "ann@acme", "ann@acme"),
            ("setting-base_url", "ann:pw@git.example.com", "git.example.com"),
            (CONNECT_TO, "a:443 = 10.0.0.7:443\nann:pw@h:1 = 10.0.0.8:1", "a:443 = 10.0.0.7:443\nh:1 = 10.0.0.8:1"),
            ("branch_template", "x://ann@${issuekey}", "x://ann@${issuekey}"),
        ] {
            let fields = [("name", "Main"), (name, typed)].map(|(name, text)| (name.to_owned(), text.to_owned()));
            let left = LeftOpen::checked("/integrations/main".to_owned(), fields.into_iter()).unwrap();
            assert_eq!((left.typed[1].1.as_str(), left.is_cut), (kept, kept != typed));
            assert_eq!(left.along().into_string().contains(words::NO_PASSWORD_GOES_ALONG), left.is_cut);
        }
    }

    #[test]
    fn texts_of_pages_with_something_to_type_go_along_and_nothing_else() {
        let typed = [
            ("revision", "7"),
            ("name", "Main"),
            ("credential-token", "ghp_x"),
            ("try", "yes"),
            ("proof", "x"),
            ("ca_pem", ""),
            ("proxy", "http://ann:pw@proxy.test"),
        ];
        for path in ["/integrations/main", "/general", "/new-integration"] {
            assert_eq!(
                of(path, &typed),
                Ok(["revision", "name", "proxy", "lost-credential"].map(str::to_owned).to_vec()),
                "{path}"
            );
        }
        for path in [
            "/connectors",
            "/sessions",
            "//evil.example",
            "/integrations/../x",
            "/integrations/a?b",
            "/generals",
            "",
            "javascript:x",
        ] {
            assert_eq!(of(path, &typed), Err(Lost::Nothing), "{path}");
        }
        assert_eq!(of("/general", &[("credential-token", "ghp_x"), ("preview", "yes")]), Err(Lost::Nothing));
        let removal = [("name", "Main"), ("remove", "yes"), ("sure", "7 1")];
        assert_eq!(of("/integrations/main", &removal), Ok(vec!["name".to_owned()]), "nothing is removed by it");
        assert_eq!(of("/integrations/main", &removal[1..]), Err(Lost::Nothing));
        let long = "x".repeat(MAX_BYTES);
        assert_eq!(of("/integrations/main", &[("ca_pem", &long)]), Err(Lost::TooMuch));
    }
}
