//! A form that was left open over the end of a session: what was typed goes along while its administrator signs in again, and
//! comes back filled in. What was typed of a credential does not.

use http::StatusCode;
use maud::{Markup, html};
use model::VisitId;

use super::names::{PREVIEW, REMOVE, REVISION, SECRET, SURE, TRY, path};
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
/// What is no text but a button.
const BUTTONS: [&str; 3] = [TRY, PREVIEW, PROOF];

/// What was typed, by the names of its fields, and where.
pub(super) struct LeftOpen {
    /// Below those of all administrators' pages.
    path: String,
    typed: Vec<(String, String)>,
}

impl LeftOpen {
    /// Of a form that was sent to a page. None where it is none that anything is typed into.
    pub fn of(path: &str, fields: &Fields) -> Option<Self> {
        let is_text =
            |name: &&str| !name.starts_with(SECRET) && !BUTTONS.contains(name) && !fields.text(name).is_empty();
        let typed = fields.names().filter(is_text).map(|name| (name.to_owned(), fields.text(name).to_owned()));
        Self { path: path.to_owned(), typed: typed.collect() }.checked()
    }

    /// Of what went along with signing in.
    pub fn brought(fields: &Fields) -> Option<Self> {
        let path = fields.filled(AT)?.to_owned();
        let of_it = |name: &str| Some((name.strip_prefix(FIELD)?.to_owned(), fields.text(name).to_owned()));
        Self { path, typed: fields.names().filter(|name| *name != AT).filter_map(of_it).collect() }.checked()
    }

    fn checked(self) -> Option<Self> {
        let is_plain = self.path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-'));
        let is_form =
            FORMS.iter().any(|form| if form.ends_with('/') { self.path.starts_with(form) } else { self.path == *form });
        let bytes: usize = self.typed.iter().map(|(name, text)| name.len() + text.len()).sum();
        // A removal has been asked for with nothing but a button.
        let is_typed = self.typed.iter().any(|(name, _)| ![REVISION, REMOVE, SURE].contains(&name.as_str()));
        (is_plain && is_form && is_typed && bytes <= MAX_BYTES).then_some(self)
    }

    /// Within the form that signs in.
    pub fn along(&self) -> Markup {
        html! {
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
                form method="post" action=(path(app, self.path.trim_start_matches('/'))) {
                    (proof(app, ShownTo::Administrator(session)))
                    @for (name, text) in &self.typed { input type="hidden" name=(name) value=(text); }
                    p .buttons { button type="submit" name=(TRY) value="yes" { (words::GO_ON) } }
                }
            }
        };
        Page::new(StatusCode::OK, document(&base(&app.config), words::SIGNED_IN, main))
    }
}
