//! Branches: listed, compared, created, deleted.

use serde_json::{Map, Value, json};

use super::effect::{Change, details, told_standing};
use super::{Effect, OperationError};
use model::{
    Account, ActedAs, Branch, BranchName, Comparison, CreatedBranch, Deletion, Failure, IssueKey, Kind, NewBranch,
    Page, PageLimit, RepositoryId, Standing, operation,
};
use sandbox::Provider;
use sandbox::lend::Loan;

/// One page of a repository's branches.
pub struct ListBranches {
    /// Whose branches.
    pub repository: RepositoryId,
    /// Part of the name.
    pub query: Option<String>,
    /// Where the list goes on, as the provider said.
    pub cursor: Option<String>,
    /// The same for all pages of a list.
    pub limit: PageLimit,
}

impl Effect for ListBranches {
    type Operation = operation::ListBranches;
    type Answer = Page<Branch>;

    fn details(&self, acted_as: ActedAs) -> Map<String, Value> {
        details(&self.repository, acted_as)
    }

    async fn call(
        &self,
        provider: &dyn Provider,
        loan: &Loan<operation::ListBranches>,
    ) -> Result<Page<Branch>, Failure> {
        let (query, cursor) = (self.query.clone(), self.cursor.clone());
        provider.list_branches(loan.link(), &self.repository, query, cursor, self.limit).await
    }
}

/// What one branch has that another has not.
pub struct CompareBranches {
    /// Of which repository.
    pub repository: RepositoryId,
    /// The branch with the change.
    pub source: BranchName,
    /// The branch it is to go to.
    pub target: BranchName,
}

impl Effect for CompareBranches {
    type Operation = operation::CompareBranches;
    type Answer = Comparison;

    fn details(&self, acted_as: ActedAs) -> Map<String, Value> {
        let mut details = details(&self.repository, acted_as);
        details.insert("source".into(), json!(self.source));
        details.insert("target".into(), json!(self.target));
        details
    }

    async fn call(
        &self,
        provider: &dyn Provider,
        loan: &Loan<operation::CompareBranches>,
    ) -> Result<Comparison, Failure> {
        provider.compare_branches(loan.link(), &self.repository, &self.source, &self.target).await
    }
}

/// A new branch.
pub struct CreateBranch {
    /// Where.
    pub repository: RepositoryId,
    /// Its name, and where it starts.
    pub branch: NewBranch,
    /// The Jira issue it is for, for the audit log.
    pub issue: Option<IssueKey>,
}

impl Effect for CreateBranch {
    type Operation = operation::CreateBranch;
    type Answer = CreatedBranch;

    fn fits(&self, kind: &Kind) -> Result<(), OperationError> {
        self.branch.name.fits(&kind.branch_rules).map_err(|error| OperationError::invalid("name", error.to_string()))
    }

    fn change(&self) -> Option<Change<'_>> {
        Some(Change { repository: &self.repository, what: "branch", names: vec![self.branch.name.as_str()] })
    }

    fn details(&self, acted_as: ActedAs) -> Map<String, Value> {
        let mut details = details(&self.repository, acted_as);
        details.insert("branch".into(), json!(self.branch.name));
        details.insert("base".into(), json!(self.branch.base));
        if let Some(issue) = &self.issue {
            details.insert("issue".into(), json!(issue));
        }
        details
    }

    async fn call(
        &self,
        provider: &dyn Provider,
        loan: &Loan<operation::CreateBranch>,
    ) -> Result<CreatedBranch, Failure> {
        provider.create_branch(loan.link(), &self.repository, &self.branch).await
    }

    /// It stands if the name is there at the commit it was to start at; a branch somewhere else is not ours.
    async fn look_up(
        &self,
        provider: &dyn Provider,
        loan: &Loan<operation::CreateBranch>,
    ) -> Result<Option<CreatedBranch>, Failure> {
        let Some(found) = provider.find_branch(loan.look_up(), &self.repository, &self.branch.name).await? else {
            return Ok(None);
        };
        let base = provider.find_branch(loan.look_up(), &self.repository, &self.branch.base).await?;
        let stands = base.is_some_and(|base| base.commit == found.commit);
        Ok(stands.then_some(CreatedBranch { branch: found, standing: Standing::Found, credited_to: None }))
    }

    fn anothers(found: CreatedBranch) -> CreatedBranch {
        CreatedBranch { standing: Standing::Existed, ..found }
    }

    fn result(answer: &CreatedBranch) -> Map<String, Value> {
        let mut result = told_standing(answer.standing);
        result.insert("commit".into(), json!(answer.branch.commit));
        result
    }

    fn credited_to(answer: &CreatedBranch) -> Option<&Account> {
        answer.credited_to.as_ref()
    }
}

/// A branch taken away.
pub struct DeleteBranch {
    /// Where.
    pub repository: RepositoryId,
    /// Which.
    pub name: BranchName,
}

impl Effect for DeleteBranch {
    type Operation = operation::DeleteBranch;
    type Answer = Deletion;

    const GOES_AGAIN: bool = false;

    fn change(&self) -> Option<Change<'_>> {
        Some(Change { repository: &self.repository, what: "no-branch", names: vec![self.name.as_str()] })
    }

    fn details(&self, acted_as: ActedAs) -> Map<String, Value> {
        let mut details = details(&self.repository, acted_as);
        details.insert("branch".into(), json!(self.name));
        details
    }

    async fn call(&self, provider: &dyn Provider, loan: &Loan<operation::DeleteBranch>) -> Result<Deletion, Failure> {
        provider.delete_branch(loan.link(), &self.repository, &self.name).await
    }

    async fn look_up(
        &self,
        provider: &dyn Provider,
        loan: &Loan<operation::DeleteBranch>,
    ) -> Result<Option<Deletion>, Failure> {
        let found = provider.find_branch(loan.look_up(), &self.repository, &self.name).await?;
        Ok(found.is_none().then_some(Deletion::FoundAbsent))
    }

    fn anothers(_: Deletion) -> Deletion {
        Deletion::WasAbsent
    }

    fn result(answer: &Deletion) -> Map<String, Value> {
        let (name, value) = match answer {
            Deletion::Deleted => ("existed", true),
            Deletion::WasAbsent => ("existed", false),
            Deletion::FoundAbsent => ("answer_lost", true),
        };
        Map::from_iter([(name.into(), json!(value))])
    }
}
