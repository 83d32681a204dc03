//! Who the caller is, and which repositories she sees.

use http::HeaderName;
use serde_json::Value;

use super::access::{is_visible, permission, permission_of};
use super::call::{Call, Caller, Outcome, accepting_scopes, ok};
use super::paging::page;
use super::refusal::Refusal;
use super::shapes;
use super::world::{Permission, Repository};

pub(super) fn user(call: &Call<'_>) -> Outcome {
    let caller = call.known_caller()?;
    Ok(ok(&shapes::account::private_user(call, caller.account)))
}

pub(super) fn repository(call: &Call<'_>, repository: &Repository, _: &str) -> Outcome {
    Ok(accepting_scopes(ok(&shapes::repository::full(call, repository)), "repo"))
}

/// Repositories the caller owns, collaborates in or has through an organisation. Those of an organisation that wants its single
/// sign-on first are left out, and a header says so.
pub(super) fn repositories(call: &Call<'_>) -> Outcome {
    let caller = call.known_caller()?;
    let wanted = Wanted::of(call)?;
    let mut listed: Vec<&Repository> = call
        .world
        .repositories
        .iter()
        .filter(|repository| {
            wanted.includes(call, caller, repository) && is_visible(call.world, Some(caller), repository)
        })
        .collect();
    let blocked =
        |repository: &&Repository| caller.token.blocks.iter().any(|block| block.organization() == repository.owner);
    let mut left_out: Vec<u64> = Vec::new();
    for repository in listed.extract_if(.., |repository| blocked(repository)) {
        left_out.extend(call.world.account(&repository.owner).map(|owner| owner.id));
    }
    wanted.sort(&mut listed);
    let items: Vec<Value> = listed.iter().map(|repository| shapes::repository::listed(call, repository)).collect();
    let answer = page(call, "/user/repos", &items);
    if left_out.is_empty() {
        return Ok(answer);
    }
    left_out.dedup();
    let ids: Vec<String> = left_out.iter().map(u64::to_string).collect();
    let header = format!("partial-results; organizations={}", ids.join(","));
    Ok(answer.with(HeaderName::from_static("x-github-sso"), &header))
}

/// What the query of `/user/repos` asks for.
struct Wanted {
    affiliation: String,
    visibility: String,
    sort: String,
    descending: bool,
}

impl Wanted {
    fn of(call: &Call<'_>) -> Result<Wanted, Refusal> {
        let given = |name: &str| call.request.query_value(name);
        let kind = given("type");
        if kind.is_some() && (given("visibility").is_some() || given("affiliation").is_some()) {
            let message = "If you specify visibility or affiliation, you cannot specify type.";
            return Err(Refusal::unprocessable(message)
                .documented("/rest/repos/repos#list-repositories-for-the-authenticated-user"));
        }
        let (affiliation, visibility) = match kind.as_deref() {
            Some("owner") => ("owner", "all"),
            Some("member") => ("collaborator,organization_member", "all"),
            Some(one @ ("public" | "private")) => ("owner,collaborator,organization_member", one),
            _ => ("owner,collaborator,organization_member", "all"),
        };
        let sort = given("sort").unwrap_or_else(|| "full_name".to_owned());
        let direction = given("direction");
        Ok(Wanted {
            affiliation: given("affiliation").unwrap_or_else(|| affiliation.to_owned()),
            visibility: given("visibility").unwrap_or_else(|| visibility.to_owned()),
            descending: direction.map_or(sort != "full_name", |direction| direction == "desc"),
            sort,
        })
    }

    fn includes(&self, call: &Call<'_>, caller: Caller<'_>, repository: &Repository) -> bool {
        let affiliated = affiliation(call, caller, repository);
        let visible = match self.visibility.as_str() {
            "public" => !repository.private,
            "private" => repository.private,
            _ => true,
        };
        visible && affiliated.is_some_and(|affiliated| self.affiliation.split(',').any(|one| one == affiliated))
    }

    /// By name, or by age: a stand-in's repositories are made in the order of their ids and never touched since.
    fn sort(&self, repositories: &mut [&Repository]) {
        match self.sort.as_str() {
            "full_name" => repositories.sort_by_key(|repository| repository.full_name().to_lowercase()),
            _ => repositories.sort_by_key(|repository| repository.id),
        }
        if self.descending {
            repositories.reverse();
        }
    }
}

fn affiliation(call: &Call<'_>, caller: Caller<'_>, repository: &Repository) -> Option<&'static str> {
    permission(call.world, caller, repository)?;
    let owner = call.world.account(&repository.owner)?;
    Some(match owner {
        owner if owner.login == caller.account.login => "owner",
        owner if owner.organization => "organization_member",
        _ => "collaborator",
    })
}

/// How GitHub calls an account's relation to a repository in a pull request.
pub(super) fn association(call: &Call<'_>, login: &str, repository: &Repository) -> &'static str {
    match permission_of(call.world, login, repository) {
        Some(Permission::Admin) if repository.owner.eq_ignore_ascii_case(login) => "OWNER",
        Some(_) => "COLLABORATOR",
        None => "NONE",
    }
}
