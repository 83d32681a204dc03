//! What every text of the API looks like: enumerations, patterns and lengths, from the model that holds them.
//!
//! Members and parameters that are called alike are alike; where they are not, whose they are stands in front.

use serde_json::{Map, Value, json};

use crate::api::admin::audit::MAX_SUBJECT_BYTES;
use crate::api::caller::MAX_BODY_BYTES;
use crate::api::page_links::MAX_ISSUE_TEXT_CHARS;
use crate::api::path::{MAX_COMPONENTS, MAX_QUERY_BYTES};
use crate::cursor::MAX_CURSOR_BYTES;
use crate::operate::{MAX_FIELD_BYTES, MAX_LOGIN_BYTES, MAX_REVIEWERS};
use crate::problem::Code;
use model::{
    ActAs, ActedAs, AuditEvent, ConnectorId, DisplayName, IntegrationId, IssueKey, JiraComponent, JiraUser, KindId,
    Letters, MAX_ADDRESS_BYTES, MAX_BRANCH_NAME_BYTES, MAX_DESCRIPTION_BYTES, MAX_MAPPINGS, MAX_TEMPLATE_BYTES,
    MAX_TITLE_BYTES, OwnCredentialState, PageName, PatState, PermissionState, PersonName, ProjectKey, ProviderId,
    RepositoryId, Separator, Shape, SiteId, TokenLabel,
};
use sandbox::{MAX_NAME_BYTES, MAX_TEXT_BYTES};

/// A point in time as it is read: RFC 3339, or a date alone.
const TIME_OR_DATE: &str = concat!(
    "^(19[7-9][0-9]|[2-9][0-9]{3})-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|",
    "(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))",
    "(T([01][0-9]|2[0-3])(:[0-5][0-9]){2}([.][0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?$",
);
/// Characters of it.
const MAX_TIME_CHARS: usize = 40;
/// What git refuses in a branch wherever it stands, and the shortest of its rules for beginning and end.
const BRANCH: &str = r"^[^\x00-\x20\x7f-\x9f~^:?*\[\\/.-][^\x00-\x20\x7f-\x9f~^:?*\[\\]*$";
/// Base64url of the longest id, with its mark.
const MAX_PATH_ID_CHARS: usize = 1 + RepositoryId::SHAPE.max_chars.div_ceil(3) * 4;
/// `SITE/KEY`, and what stands for all of a site.
const MAX_SITE_PROJECT_CHARS: usize = SiteId::SHAPE.max_chars + 1 + ProjectKey::SHAPE.max_chars;

/// What the names of an object's members are called here, where anybody may choose them.
pub(super) const NAMES: &str = "(names)";

type Limits = Map<String, Value>;

/// The limits of one text, by whose member or parameter it is and what that is called. None for what is not known here: a
/// test finds it.
pub(super) fn of_text(owner: &str, name: &str) -> Option<Limits> {
    let limits = named(owner, name).or_else(|| of_a_git_server(owner, name)).or_else(|| free(owner, name))?;
    match limits {
        Value::Object(limits) => Some(limits),
        _ => None,
    }
}

/// What the model has a type for.
fn named(owner: &str, name: &str) -> Option<Value> {
    Some(match (owner, name) {
        ("TotalsView", NAMES) => one_of(&PatState::ALL),
        (_, NAMES) => bounded(1, MAX_NAME_BYTES),
        ("MappingView", "project") | (_, "projects") => {
            let key = r"([A-Z][A-Z0-9_]*|\*)";
            json!({ "pattern": format!("^([a-z0-9][a-z0-9-]*/)?{key}$"), "maxLength": MAX_SITE_PROJECT_CHARS })
        }
        (_, "project") => shape(ProjectKey::SHAPE),
        (_, "issue") | ("PageIssueBody", "key") => shape(IssueKey::SHAPE),
        (_, "component" | "components") => shape(JiraComponent::SHAPE),
        ("ConnectorView" | "NewConnectorBody" | "/admin/connectors/{id}", "id") => shape(ConnectorId::SHAPE),
        ("SiteView" | "NewSiteBody" | "/admin/sites/{id}", "id") | (_, "site") => shape(SiteId::SHAPE),
        ("ProviderView", "id") | (_, "provider") => shape(ProviderId::SHAPE),
        ("KindView", "id") | (_, "kind") => shape(KindId::SHAPE),
        ("ChoicesView", _) | ("OutlookView", _) => outlook(),
        ("AdminIntegrationView" | "NewIntegrationBody" | "IntegrationView", "id") | (_, "integration") => {
            shape(IntegrationId::SHAPE)
        }
        (path, "id") if path.starts_with('/') => shape(IntegrationId::SHAPE),
        (path, "repo" | "label" | "name") if path.starts_with('/') => bounded(1, MAX_PATH_ID_CHARS),
        (_, "path_id") => json!({ "pattern": "^~[A-Za-z0-9_-]+$", "maxLength": MAX_PATH_ID_CHARS }),
        ("RepositoryView", "id") | (_, "repository") => shape(RepositoryId::SHAPE),
        (_, "jira_user") => shape(JiraUser::SHAPE),
        (_, "username" | "display_name") => shape(PersonName::SHAPE),
        ("AdminTokenView" | "MadeAdminTokenView" | "NewTokenBody", "label") => shape(TokenLabel::SHAPE),
        (_, "act_as") => one_of(&ActAs::ALL),
        (_, "acted_as" | "whose") => one_of(&ActedAs::ALL),
        ("PatView", "state") | (_, "pat_state") => one_of(&PatState::ALL),
        ("PermissionView", "state") => one_of(&PermissionState::ALL),
        ("ComparisonView", "state") => one_of(&["nothing", "ahead", "cannot-tell"]),
        (_, "own_credential") => one_of(&OwnCredentialState::ALL),
        (_, "event") => one_of(&AuditEvent::ALL),
        (_, "page") => one_of(&PageName::ALL),
        (_, "expiry") => one_of(&["at", "never", "unknown"]),
        (_, "input") => one_of(&["text", "url", "secret", "choice"]),
        (_, "branch_letters") => one_of(&Letters::ALL.map(|letters| letters.as_str().to_owned())),
        (_, "branch_separator") => one_of(&Separator::ALL.map(|separator| separator.as_char().to_string())),
        ("Problem", "type") => one_of(&Code::ALL.iter().map(|code| code.problem_type()).collect::<Vec<_>>()),
        ("Problem", "title") => one_of(&titles()),
        ("NewBranchBody", "name" | "from")
        | ("NewPullRequestBody", "source" | "target")
        | ("/integrations/{id}/repositories/{repo}/comparison", "source" | "target")
        | ("BranchNameView", "name" | "base")
        | ("MappingView", "base")
        | ("/branch-name", "from") => json!({ "pattern": BRANCH, "minLength": 1, "maxLength": MAX_BRANCH_NAME_BYTES }),
        (_, "from" | "until" | "require_user_pat_from" | "expires_at") if owner != "MovedView" => {
            json!({ "pattern": TIME_OR_DATE, "maxLength": MAX_TIME_CHARS })
        }
        _ => return None,
    })
}

/// What providers say, within the sandbox's bounds.
fn of_a_git_server(owner: &str, name: &str) -> Option<Value> {
    Some(match (owner, name) {
        ("AccountView", _) | ("CoveredView", "account") | ("BranchView", "name") | ("RepositoryView", "name") => {
            bounded(1, MAX_NAME_BYTES)
        }
        (_, "commit") => json!({ "pattern": "^[0-9A-Fa-f]+$", "maxLength": MAX_NAME_BYTES }),
        (_, "default_branch" | "default_base" | "source" | "target" | "number" | "pull_request_label" | "version") => {
            bounded(0, MAX_NAME_BYTES)
        }
        ("ProviderView" | "KindView" | "FieldView" | "CredentialPageView" | "SnippetView", _)
        | ("PermissionView" | "NeededPermissionView" | "CredentialFormView" | "RejectionView", _)
        | ("FieldProblem" | "PullRequestView", _) => bounded(0, MAX_BODY_BYTES),
        (_, "web_url" | "credential_page" | "help_url") => bounded(0, MAX_TEXT_BYTES),
        _ => return None,
    })
}

/// What people write, and what is put together here.
fn free(owner: &str, name: &str) -> Option<Value> {
    Some(match (owner, name) {
        (_, "q") => bounded(0, MAX_QUERY_BYTES),
        (_, "cursor" | "next_cursor") => json!({ "pattern": "^[A-Za-z0-9_-]+$", "maxLength": MAX_CURSOR_BYTES }),
        (_, "request_id") => json!({ "pattern": "^([0-9a-f]{32})?$", "maxLength": 32 }),
        ("NewPullRequestBody", "title") => bounded(0, MAX_TITLE_BYTES),
        (_, "description") => bounded(0, MAX_DESCRIPTION_BYTES),
        (_, "reviewers") => bounded(1, MAX_LOGIN_BYTES),
        ("PageIssueBody", "summary" | "type") => bounded(0, MAX_ISSUE_TEXT_CHARS),
        // Cut to what names and titles take.
        (_, "summary" | "type") => bounded(0, MAX_BODY_BYTES),
        (_, "url" | "issue_url" | "return_to" | "setup_url") => bounded(1, MAX_ADDRESS_BYTES),
        (_, "branch_template") => bounded(0, MAX_TEMPLATE_BYTES),
        (_, "fields" | "credential" | "settings") => bounded(0, MAX_FIELD_BYTES),
        ("MadeAdminTokenView", "token") => bounded(1, MAX_NAME_BYTES),
        (_, "sha256") => json!({ "pattern": "^[0-9a-f]{64}$" }),
        ("/admin/audit", "user") => bounded(1, SiteId::SHAPE.max_chars + 1 + JiraUser::SHAPE.max_chars),
        (_, "subject") => bounded(0, MAX_SUBJECT_BYTES),
        (_, "name") => shape(DisplayName::SHAPE),
        // An origin, and where it is dialled.
        (_, "addresses" | "from" | "to") => bounded(1, 2 * MAX_ADDRESS_BYTES),
        (_, "return_origins" | "origins" | "connect_to" | "proxy") => bounded(0, MAX_ADDRESS_BYTES),
        ("PausedView", "why") => bounded(1, MAX_BODY_BYTES),
        (_, "public_key" | "ca_pem" | "detail" | "missing" | "note" | "notes" | "reason" | "user_pats_unsupported") => {
            bounded(0, MAX_BODY_BYTES)
        }
        _ => return None,
    })
}

/// How many items a list has at most, where that is bounded.
pub(super) fn of_list(name: &str) -> Option<usize> {
    Some(match name {
        "component" | "components" => MAX_COMPONENTS,
        "reviewers" => MAX_REVIEWERS,
        "mappings" => MAX_MAPPINGS,
        _ => return None,
    })
}

fn shape(Shape { pattern, max_chars }: Shape) -> Value {
    json!({ "pattern": pattern, "minLength": 1, "maxLength": max_chars })
}

fn bounded(least: usize, most: usize) -> Value {
    json!({ "minLength": least, "maxLength": most })
}

fn one_of<T: serde::Serialize>(all: &[T]) -> Value {
    json!({ "enum": all })
}

/// Whose credential would be lent, or the problem there would be.
fn outlook() -> Value {
    let whose = ActedAs::ALL.iter().map(|whose| json!(whose));
    let denials = Code::DENIALS.iter().map(|code| json!(code.as_str()));
    json!({ "enum": whose.chain(denials).collect::<Vec<_>>() })
}

fn titles() -> Vec<&'static str> {
    let mut titles: Vec<_> = Code::ALL.iter().map(|code| code.title()).collect();
    titles.sort_unstable();
    titles.dedup();
    titles
}
