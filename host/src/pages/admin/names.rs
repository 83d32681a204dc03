//! What administrators' pages are called, and what their forms call fields and buttons that several have.

use crate::operate::App;
use crate::pages::cookie::base;

/// The field with the state of the record that a form shows.
pub(super) const REVISION: &str = "revision";
/// What a form writes in front of the names of a credential's fields.
pub(super) const SECRET: &str = "credential-";
/// The same in front of a kind's settings.
pub(super) const SETTING: &str = "setting-";
/// The field with the address of a proxy.
pub(super) const PROXY: &str = "proxy";
/// The field with addresses to dial.
pub(super) const CONNECT_TO: &str = "connect_to";
/// Button that stores nothing and says what would be.
pub(super) const TRY: &str = "try";
/// Button that stores nothing and shows what a branch template makes of an issue.
pub(super) const PREVIEW: &str = "preview";
/// The field with how many days a dry run looks back.
pub(super) const DAYS: &str = "days";
/// Button that asks whether something is to be removed.
pub(super) const REMOVE: &str = "remove";
/// That it was asked, and about what.
pub(super) const SURE: &str = "sure";

/// Says of an integration's page that it was added just now.
pub(super) const ADDED: &str = "added";
/// Says of the list of integrations which one was removed just now.
pub(super) const REMOVED: &str = "removed";

/// Says that a credential was typed into the form before, which no page repeats.
pub(super) const LOST: &str = "lost-credential";

/// The grace date that was stored when the form was shown: a rule that is taken back takes it along.
pub(super) const STORED_DATE: &str = "stored_require_user_pat_from";
/// How many rows a form has.
pub(super) const MAPPING_ROWS: &str = "mapping_rows";

/// Path of a page, with the path of the public URL.
pub(super) fn path(app: &App, page: &str) -> String {
    format!("{}/admin/{page}", base(&app.config)).trim_end_matches('/').to_owned()
}
