//! Repositories: their names page by page, and what else is known of them from `BatchGetRepositories`.

use countersign_sdk::types::{Failure, FailureReason, Repository, RepositoryPage};
use countersign_sdk::{Repositories, Sifted, sift};

use crate::api::{Api, RepositoryId, next_token};
use crate::description::LIST;
use crate::operation::Operation;
use crate::refusal::{Asked, refusal};
use crate::wire::{self, WireRepository, WireRequest};

/// Most pages of names one call reads in search of the first match. AWS has no search, and pages of its own size; with what
/// comes after it that leaves room in the host's 120 requests of a call.
const MAX_SEARCH_PAGES: usize = 20;
/// Repositories asked for at once. The service model has 100, but `BatchGetRepositories` was seen to refuse more than these.
const BATCH: usize = 25;
/// Most repositories one call asks for singly, which leaves the host's 120 requests of a call enough for the rest.
const MAX_SINGLE: usize = 60;

impl Repositories for Api<'_> {
    type RepositoryId = RepositoryId;

    /// Names first, for they are searched here; what else is known is asked of those that are given.
    fn list_repositories(
        &self,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<RepositoryPage, Failure> {
        let query = query.map(str::to_ascii_lowercase).unwrap_or_default();
        let matches = |name: &String| name.to_ascii_lowercase().contains(&query);
        let (names, next) = sift(cursor, limit, MAX_SEARCH_PAGES, matches, |token| names(self, token))?;
        let mut found = Details::default();
        names.chunks(BATCH).try_for_each(|batch| found.add(self, batch))?;
        Ok(RepositoryPage { partial: found.left_out(), items: found.repositories, next })
    }

    /// # Errors
    /// `not-found` where there is none of this name; what the credential may not see is `permission-missing`.
    fn get_repository(&self, id: &RepositoryId) -> Result<Repository, Failure> {
        let reply = self.read(Operation::GetRepository, &WireRequest::of(id.as_str()))?;
        match reply.status {
            200 => wire::read(&reply, "a repository", |answer| answer.repository_metadata.take())
                .map(|one| repository(self, one)),
            _ => Err(refusal(
                &reply,
                Asked { about: &format!("repository {id}"), needs: Operation::GetRepository.action() },
            )),
        }
    }
}

/// One page of all names, and the token of the next.
pub fn names(api: &Api<'_>, token: Option<&str>) -> Result<Sifted<String>, Failure> {
    let by_name = WireRequest {
        sort_by: Some("repositoryName"),
        order: Some("ascending"),
        next_token: token,
        ..WireRequest::default()
    };
    let reply = api.read(Operation::ListRepositories, &by_name)?;
    if reply.status != 200 {
        return Err(refusal(&reply, Asked { about: "the list of repositories", needs: LIST }));
    }
    let page = |answer: &mut wire::WireAnswer| Some((answer.repositories.take()?, answer.next_token.take()));
    let (listed, next) = wire::read(&reply, "a list of repositories", page)?;
    let names = listed.into_iter().map(|one| one.repository_name).collect();
    Ok((names, next_token(next, token)))
}

/// What is known of the repositories of a page, and how many are left out for which reason.
#[derive(Default)]
struct Details {
    repositories: Vec<Repository>,
    asked_singly: usize,
    unreadable: usize,
    denied: usize,
    beyond: usize,
}

impl Details {
    /// AWS refuses all of a batch for one that may not be read; then each is asked for alone.
    fn add(&mut self, api: &Api<'_>, names: &[String]) -> Result<(), Failure> {
        let reply = api.read(
            Operation::BatchGetRepositories,
            &WireRequest { repository_names: Some(names), ..WireRequest::default() },
        )?;
        if reply.status == 200 {
            let parts = |answer: &mut wire::WireAnswer| Some((answer.repositories.take()?, answer.errors.take()));
            let (found, errors) = wire::read(&reply, "repositories", parts)?;
            // One that was deleted a moment ago is not missed.
            let deleted = Some("RepositoryDoesNotExistException");
            self.unreadable += errors.iter().flatten().filter(|error| error.error_code.as_deref() != deleted).count();
            self.add_in_order(api, names, found);
            return Ok(());
        }
        let refused = refusal(&reply, Asked { about: "repositories", needs: Operation::BatchGetRepositories.action() });
        match refused.reason {
            FailureReason::PermissionMissing(_) | FailureReason::Protected => {
                names.iter().try_for_each(|name| self.add_single(api, name))
            }
            _ => Err(refused),
        }
    }

    fn add_in_order(&mut self, api: &Api<'_>, names: &[String], mut found: Vec<WireRepository>) {
        for name in names {
            if let Some(at) = found.iter().position(|one| one.repository_name == *name) {
                self.repositories.push(repository(api, found.swap_remove(at)));
            }
        }
    }

    fn add_single(&mut self, api: &Api<'_>, name: &str) -> Result<(), Failure> {
        if self.asked_singly == MAX_SINGLE {
            self.beyond += 1;
            return Ok(());
        }
        self.asked_singly += 1;
        match name.parse().and_then(|id| api.get_repository(&id)) {
            Ok(repository) => self.repositories.push(repository),
            Err(failure) => match failure.reason {
                FailureReason::PermissionMissing(_) | FailureReason::Protected => self.denied += 1,
                FailureReason::NotFound(_) => {}
                _ => return Err(failure),
            },
        }
        Ok(())
    }

    fn left_out(&self) -> Option<String> {
        let reasons = [
            (self.denied, "this access key may not read them (codecommit:GetRepository)"),
            (self.beyond, "there are too many to ask for one by one; search for part of the name"),
            (self.unreadable, "AWS cannot decrypt them at the moment"),
        ];
        let reasons = reasons.iter().filter(|(count, _)| *count > 0);
        let said: Vec<_> =
            reasons.map(|(count, why)| format!("Repositories left out: {count}, because {why}.")).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }
}

/// CodeCommit has no public and no archived repositories.
fn repository(api: &Api<'_>, wire: WireRepository) -> Repository {
    Repository {
        web_url: api.console().repository(&wire.repository_name),
        id: wire.repository_name.clone(),
        name: wire.repository_name,
        default_branch: wire.default_branch,
        is_private: true,
        is_read_only: false,
    }
}
