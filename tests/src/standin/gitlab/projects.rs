//! Projects: one, and all of those the caller sees.

use super::access::{is_visible, role};
use super::call::{Call, Outcome, ok};
use super::paging::{self, Page};
use super::params::Params;
use super::refusal::Refusal;
use super::shapes::project;
use super::world::{Repository, Role};

/// How far page numbers go; what lies beyond is reached by keyset only.
const MAX_OFFSET: usize = 50_000;

const ORDERS: &[&str] =
    &["id", "name", "path", "created_at", "updated_at", "last_activity_at", "similarity", "star_count"];

pub(super) fn get(call: &Call<'_>, repository: &Repository, _: &str) -> Outcome {
    Ok(ok(&project::full(call, repository)))
}

pub(super) fn list(call: &Call<'_>) -> Outcome {
    let params = Params::of(call.request)?;
    let wanted = Wanted::of(&params)?;
    let mut listed: Vec<&Repository> =
        call.world.repositories.iter().filter(|repository| wanted.includes(call, repository)).collect();
    wanted.sort(&mut listed);
    let simple = call.caller.is_none() || params.flag("simple")?.unwrap_or(false);
    let shape = |repository: &&Repository| {
        Ok(if simple { project::basic(call, repository) } else { project::full(call, repository) })
    };
    let page = Page::of(call, &params)?;
    if page.keyset {
        if wanted.order != "id" {
            return Err(Refusal::not_allowed("Keyset pagination is not yet available for this type of request"));
        }
        let bound = if wanted.descending { "id_before" } else { "id_after" };
        let cursor = |last: &&Repository| (bound, last.id.to_string());
        // The last page still names a next one, which is empty.
        return paging::by_key(call, &page, &listed, shape, cursor, false);
    }
    if page.skipped() > MAX_OFFSET {
        return Err(Refusal::not_allowed(
            "Offset pagination has a maximum allowed offset of 50000 for requests that return objects of type Project. Remaining records can be retrieved using keyset pagination.",
        ));
    }
    paging::by_number(call, &page, &listed, shape)
}

/// What the query of `/projects` asks for.
struct Wanted {
    membership: bool,
    owned: bool,
    starred: bool,
    archived: Option<bool>,
    visibility: Option<String>,
    min_access_level: Option<u64>,
    search: Option<String>,
    search_namespaces: bool,
    id_after: Option<u64>,
    id_before: Option<u64>,
    order: String,
    descending: bool,
}

impl Wanted {
    fn of(params: &Params) -> Result<Wanted, Refusal> {
        let min_access_level = params.number("min_access_level")?;
        if min_access_level.is_some_and(|level| ![10, 15, 20, 25, 30, 40, 50].contains(&level)) {
            return Err(Refusal::invalid("min_access_level does not have a valid value"));
        }
        Ok(Wanted {
            membership: params.flag("membership")?.unwrap_or(false),
            owned: params.flag("owned")?.unwrap_or(false),
            starred: params.flag("starred")?.unwrap_or(false),
            archived: params.flag("archived")?,
            visibility: params.one_of("visibility", &["private", "internal", "public"])?,
            min_access_level,
            search: params.text("search")?.map(|part| part.to_lowercase()),
            search_namespaces: params.flag("search_namespaces")?.unwrap_or(false),
            id_after: params.number("id_after")?,
            id_before: params.number("id_before")?,
            order: params.one_of("order_by", ORDERS)?.unwrap_or_else(|| "created_at".to_owned()),
            descending: params.one_of("sort", &["asc", "desc"])?.as_deref() != Some("asc"),
        })
    }

    fn includes(&self, call: &Call<'_>, repository: &Repository) -> bool {
        let held = role(call, repository);
        let level = held.map_or(0, |role| role as u64);
        // Nobody stars here.
        is_visible(call, repository)
            && !self.starred
            && (!self.membership || held.is_some())
            && (!self.owned || held == Some(Role::Owner))
            && self.archived.is_none_or(|archived| archived == repository.archived)
            && self.visibility.as_deref().is_none_or(|wanted| wanted == repository.visibility.name())
            && self.min_access_level.is_none_or(|wanted| level >= wanted)
            && self.id_after.is_none_or(|after| repository.id > after)
            && self.id_before.is_none_or(|before| repository.id < before)
            && self.search.as_deref().is_none_or(|part| self.names(repository).to_lowercase().contains(part))
    }

    /// Where a search looks: the name, or the groups as well.
    fn names<'a>(&self, repository: &'a Repository) -> &'a str {
        if self.search_namespaces { &repository.full_name } else { repository.name() }
    }

    /// By name, or by age: a stand-in's repositories are made in the order of their ids and never touched since.
    fn sort(&self, repositories: &mut [&Repository]) {
        match self.order.as_str() {
            "name" | "path" => repositories.sort_by_key(|repository| repository.name().to_lowercase()),
            _ => repositories.sort_by_key(|repository| repository.id),
        }
        if self.descending {
            repositories.reverse();
        }
    }
}
