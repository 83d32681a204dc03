//! Repositories: listed.

use serde_json::{Map, Value, json};

use super::Effect;
use crate::model::{ActedAs, Failure, OperationKind, Page, Repository};
use crate::provider::{Link, Provider};

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
