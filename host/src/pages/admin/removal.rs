//! *Remove…*: asks, of the integration and of the tokens that go with it, and removes what was asked about.

use http::StatusCode;
use maud::html;

use super::differences::{meanwhile, others};
use super::entry::revision_of;
use super::gone::gone;
use super::kinds;
use super::labels::above;
use super::names::{LOST, PREVIEW, REMOVE, REMOVED, SECRET, SURE};
use super::session::Administering;
use super::values::YES;
use crate::operate::OperationError;
use crate::operate::administration::{self, Expected};
use crate::pages::answer::Page;
use crate::pages::form::Fields;
use crate::pages::words;
use crate::problem::Problem;
use model::{IntegrationId, Revision};
use store::{SavedPats, SeenIntegration};

/// Of the integration as it was asked about, with the same people's tokens. Where it is another by then, it is asked about anew.
pub(super) async fn remove(at: &Administering, id: &IntegrationId, fields: &Fields) -> Result<Page, Page> {
    if !fields.has(SURE) {
        return ask(at, id, fields, None).await;
    }
    let stale = || OperationError::Stale(format!("integration {id}"));
    let removed = match asked_about(fields) {
        None => Err(stale()),
        Some(SeenIntegration { revision, pats }) => {
            let expected = Expected::OneOf(vec![revision]);
            administration::remove_integration(&at.app, &at.by, id, &expected, Some(pats)).await
        }
    };
    match removed {
        Ok(()) => Ok(at.see(&format!("integrations?{REMOVED}={id}"))),
        // In the moment of the removal, too: to whoever was asked it is one.
        Err(error) if error.is_conflict() => ask(at, id, fields, Some(&at.problem(stale()))).await,
        Err(OperationError::Missing(_)) => gone(at, id, fields).await,
        Err(error) => Err(at.stopped(error)),
    }
}

/// As the button sends it on which it was asked about.
fn sure(seen: SeenIntegration) -> String {
    let newest = seen.pats.newest.map_or_else(String::new, |newest| newest.to_string());
    format!("{} {} {newest}", seen.revision, seen.pats.people)
}

fn asked_about(fields: &Fields) -> Option<SeenIntegration> {
    let of = |number: &str| Some(Revision::of_entry(number.parse().ok()?));
    let [revision, people, newest] = fields.text(SURE).splitn(3, ' ').collect::<Vec<_>>().try_into().ok()?;
    let newest = if newest.is_empty() { None } else { Some(of(newest)?) };
    Some(SeenIntegration { revision: of(revision)?, pats: SavedPats { people: people.parse().ok()?, newest } })
}

/// Asks, of the integration as it is by now. Whoever changes her mind comes back to what she typed.
async fn ask(at: &Administering, id: &IntegrationId, fields: &Fields, problem: Option<&Problem>) -> Result<Page, Page> {
    let stopped = |error| at.stopped(error);
    let record = match administration::integration(&at.app, id).await {
        Err(OperationError::Missing(_)) => return gone(at, id, fields).await,
        record => record.map_err(stopped)?,
    };
    let pats = administration::saved_pats(&at.app, id).await.map_err(stopped)?;
    let (here, kind) = (at.path(&format!("integrations/{id}")), kinds::of(at, &record).await?);
    let since = meanwhile(at, Some(id), revision_of(fields)).await?;
    let is_secret = |name: &&str| name.starts_with(SECRET);
    let left = fields.names().filter(|name| ![REMOVE, SURE, PREVIEW].contains(name) && !is_secret(name));
    let has_secret = fields.names().filter(is_secret).any(|name| fields.filled(name).is_some());
    let main = html! {
        p .crumb { a href=(here) { span aria-hidden="true" { "‹ " } bdi { (record.name) } } }
        h1 { (words::REMOVE_INTEGRATION) }
        p .kind { bdi { (kind.label) } " · " bdi { (record.connection.web_url) } }
        @if let Some(problem) = problem { (above(problem, &kind)) }
        (others(&since, Some(&kind)))
        @if asked_about(fields).is_some_and(|asked| asked.pats != pats && pats.people > 0) { p { (words::OTHER_TOKENS_BY_NOW) } }
        p { strong { bdi { (record.name) } } " " (words::remove_integration_means(pats.people)) }
        form method="post" autocomplete="off" action=(here) {
            (at.proof())
            @for name in left { input type="hidden" name=(name) value=(fields.text(name)); }
            @if has_secret { input type="hidden" name=(LOST) value=(YES); }
            p .buttons.sure {
                @let sure = sure(SeenIntegration { revision: record.revision, pats });
                button .quiet type="submit" name=(PREVIEW) value="yes" { (words::CANCEL) }
                " "
                button .danger type="submit" name=(SURE) value=(sure) { (words::REMOVE) " " bdi { (record.name) } }
            }
        }
    };
    let status = problem.map_or(StatusCode::OK, Problem::status);
    Ok(at.page_below(words::MANAGE, status, words::REMOVE_INTEGRATION, main))
}
