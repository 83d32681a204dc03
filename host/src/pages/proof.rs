//! What every form has in it, unseen: proves that it was shown where it is sent from. Nobody else can make it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::Parts;
use maud::{Markup, html};

use super::form::{Fields, PROOF};
use crate::operate::App;
use model::VisitId;

/// To whom a form is shown.
#[derive(Debug, Clone, Copy)]
pub(super) enum ShownTo<'a> {
    Visit(&'a VisitId),
    Administrator(&'a VisitId),
}

/// The field.
pub(super) fn proof(app: &App, to: ShownTo<'_>) -> Markup {
    let proof = app.form_key.sign(signed(to).as_bytes());
    html! { input type="hidden" name=(PROOF) value=(URL_SAFE_NO_PAD.encode(proof)); }
}

/// Whether it is in what was sent.
pub(super) fn is_proven(app: &App, to: ShownTo<'_>, sent: &Fields) -> bool {
    let given = URL_SAFE_NO_PAD.decode(sent.text(PROOF));
    given.is_ok_and(|given| app.form_key.verify(signed(to).as_bytes(), &given))
}

fn signed(to: ShownTo<'_>) -> Parts {
    match to {
        ShownTo::Visit(id) => Parts::of(["visit", id.as_str()]),
        ShownTo::Administrator(id) => Parts::of(["admin", id.as_str()]),
    }
}
