//! Providers that are installed.

use std::collections::BTreeSet;

use http::StatusCode;
use maud::html;

use super::session::Administering;
use crate::operate::administration;
use crate::pages::answer::Page;
use crate::pages::layout::moment;
use crate::pages::words;
use model::{IntegrationRecord, ProviderId};

pub(super) async fn show(at: Administering) -> Result<Page, Page> {
    let providers = administration::providers(&at.app).await.map_err(|error| at.stopped(error))?;
    let integrations = administration::integrations(&at.app).await.map_err(|error| at.stopped(error))?;
    let main = html! {
        h1 { (words::PROVIDERS) }
        p { (words::PROVIDERS_ARE) " " code { "countersign provider register FILE.wasm" } "." }
        div .scroll role="region" aria-label=(words::PROVIDERS) tabindex="0" {
            table {
                thead { tr {
                    @for heading in [words::NAME, words::VERSION, words::KINDS, words::MAY_REACH, words::DIGEST, words::SINCE] { th scope="col" { (heading) } }
                } }
                tbody {
                    @for provider in &providers {
                        tr {
                            th scope="row" { bdi { (provider.description.label) } " " span .faint { (provider.description.id) } }
                            td { bdi { (provider.description.version) } }
                            td { @for (index, kind) in provider.description.kinds.iter().enumerate() { @if index > 0 { ", " } bdi { (kind.label) } } }
                            td { @for origin in reached(&integrations, &provider.description.id) { div { code { (origin) } } } }
                            td { code title=(provider.sha256) { (&provider.sha256[..provider.sha256.len().min(16)]) "…" } }
                            td { (moment(provider.registered_at)) }
                        }
                    }
                }
            }
        }
    };
    Ok(at.page(StatusCode::OK, words::PROVIDERS, main))
}

/// The origins of the integrations it serves: it reaches no others.
fn reached<'a>(integrations: &'a [IntegrationRecord], provider: &ProviderId) -> BTreeSet<&'a str> {
    let served = integrations.iter().filter(|one| one.provider == *provider);
    served.flat_map(|one| &one.connection.origins).map(|origin| origin.url.as_str()).collect()
}
