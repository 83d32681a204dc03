//! A PAT that the git server refused is asked about again when it is next needed, for refusals pass: a server was set up wrongly
//! for an hour, a proxy spoke for it, an account was locked and is no more.

use super::decision::{self, Found};
use super::pats::check_pat;
use super::{App, Ask, OperationError};
use model::{ActAs, PatState};

/// The case as it is after a rejected PAT was asked about again, where that is due; else as it is.
pub(super) async fn asked_again(
    app: &App,
    ask: &Ask,
    subject: &'static str,
    found: Found,
) -> Result<Found, OperationError> {
    if ask.act_as == ActAs::Integration || !is_due(app, ask, &found) {
        return Ok(found);
    }
    // Whatever it comes to is kept and written down there, and what is asked for is decided on what is known afterwards.
    if let Err(error) = check_pat(app, ask).await {
        tracing::info!(%error, request_id = ask.request_id(), "a rejected PAT could not be asked about again");
    }
    decision::find(app, ask, subject).await
}

fn is_due(app: &App, ask: &Ask, found: &Found) -> bool {
    let Some(pat) = found.pat_metadata() else { return false };
    let (now, place) = (app.clock.now(), found.integration().place());
    match &pat.rejection {
        Some(rejection) if PatState::of(Some(pat), &place, now) == PatState::Rejected => {
            app.second_chances.take(&ask.integration, ask.user(), rejection, now)
        }
        _ => false,
    }
}
