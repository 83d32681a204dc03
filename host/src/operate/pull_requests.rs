//! Pull requests: created, or found open already.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::effect::{Change, details, told_standing};
use super::{Effect, OperationError};
use model::{
    Account, ActedAs, BranchName, CreatedPullRequest, Failure, FailureReason, IssueMention, Kind, NewPullRequest,
    PullRequest, PullRequestDescription, RepositoryId, Standing, operation,
};
use sandbox::Provider;
use sandbox::lend::Loan;

/// Most pages of open pull requests read in search of one. Servers that filter by branch need one.
const MAX_LOOK_UP_PAGES: usize = 20;
/// Time the repository's template is given. It is a courtesy; what is left of the request's time belongs to the creation.
const TEMPLATE_TIME: Duration = Duration::from_secs(10);

/// Of one that was found after the answer to its creation was lost.
const LOOK_WHETHER: &str = "Title, description, draft and reviewers may be other than you typed them, and reviewers may not have \
                            been asked.";

/// A new pull request.
pub struct CreatePullRequest {
    /// Where.
    pub repository: RepositoryId,
    /// Its description is what the caller wrote: one part of what it will be.
    pub pull_request: NewPullRequest,
    /// Whether the repository's template goes in front of it.
    pub use_template: bool,
    /// The Jira issue it is for.
    pub issue: Option<IssueMention>,
}

impl Effect for CreatePullRequest {
    type Operation = operation::CreatePullRequest;
    type Answer = CreatedPullRequest;

    fn fits(&self, kind: &Kind) -> Result<(), OperationError> {
        let title = &self.pull_request.title;
        title.fits(&kind.text_limits).map_err(|error| OperationError::invalid("title", error.to_string()))
    }

    fn change(&self) -> Option<Change<'_>> {
        let (source, target) = (self.pull_request.source.as_str(), self.pull_request.target.as_str());
        Some(Change { repository: &self.repository, what: "pull-request", names: vec![source, target] })
    }

    fn details(&self, acted_as: ActedAs) -> Map<String, Value> {
        let mut details = details(&self.repository, acted_as);
        details.insert("source".into(), json!(self.pull_request.source));
        details.insert("target".into(), json!(self.pull_request.target));
        if let Some(issue) = &self.issue {
            details.insert("issue".into(), json!(issue.key()));
        }
        details
    }

    async fn call(
        &self,
        provider: &dyn Provider,
        loan: &Loan<operation::CreatePullRequest>,
    ) -> Result<CreatedPullRequest, Failure> {
        let (template, missing) = self.template(provider, loan).await?;
        let own = self.pull_request.description.as_ref();
        let limits =
            provider.description().kind(&loan.destination().kind).map(|kind| kind.text_limits).unwrap_or_default();
        let composed = PullRequestDescription::compose(template.as_ref(), own, self.issue.as_ref(), &limits);
        let new = NewPullRequest { description: composed.description, ..self.pull_request.clone() };
        let mut created = provider.create_pull_request(loan.link(), &self.repository, &new).await?;
        // Of one that was open already the text is what it was.
        if created.standing == Standing::Created {
            created.notes.extend(missing.into_iter().chain(composed.notes));
        }
        Ok(created)
    }

    async fn look_up(
        &self,
        provider: &dyn Provider,
        loan: &Loan<operation::CreatePullRequest>,
    ) -> Result<Option<CreatedPullRequest>, Failure> {
        let (source, target) = (&self.pull_request.source, &self.pull_request.target);
        let of_ours = |open: &PullRequest| open.source == source.as_str() && open.target == target.as_str();
        let mut cursor = None;
        for _ in 0..MAX_LOOK_UP_PAGES {
            let page =
                provider.find_pull_requests(loan.look_up(), &self.repository, source, Some(target), cursor).await?;
            if let Some(pull_request) = page.items.into_iter().find(of_ours) {
                let notes = vec![LOOK_WHETHER.to_owned()];
                return Ok(Some(CreatedPullRequest { pull_request, standing: Standing::Found, notes }));
            }
            cursor = match page.next {
                Some(next) => Some(next),
                None => return Ok(None),
            };
        }
        let message = format!("The pull request is not on the first {MAX_LOOK_UP_PAGES} pages, and there are more.");
        Err(Failure::new(FailureReason::OutcomeUnknown, message))
    }

    fn anothers(found: CreatedPullRequest) -> CreatedPullRequest {
        CreatedPullRequest { standing: Standing::Existed, ..found }
    }

    fn result(answer: &CreatedPullRequest) -> Map<String, Value> {
        let mut result = told_standing(answer.standing);
        result.insert("pull_request".into(), json!(answer.pull_request.number));
        result.insert("url".into(), json!(answer.pull_request.web_url));
        result
    }

    /// Of one that was open already the author may be anybody, and it is nobody's receipt.
    fn credited_to(answer: &CreatedPullRequest) -> Option<&Account> {
        answer.pull_request.author.as_ref().filter(|_| answer.standing != Standing::Existed)
    }
}

/// The text that a repository wants pull requests to a branch to start from.
pub struct GetTemplate {
    /// Whose.
    pub repository: RepositoryId,
    /// Branch that they are to go to.
    pub target: BranchName,
}

impl Effect for GetTemplate {
    type Operation = operation::GetTemplate;
    type Answer = Option<String>;

    fn details(&self, acted_as: ActedAs) -> Map<String, Value> {
        details(&self.repository, acted_as)
    }

    async fn call(
        &self,
        provider: &dyn Provider,
        loan: &Loan<operation::GetTemplate>,
    ) -> Result<Option<String>, Failure> {
        provider.pull_request_template(loan.look_up(), &self.repository, &self.target).await
    }
}

impl CreatePullRequest {
    /// The repository's template, or a sentence on why there is none although there may be one. Only a credential that is
    /// refused stops the pull request: nobody tries it twice.
    async fn template(
        &self,
        provider: &dyn Provider,
        loan: &Loan<operation::CreatePullRequest>,
    ) -> Result<(Option<PullRequestDescription>, Option<String>), Failure> {
        if !self.use_template {
            return Ok((None, None));
        }
        let asked = provider.pull_request_template(loan.look_up(), &self.repository, &self.pull_request.target);
        let why = match timeout(TEMPLATE_TIME, asked).await {
            Ok(Ok(None)) => return Ok((None, None)),
            Ok(Ok(Some(text))) => match PullRequestDescription::parse(text) {
                Ok(template) => return Ok((Some(template), None)),
                Err(error) => error.to_string(),
            },
            Ok(Err(failure)) if failure.reason == FailureReason::CredentialRejected => {
                // What is said in passing is not said of the credential, and stops no more than another refusal would.
                match provider.whoami(loan.identify()).await {
                    Ok(_) => failure.message,
                    Err(_) => return Err(failure),
                }
            }
            Ok(Err(failure)) => failure.message,
            Err(_) => "the git server took too long".to_owned(),
        };
        Ok((None, Some(format!("The repository's template is not in the description: {why}"))))
    }
}
