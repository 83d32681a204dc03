//! Providers that are installed.

use std::collections::BTreeSet;

use http::StatusCode;
use maud::html;

use super::session::Administering;
use crate::operate::administration;
use crate::pages::answer::Page;
use crate::pages::layout::moment;
use crate::pages::table::{Cell, plain};
use crate::pages::words;
use model::{IntegrationRecord, ProviderId, ProviderRecord};
use sandbox::Paused;

pub(super) async fn show(at: Administering) -> Result<Page, Page> {
    let providers = administration::providers(&at.app).await.map_err(|error| at.stopped(error))?;
    let integrations = administration::integrations(&at.app).await.map_err(|error| at.stopped(error))?;
    let main = html! {
        h1 { (words::PROVIDERS) }
        p { (words::PROVIDERS_ARE) " " code { "countersign provider register FILE.wasm" } "." }
        (plain(words::PROVIDERS, &COLUMNS, providers.iter().map(|provider| row(&at, provider, &integrations))))
    };
    Ok(at.page(StatusCode::OK, words::PROVIDERS, main))
}

const COLUMNS: [&str; 6] = [words::NAME, words::VERSION, words::KINDS, words::MAY_REACH, words::DIGEST, words::SINCE];

fn row(at: &Administering, provider: &ProviderRecord, integrations: &[IntegrationRecord]) -> Vec<Cell> {
    let description = &provider.description;
    vec![
        Cell::Name(html! {
            bdi { (description.label) } " " span .faint { (description.id) }
            @for Paused { integration, left, why, .. } in administration::paused(&at.app, &provider.sha256) {
                div .wrong { (words::paused_at(left.as_secs() + 1)) " " bdi { (integration) } ": " bdi { (why) } }
            }
        }),
        Cell::Text(html! { bdi { (description.version) } }),
        Cell::Text(html! {
            @for (index, kind) in description.kinds.iter().enumerate() { @if index > 0 { ", " } bdi { (kind.label) } }
        }),
        Cell::Text(html! { @for origin in reached(integrations, &description.id) { div { code { (origin) } } } }),
        Cell::Text(html! {
            code title=(provider.sha256) { (&provider.sha256[..provider.sha256.len().min(16)]) "…" }
        }),
        Cell::Text(moment(provider.registered_at)),
    ]
}

/// The origins of the integrations it serves: it reaches no others.
fn reached<'a>(integrations: &'a [IntegrationRecord], provider: &ProviderId) -> BTreeSet<&'a str> {
    let served = integrations.iter().filter(|one| one.provider == *provider);
    served.flat_map(|one| &one.connection.origins).map(|origin| origin.url.as_str()).collect()
}
