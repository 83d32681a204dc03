//! Values to store, each as full as it can be, so that a column left out shows.

use std::future::Future;

use serde_json::json;
use tokio::task::JoinSet;

use crate::{Case, IdempotencyKey, KeyClaim, NewPat, RequestClaim, SharedStore, StoredAnswer, TokenHash};
use model::{
    Account, ActingUser, Actor, AdminToken, AuditEvent, AwsOrigin, BranchName, BranchNaming, BranchRules,
    BranchTemplate, Connection, Connector, ConnectorId, CredentialPage, Description, DisplayName, Expiry, Features,
    Identity, IntegrationId, IntegrationRecord, JiraComponent, JiraUser, Kind, KindId, Learnt, Letters, Mapping,
    Mappings, MaxLength, NetworkRules, NewAuditEntry, Offers, Origin, PageContext, PageLink, PageName, PatAnswer,
    PatMetadata, Permission, PermissionState, Place, ProjectKey, Projects, ProviderId, ProviderRecord, PublicKey,
    Rejection, RepositoryId, Revision, Rules, Scheme, Sealed, Separator, Site, SiteId, SiteProject, SiteProjects,
    Snippet, TextLimits, Timestamp, TokenLabel, UserCredentials, UserNames, VisitId, Visitor, policy,
};

/// How long claims of idempotency keys last here.
pub const CLAIM_MS: i64 = 60_000;
/// When everything happens unless said otherwise.
pub const NOON_MS: i64 = 1_795_348_800_123;

pub fn at(ms_after_noon: i64) -> Timestamp {
    Timestamp::from_unix_ms(NOON_MS + ms_after_noon)
}

pub fn id(text: &str) -> IntegrationId {
    IntegrationId::parse(text).unwrap()
}

/// Of the site `default`, or of another: `cloud/ann`.
pub fn user(text: &str) -> ActingUser {
    let (site, id) = text.split_once('/').map_or((SiteId::default(), text), |(site, id)| (site_id(site), id));
    ActingUser { site, id: JiraUser::parse(id).unwrap() }
}

pub fn site_id(text: &str) -> SiteId {
    SiteId::parse(text).unwrap()
}

pub fn name(text: &str) -> DisplayName {
    DisplayName::parse(text).unwrap()
}

/// What an operation of the user in the project `ABC` finds.
pub async fn case(store: &SharedStore, integration: &str, who: &str) -> Option<Case> {
    let (user, project) = (user(who), SiteProject { site: user(who).site, key: ProjectKey::parse("ABC").unwrap() });
    let found = store.find_open(&id(integration), &project, &user).await.unwrap();
    policy::admit(true, found).ok().map(policy::Admitted::into_inner)
}

pub fn connector_id(text: &str) -> ConnectorId {
    ConnectorId::parse(text).unwrap()
}

pub fn token(text: &str) -> TokenHash {
    let mut hash = [0; 32];
    hash[..text.len()].copy_from_slice(text.as_bytes());
    hash
}

pub fn audit(subject: &'static str) -> NewAuditEntry {
    let details = json!({ "branch": "feature/ABC-1", "nested": { "b": [1, null], "a": "é🦀" } });
    NewAuditEntry {
        at: at(0),
        event: AuditEvent::Changed,
        subject,
        actor: Actor::User { site: SiteId::default(), connector: "jira".into(), jira_user: user("ann").id },
        integration: Some(id("acme")),
        request_id: "01J".into(),
        refers_to: None,
        details: details.as_object().unwrap().clone(),
    }
}

pub fn intent() -> NewAuditEntry {
    NewAuditEntry { event: AuditEvent::Intent, ..audit("branch.create") }
}

pub fn outcome() -> NewAuditEntry {
    NewAuditEntry { event: AuditEvent::Outcome, ..audit("branch.create") }
}

/// Looks like a sealed credential; nothing opens it. Every part tells which one it is.
pub fn sealed(mark: &str) -> Sealed {
    let part = |name: &str| format!("{name} of {mark}").into_bytes();
    Sealed {
        algorithm: "hkdf-sha256+aes-256-gcm".into(),
        key_id: "0123456789abcdef".into(),
        salt: part("salt"),
        nonce: part("nonce"),
        ciphertext: part("ciphertext"),
    }
}

pub fn account(login: &str) -> Account {
    Account { id: "4711".into(), login: login.into() }
}

pub fn metadata(login: &str) -> PatMetadata {
    PatMetadata {
        account_before: None,
        account: Some(account(login)),
        permissions: vec![
            Permission { name: "contents: write".into(), state: PermissionState::Present },
            Permission { name: "pull requests: write".into(), state: PermissionState::CannotTell },
        ],
        expiry: Expiry::At(at(1)),
        saved_at: at(2),
        last_checked_at: Some(at(3)),
        last_used_at: Some(at(5)),
        rejection: Some(Rejection { at: at(4), why: "Bad credentials".into() }),
        given_to: place("https://git.example.com"),
    }
}

/// An answer to a question that was put just before.
pub fn accepted(login: &str, answered: i64) -> Learnt {
    let identity = Identity { account: account(login), permissions: vec![], expiry: Expiry::Unknown };
    Learnt { asked_at: at(answered - 1), answered_at: at(answered), answer: PatAnswer::Accepted(identity) }
}

pub fn refused(asked: i64, answered: i64) -> Learnt {
    Learnt { asked_at: at(asked), answered_at: at(answered), answer: PatAnswer::Refused("Bad credentials".into()) }
}

pub fn place(url: &str) -> Place {
    let connection = Connection {
        origins: vec![Origin { url: url.into(), aws: None }],
        web_url: url.into(),
        credential_pages: Vec::new(),
        credential_list_page: None,
        grant: None,
        user_credentials: UserCredentials::Supported,
        offers: Offers::default(),
    };
    Place::new(&connection, &NetworkRules::default())
}

/// A PAT whose metadata and sealed fields carry the same mark.
pub fn pat(integration: &str, jira_user: &str, mark: &str) -> NewPat {
    NewPat { integration: id(integration), user: user(jira_user), metadata: metadata(mark), sealed: sealed(mark) }
}

pub fn integration(id_text: &str) -> IntegrationRecord {
    let origin = Origin {
        url: "https://git.example.com".into(),
        aws: Some(AwsOrigin { service: "git-service".into(), region: "eu-central-1".into() }),
    };
    IntegrationRecord {
        id: id(id_text),
        name: name("Äcme Inc."),
        provider: ProviderId::parse("git-server").unwrap(),
        kind: KindId::parse("git-server-cloud").unwrap(),
        settings: [("organisation".to_owned(), "acme".to_owned())].into(),
        connection: Connection {
            origins: vec![origin],
            web_url: "https://git.example.com/acme".into(),
            credential_pages: vec![CredentialPage {
                label: "Token".into(),
                url: "https://git.example.com/tokens/new?until={expires-on}".into(),
            }],
            credential_list_page: Some("https://git.example.com/tokens".into()),
            grant: Some(Snippet { label: "Policy".into(), text: "{\n}".into() }),
            user_credentials: UserCredentials::Unsupported("too old".into()),
            offers: Offers { drafts: false, reviewers: true, revocation: false },
        },
        network: NetworkRules {
            allow_private: true,
            allow_http: false,
            ca_pem: Some("-----BEGIN".into()),
            connect_to: [("git.example.com:443".to_owned(), "127.0.0.1:8443".to_owned())].into(),
            proxy: Some("http://proxy.example.com:3128".into()),
            inherited_proxy: Some("http://daemons.example.com:3128".into()),
        },
        projects: Projects::Only(["ABC", "XYZ"].map(|text| SiteProjects::parse(text).unwrap()).into()),
        rules: rules(),
        features: Features { create_branches: false, delete_branches: true, create_pull_requests: false },
        naming: BranchNaming {
            template: Some(BranchTemplate::parse("${issuetype}/${issuekey}").unwrap()),
            separator: Separator::Underscore,
            letters: Letters::Ascii,
            max_length: Some(MaxLength::try_from(60).unwrap()),
        },
        mappings: Mappings::new(vec![full_mapping(), bare_mapping()]).unwrap(),
        own_given_to: Some(place("https://git.example.com")),
        account: Some(account("acme-bot")),
        own_rejection: None,
        created_at: at(-1),
        updated_at: at(0),
        revision: Revision::FIRST,
    }
}

/// All of them on, from some day on.
pub fn rules() -> Rules {
    Rules { require_user_pat: true, require_user_pat_from: Some(at(7)), enforce_git_permissions: true }
}

/// The same, open to every project of every site.
pub fn open_integration(id_text: &str) -> IntegrationRecord {
    IntegrationRecord { projects: Projects::All, ..integration(id_text) }
}

fn full_mapping() -> Mapping {
    Mapping {
        component: Some(JiraComponent::parse("Änderungen / \"API\", v2").unwrap()),
        repository: Some(RepositoryId::parse("acme/widgets").unwrap()),
        base: Some(BranchName::parse("release/größe").unwrap()),
        branch_template: Some(BranchTemplate::parse("${issuetype:Bug=fix,default=task}/${issuekey}").unwrap()),
        ..bare_mapping()
    }
}

fn bare_mapping() -> Mapping {
    let project = SiteProject::parse("ABC").unwrap();
    Mapping { project, component: None, repository: None, base: None, branch_template: None }
}

/// A provider with the SHA-256 of the bytes.
pub fn provider(component: &[u8]) -> ProviderRecord {
    ProviderRecord {
        description: Description {
            id: ProviderId::parse("git-server").unwrap(),
            version: "0.1.0".into(),
            label: "Git Server".into(),
            kinds: vec![kind()],
        },
        sha256: crypto::hex(&crypto::sha256(component)),
        size_bytes: component.len() as u64,
        registered_at: at(0),
        revision: Revision::FIRST,
    }
}

fn kind() -> Kind {
    Kind {
        id: KindId::parse("git-server-cloud").unwrap(),
        label: "Git Server Cloud".into(),
        settings: vec![],
        credential: vec![],
        scheme: Scheme::Bearer { token: "token".into() },
        permissions: vec![],
        credential_help: "Make one.".into(),
        pull_request_label: "pull request".into(),
        branch_rules: BranchRules { max_bytes: 244, refuses_commit_ids: true, case_insensitive: false },
        text_limits: TextLimits { title_chars: 255, description_chars: 5000 },
    }
}

pub fn connector(id: &str) -> Connector {
    Connector {
        id: connector_id(id),
        site: SiteId::default(),
        name: name("Jira"),
        key: PublicKey::Ed25519((0..32).collect()),
        return_origins: vec!["https://jira.example.com".into()],
        created_at: at(0),
        last_used_at: None,
        revision: Revision::FIRST,
    }
}

pub fn site(id: &str) -> Site {
    Site { id: site_id(id), name: name("Cloud Jira"), created_at: at(0), revision: Revision::FIRST }
}

pub fn admin_token(label: &str) -> AdminToken {
    let label = TokenLabel::parse(label).unwrap();
    AdminToken { label, created_at: at(0), expires_at: Some(at(1000)), last_used_at: None }
}

pub fn visit_id(text: &str) -> VisitId {
    VisitId::parse(format!("{:0>32}", text.len().to_string() + &crypto::hex(text.as_bytes()))).unwrap()
}

pub fn link(integration: &str) -> PageLink {
    link_of("ann", integration)
}

pub fn link_of(who: &str, integration: &str) -> PageLink {
    PageLink {
        visitor: Visitor {
            user: user(who),
            project: ProjectKey::parse("ABC").unwrap(),
            connector: connector_id("jira"),
            names: UserNames::default(),
        },
        context: PageContext {
            page: PageName::SetUp,
            issue: None,
            integration: Some(id(integration)),
            repository: None,
            return_to: Some("https://jira.example.com/browse/ABC-1".into()),
        },
        expires_at: at(1000),
    }
}

pub fn claim(token_id: &str) -> RequestClaim {
    RequestClaim {
        connector: connector_id("jira"),
        token_id: token_id.into(),
        token_expires_at: at(300_000),
        idempotency: None,
        now: at(0),
    }
}

pub fn key(jira_user: &str) -> IdempotencyKey {
    IdempotencyKey { connector: connector_id("jira"), user: user(jira_user), key: "k".into() }
}

pub fn key_claim(key: IdempotencyKey, request: u8) -> KeyClaim {
    KeyClaim { key, request: [request; 32], lasts_ms: CLAIM_MS, is_abandoned: false }
}

/// A claim of [`key`] for the request with this hash, by a token of its own.
pub fn keyed(token_id: &str, jira_user: &str, request: u8, now: Timestamp) -> RequestClaim {
    RequestClaim { idempotency: Some(key_claim(key(jira_user), request)), now, ..claim(token_id) }
}

pub fn answer(body: &str) -> StoredAnswer {
    StoredAnswer { status: 201, content_type: "application/json".into(), body: body.as_bytes().to_vec() }
}

/// Runs `count` of them at once.
pub async fn at_once<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for index in 0..count {
        tasks.spawn(task(index));
    }
    tasks.join_all().await
}
