//! Repositories: listed, and one looked at.

use serde_json::{Map, Value, json};

use super::Effect;
use super::effect::details;
use model::{ActedAs, Failure, OperationKind, Page, Repository, RepositoryId};
use sandbox::{Link, Provider};

pub struct ListRepositories {
    pub query: Option<String>,
    pub cursor: Option<String>,
}

impl Effect for ListRepositories {
    type Answer = Page<Repository>;
    const KIND: OperationKind = OperationKind::ListRepositories;

    fn details(&self, acted_as: ActedAs) -> Map<String, Value> {
        Map::from_iter([("acts_as".into(), json!(acted_as))])
    }

    async fn call(&self, provider: &dyn Provider, link: Link) -> Result<Page<Repository>, Failure> {
        provider.list_repositories(link, self.query.clone(), self.cursor.clone()).await
    }
}

pub struct GetRepository {
    /// Its id, or any other name the git server takes for it: the answer has the id it goes by now.
    pub repository: RepositoryId,
}

impl Effect for GetRepository {
    type Answer = Repository;
    const KIND: OperationKind = OperationKind::GetRepository;

    fn details(&self, acted_as: ActedAs) -> Map<String, Value> {
        details(&self.repository, acted_as)
    }

    async fn call(&self, provider: &dyn Provider, link: Link) -> Result<Repository, Failure> {
        provider.get_repository(link, &self.repository).await
    }
}
