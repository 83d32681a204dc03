//! Repositories: listed, and one looked at.

use serde_json::{Map, Value, json};

use super::Effect;
use super::effect::details;
use model::{ActedAs, Failure, Page, PageLimit, Repository, RepositoryId, operation};
use sandbox::Provider;
use sandbox::lend::Loan;

/// One page of the repositories the credential sees.
pub struct ListRepositories {
    /// Part of the name.
    pub query: Option<String>,
    /// Where the list goes on, as the provider said.
    pub cursor: Option<String>,
    /// The same for all pages of a list.
    pub limit: PageLimit,
}

impl Effect for ListRepositories {
    type Operation = operation::ListRepositories;
    type Answer = Page<Repository>;

    fn details(&self, acted_as: ActedAs) -> Map<String, Value> {
        Map::from_iter([("acts_as".into(), json!(acted_as))])
    }

    fn repositories(answer: &Page<Repository>) -> &[Repository] {
        &answer.items
    }

    async fn call(
        &self,
        provider: &dyn Provider,
        loan: &Loan<operation::ListRepositories>,
    ) -> Result<Page<Repository>, Failure> {
        provider.list_repositories(loan.link(), self.query.clone(), self.cursor.clone(), self.limit).await
    }
}

/// One repository, as it is called now.
pub struct GetRepository {
    /// Its id, or any other name the git server takes for it: the answer has the id it goes by now.
    pub repository: RepositoryId,
}

impl Effect for GetRepository {
    type Operation = operation::GetRepository;
    type Answer = Repository;

    fn details(&self, acted_as: ActedAs) -> Map<String, Value> {
        details(&self.repository, acted_as)
    }

    fn repositories(answer: &Repository) -> &[Repository] {
        std::slice::from_ref(answer)
    }

    async fn call(
        &self,
        provider: &dyn Provider,
        loan: &Loan<operation::GetRepository>,
    ) -> Result<Repository, Failure> {
        provider.get_repository(loan.link(), &self.repository).await
    }
}
