//! Pull requests: created, or found open already.

use serde_json::{Map, Value, json};

use super::Effect;
use super::effect::fingerprint;
use crate::model::{
    Account, ActedAs, CreatedPullRequest, Failure, FailureReason, IntegrationId, IssueKey, NewPullRequest,
    OperationKind, PullRequest, RepositoryId,
};
use crate::provider::{Link, Provider};
use crate::store::Fingerprint;

/// Most pages of open pull requests read in search of one. Servers that filter by branch need one.
const MAX_LOOK_UP_PAGES: usize = 20;

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
        let of_ours = |open: &PullRequest| open.source == source.as_str() && open.target == target.as_str();
        let mut cursor = None;
        for _ in 0..MAX_LOOK_UP_PAGES {
            let page =
                provider.find_pull_requests(link.fresh(), &self.repository, source, Some(target), cursor).await?;
            if let Some(pull_request) = page.items.into_iter().find(of_ours) {
                return Ok(Some(CreatedPullRequest { pull_request, existed: true, notes: vec![] }));
            }
            cursor = match page.next {
                Some(next) => Some(next),
                None => return Ok(None),
            };
        }
        let message = format!("The pull request is not on the first {MAX_LOOK_UP_PAGES} pages, and there are more.");
        Err(Failure::new(FailureReason::OutcomeUnknown, message))
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
