//! An integration that is removed while somebody is at its form.

use http::StatusCode;
use maud::html;

use super::addresses::masked;
use super::audit::who;
use super::labels::of_field;
use super::session::Administering;
use super::values::typed_in;
use crate::operate::administration;
use crate::pages::answer::Page;
use crate::pages::form::Fields;
use crate::pages::layout::moment;
use crate::pages::words;
use crate::problem::Problem;
use model::IntegrationId;

/// Somebody removed it while its form was open: who, and what was typed there.
pub(super) async fn gone(at: &Administering, id: &IntegrationId, fields: &Fields) -> Result<Page, Page> {
    let removal = administration::removal_of(&at.app, id).await.map_err(|error| at.stopped(error))?;
    let Some((actor, when)) = removal else { return Err(at.told(Problem::not_found("integration"))) };
    let typed = typed_in(fields);
    let main = html! {
        (at.crumb("integrations", words::MANAGE))
        h1 { (words::INTEGRATION_GONE) }
        section .told.wrong role="alert" {
            p {
                bdi { (id) } ": " (words::REMOVED_BY) " " bdi { (who(&actor)) } " (" (moment(when)) "). "
                (words::NOTHING_WAS_STORED)
            }
        }
        @if !typed.is_empty() {
            p { (words::YOU_TYPED) }
            ul { @for (name, text) in typed { li { bdi { (of_field(&name)) } ": " bdi { (masked(text)) } } } }
        }
    };
    Ok(at.page_below(words::MANAGE, StatusCode::GONE, words::INTEGRATION_GONE, main))
}
