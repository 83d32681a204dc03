//! Pull requests: created, or found open already.

use serde_json::{Map, Value, json};

use super::Effect;
use super::effect::fingerprint;
use crate::model::{
    Account, ActedAs, CreatedPullRequest, Failure, IntegrationId, IssueKey, NewPullRequest, OperationKind, RepositoryId,
};
use crate::provider::{Link, Provider};
use crate::store::Fingerprint;

pub struct CreatePullRequest {
    pub repository: RepositoryId,
    pub pull_request: NewPullRequest,
    /// The Jira issue it is for, for the audit log.
    pub issue: Option<IssueKey>,
}

impl Effect for CreatePullRequest {
    type Answer = CreatedPullRequest;
    const KIND: OperationKind = OperationKind::CreatePullRequest;

    fn fingerprint(&self, integration: &IntegrationId) -> Option<Fingerprint> {
        let (source, target) = (self.pull_request.source.as_str(), self.pull_request.target.as_str());
        Some(fingerprint(&["pull-request", integration.as_str(), self.repository.as_str(), source, target]))
    }

    fn details(&self, acted_as: ActedAs) -> Map<String, Value> {
        let mut details = Map::from_iter([
            ("repository".into(), json!(self.repository)),
            ("acts_as".into(), json!(acted_as)),
            ("source".into(), json!(self.pull_request.source)),
            ("target".into(), json!(self.pull_request.target)),
        ]);
        if let Some(issue) = &self.issue {
            details.insert("issue".into(), json!(issue));
        }
        details
    }

    async fn call(&self, provider: &dyn Provider, link: Link) -> Result<CreatedPullRequest, Failure> {
        provider.create_pull_request(link, &self.repository, &self.pull_request).await
    }

    async fn look_up(&self, provider: &dyn Provider, link: Link) -> Result<Option<CreatedPullRequest>, Failure> {
        let (source, target) = (&self.pull_request.source, &self.pull_request.target);
        let found = provider.find_pull_requests(link, &self.repository, source, Some(target)).await?;
        let of_ours =
            |open: &crate::model::PullRequest| open.source == source.as_str() && open.target == target.as_str();
        let stands = found.items.into_iter().find(of_ours);
        Ok(stands.map(|pull_request| CreatedPullRequest { pull_request, existed: true, notes: vec![] }))
    }

    fn result(answer: &CreatedPullRequest) -> Map<String, Value> {
        Map::from_iter([
            ("pull_request".into(), json!(answer.pull_request.number)),
            ("url".into(), json!(answer.pull_request.web_url)),
            ("existed".into(), json!(answer.existed)),
        ])
    }

    /// Of one that was open already the author may be anybody.
    fn credited_to(answer: &CreatedPullRequest) -> Option<&Account> {
        match answer.existed {
            true => None,
            false => answer.pull_request.author.as_ref(),
        }
    }
}
