//! AWS CodeCommit, with the STS beside it that says whose a key is.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Description, End, Fields, Holder, Made, Place, Server, Traits};
use crate::daemon::fixed::START;
use crate::standin::codecommit::description::Description as Models;
use crate::standin::codecommit::{CodeCommit, TokenState, faults, token};
use crate::standin::conformance::{Findings, spec_file};
use crate::standin::faults::{Fault, When};
use crate::standin::record::Recorded;

const REGION: &str = "us-east-1";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeCommitServer;

impl Server for CodeCommitServer {
    type StandIn = CodeCommit;

    fn kind(self) -> &'static str {
        "codecommit"
    }

    fn provider(self) -> &'static str {
        "codecommit"
    }

    fn settings(self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([("region", REGION.to_owned())])
    }

    fn hosts(self) -> &'static [&'static str] {
        &["codecommit.us-east-1.amazonaws.com", "sts.us-east-1.amazonaws.com"]
    }

    /// By the daemon's clock: a signature is good for five minutes.
    async fn usual(self, page_cap: Option<usize>) -> CodeCommit {
        let now = OffsetDateTime::parse(START, &Rfc3339).expect("a time");
        let scene = CodeCommit::region(REGION).usual().clock(move || now);
        let scene = match page_cap {
            Some(items) => scene.page_cap(items),
            None => scene,
        };
        scene.start().await.expect("the stand-in starts")
    }

    fn credential(self, of: Holder) -> Result<Fields, &'static str> {
        let key = key(of);
        let mut fields = Fields::from([("access_key_id", key.id), ("secret_access_key", key.secret)]);
        fields.extend(key.session_token.map(|token| ("session_token", token)));
        Ok(fields)
    }

    fn repository(self, which: Place) -> Result<&'static str, &'static str> {
        match which {
            Place::Widgets => Ok("widgets"),
            Place::Empty => Ok("empty"),
            Place::Missing => Ok("nowhere"),
            Place::Renamed => Err("CodeCommit forgets the name a repository had before"),
            Place::Archived => Err("CodeCommit has no archived repositories"),
        }
    }

    fn end(self, stand_in: &CodeCommit, of: Holder, how: End) {
        let state = match how {
            End::Expired => TokenState::Expired,
            End::Revoked => TokenState::Revoked,
        };
        stand_in.change(|world| world.token_mut(key(of).id).state = state);
    }

    fn limit(self) -> Fault {
        faults::throttled()
    }

    fn creates(self, what: Made) -> When {
        match what {
            Made::Branch => faults::operation("CreateBranch"),
            Made::PullRequest => faults::operation("CreatePullRequest"),
        }
    }

    fn deletes_branch(self) -> When {
        faults::operation("DeleteBranch")
    }

    fn needs(self, to_make: Made) -> &'static str {
        match to_make {
            Made::Branch => "codecommit:CreateBranch",
            Made::PullRequest => "codecommit:CreatePullRequest",
        }
    }

    fn traits(self) -> Traits {
        Traits {
            hidden: (403, "git-permission-missing"),
            clash: (422, "name-invalid"),
            pages_repositories: Ok(()),
            pages_branches: Ok(()),
            tells_empty: Ok(()),
            tells_expiry: Err("AWS does not tell when a temporary key ends"),
            revokes: Err("deleting an access key takes a permission of IAM, and its owner's other key"),
            counts_commits: Err("CodeCommit tells where two branches parted, and counts nothing"),
            drafts: Err("CodeCommit has no drafts"),
            reviewers: Err("CodeCommit has approval rules and no reviewers"),
            templates: Err("CodeCommit has no templates for pull requests"),
            fills_forms: Err("the console's page of access keys takes nothing in its address"),
        }
    }

    fn description(self) -> Option<&'static dyn Description> {
        static MODELS: OnceLock<Option<Models>> = OnceLock::new();
        let open = || {
            let codecommit = spec_file("openapi/codecommit/codecommit.schema.json")?;
            let sts = spec_file("openapi/codecommit/sts-2011-06-15.slice.json")?;
            Some(Models::open(&codecommit, &sts).expect("readable models"))
        };
        MODELS.get_or_init(open).as_ref().map(|models| models as _)
    }
}

impl Description for Models {
    fn check_request(&self, recorded: &Recorded) -> Result<(), Findings> {
        Models::check_request(self, recorded)
    }

    fn check_exchange(&self, recorded: &Recorded) -> Result<(), Findings> {
        Models::check_exchange(self, recorded)
    }
}

fn key(of: Holder) -> token::Key {
    match of {
        Holder::Integration => token::INTEGRATION,
        Holder::Alice => token::ALICE,
        Holder::AliceUntil2031 => token::ALICE_EXPIRING,
        Holder::AliceReading => token::ALICE_READ,
        Holder::AliceExpired => token::ALICE_EXPIRED,
        Holder::AliceRevoked => token::ALICE_REVOKED,
        Holder::Bob => token::BOB,
        Holder::Mallory => token::MALLORY,
    }
}
