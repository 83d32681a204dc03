//! Permits traded in for loans.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::{Map, json};

use super::author::Author;
use super::decision::Found;
use super::fields::credential_fields;
use super::journal::{Begins, Journal, Turn};
use super::providers::Served;
use super::{App, OperationError};
use model::operation::{CheckCredential, Operation};
use model::policy::{Lends, Permit};
use model::{CredentialFields, Identity, IntegrationRecord, Kind, OperationKind};
use sandbox::lend::{LendError, Loan, Material};

/// Lends the stored credential that the permit names. The intent is written by now.
pub(super) fn lend<O: Operation>(
    app: &App,
    found: &Found,
    kind: &Kind,
    permit: Permit<O>,
    request_id: &str,
) -> Result<Loan<O>, OperationError> {
    let whose = permit.acts_as();
    let material = match permit.lends() {
        Lends::UserPat | Lends::SetAsidePat => {
            found.pat().map(|pat| Material::Stored { sealed: &pat.sealed, given_to: &pat.metadata.given_to })
        }
        Lends::IntegrationAccount => {
            let given_to = found.integration().own_given_to.as_ref();
            found.own_credential().zip(given_to).map(|(sealed, given_to)| Material::Stored { sealed, given_to })
        }
        Lends::Candidate => None,
    };
    let lent = material
        .ok_or(LendError::WrongMaterial)
        .and_then(|material| app.lender.lend(permit, kind, material, request_id));
    lent.map_err(|error| OperationError::not_lent(error, whose))
}

/// A credential that the git server was asked about. The loan is there whatever it said.
pub(super) struct Checked {
    pub loan: Loan<CheckCredential>,
    pub answer: Result<Identity, OperationError>,
}

/// What a credential is checked for, and by whom.
pub(super) struct Check<'a> {
    pub app: &'a App,
    pub author: Author,
    pub served: &'a Served,
    pub integration: &'a IntegrationRecord,
}

impl Check<'_> {
    /// Asks whose a credential is that was just typed in.
    pub async fn candidate(
        self,
        permit: Permit<CheckCredential>,
        given: BTreeMap<String, SecretString>,
    ) -> Result<Checked, OperationError> {
        let kind = self.served.kind(&self.integration.kind)?;
        let fields: CredentialFields = credential_fields(kind, given)?;
        self.ask(permit, |permit, kind, app, request_id| {
            let whose = permit.acts_as();
            let lent = app.lender.lend(permit, kind, Material::Candidate(fields), request_id);
            lent.map_err(|error| OperationError::not_lent(error, whose))
        })
        .await
    }

    /// Asks whose the stored credential is that the permit names.
    pub async fn stored(self, permit: Permit<CheckCredential>, found: &Found) -> Result<Checked, OperationError> {
        self.ask(permit, |permit, kind, app, request_id| lend(app, found, kind, permit, request_id)).await
    }

    async fn ask(
        self,
        permit: Permit<CheckCredential>,
        lend: impl FnOnce(Permit<CheckCredential>, &Kind, &App, &str) -> Result<Loan<CheckCredential>, OperationError>,
    ) -> Result<Checked, OperationError> {
        let Self { app, author, served, integration } = self;
        let (kind, request_id) = (served.kind(&integration.kind)?, author.request_id.clone());
        let begins = Begins::of(OperationKind::CheckCredential);
        let turn = Turn::of(app, &author, &integration.provider, None).await?;
        let journal = Journal::open(app, author, turn, begins).await?;
        let loan = match lend(permit, kind, app, &request_id) {
            Ok(loan) => loan,
            Err(error) => {
                journal.failed(&error, Map::new()).await;
                return Err(error);
            }
        };
        let answer = served.provider.whoami(loan.link()).await;
        match answer {
            Ok(identity) => {
                let details = Map::from_iter([("account".to_owned(), json!(identity.account))]);
                journal.done("done", details).await.map_err(OperationError::nothing_done)?;
                Ok(Checked { loan, answer: Ok(identity.covering(&kind.permissions)) })
            }
            Err(failure) => {
                let error = OperationError::failed(failure, loan.acts_as(), integration, app.clock.now());
                journal.failed(&error, Map::new()).await;
                Ok(Checked { loan, answer: Err(error) })
            }
        }
    }
}
