//! Builds a stand-in GitLab from a scene: accounts, groups, tokens, repositories, then doors.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::task::{JoinError, spawn_blocking};

use super::api::GitLabApi;
use super::product::Product;
use super::server::GitLab;
use super::world::{Account, AccountState, Group, Repository, Role, Token, Visibility, World};
use crate::standin::exchange::Exchange;
use crate::standin::faults::Faults;
use crate::standin::git::{self, GitError, Seed};
use crate::standin::listen::{Doors, ListenError, Listeners};
use crate::standin::record::Record;

/// Items per page at most, as the real server has it.
const PAGE_CAP: usize = 100;
/// Requests per minute and account before the limit of GitLab.com.
const MINUTE_LIMIT: u32 = 2000;
/// Id of the first repository; the following count up.
const FIRST_REPOSITORY_ID: u64 = 5001;

/// A scene being written. Nothing is served or stored before [`Builder::start`].
#[must_use]
pub struct Builder {
    product: Product,
    accounts: Vec<Account>,
    groups: Vec<Group>,
    tokens: Vec<Token>,
    repositories: Vec<NewRepository>,
    doors: Doors,
    page_cap: usize,
    totals: bool,
    minute_limit: u32,
    decoding_proxy: bool,
    clock: fn() -> OffsetDateTime,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("not a version: {0}")]
    NotAVersion(String),
    #[error("the scene names {0}, who is no account and no group of it")]
    NoSuchNamespace(String),
    #[error("no group or person before the name: {0}")]
    NotAFullName(String),
    #[error("no directory for repositories: {0}")]
    Directory(#[from] std::io::Error),
    #[error("making the repositories was cut short: {0}")]
    CutShort(#[from] JoinError),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Listen(#[from] ListenError),
}

/// A repository to be made. Public, with `main` and one branch ahead of it, unless told otherwise.
#[derive(Clone, Debug)]
#[must_use]
pub struct NewRepository {
    full_name: String,
    former_names: Vec<String>,
    visibility: Visibility,
    archived: bool,
    protected: Vec<String>,
    collaborators: Vec<(String, Role)>,
    merge_requests_template: Option<String>,
    seed: Seed,
}

impl NewRepository {
    /// `group/name`, with any number of groups, or `login/name`; group and login are of the scene.
    pub fn named(full_name: &str) -> NewRepository {
        NewRepository {
            full_name: full_name.to_owned(),
            former_names: Vec::new(),
            visibility: Visibility::Public,
            archived: false,
            protected: Vec::new(),
            collaborators: Vec::new(),
            merge_requests_template: None,
            seed: Seed::Branches { ahead: "develop".to_owned() },
        }
    }

    pub fn private(mut self) -> Self {
        self.visibility = Visibility::Private;
        self
    }

    pub fn internal(mut self) -> Self {
        self.visibility = Visibility::Internal;
        self
    }

    pub fn archived(mut self) -> Self {
        self.archived = true;
        self
    }

    /// Without any commit or reference.
    pub fn empty(mut self) -> Self {
        self.seed = Seed::Empty;
        self
    }

    /// A full name it had before.
    pub fn formerly(mut self, full_name: &str) -> Self {
        self.former_names.push(full_name.to_owned());
        self
    }

    /// See [`Repository::protected`].
    pub fn protecting(mut self, pattern: &str) -> Self {
        self.protected.push(pattern.to_owned());
        self
    }

    pub fn collaborator(mut self, login: &str, role: Role) -> Self {
        self.collaborators.push((login.to_owned(), role));
        self
    }

    /// See [`Repository::merge_requests_template`].
    pub fn merge_requests_template(mut self, text: &str) -> Self {
        self.merge_requests_template = Some(text.to_owned());
        self
    }
}

impl GitLab {
    /// GitLab.com: the newest version, the paid edition, and a limit on requests.
    pub fn cloud() -> Builder {
        Builder::new(Product::cloud())
    }

    /// Self-managed GitLab of this version (`16.11.2`), the paid edition.
    pub fn self_managed(version: &str) -> Builder {
        Builder::new(Product::self_managed(version))
    }
}

impl Builder {
    fn new(product: Product) -> Builder {
        Builder {
            product,
            accounts: Vec::new(),
            groups: Vec::new(),
            tokens: Vec::new(),
            repositories: Vec::new(),
            doors: Doors::default().named(&["gitlab.com"]),
            page_cap: PAGE_CAP,
            totals: true,
            minute_limit: MINUTE_LIMIT,
            decoding_proxy: false,
            clock: the_systems_clock,
        }
    }

    pub fn account(mut self, login: &str, id: u64) -> Self {
        self.accounts.push(Account { login: login.to_owned(), id, state: AccountState::Active });
        self
    }

    /// `path` is the whole: `acme/platform` is inside `acme`.
    pub fn group(mut self, path: &str, id: u64) -> Self {
        self.groups.push(Group { path: path.to_owned(), id, templates: None });
        self
    }

    pub fn token(mut self, login: &str, token: Token) -> Self {
        self.tokens.push(Token { login: login.to_owned(), ..token });
        self
    }

    pub fn repository(mut self, repository: NewRepository) -> Self {
        self.repositories.push(repository);
        self
    }

    /// Serves everything below this path: `/gitlab`.
    pub fn relative_root(mut self, path: &str) -> Self {
        path.trim_end_matches('/').clone_into(&mut self.product.relative_root);
        self
    }

    /// The free edition.
    pub fn free(mut self) -> Self {
        self.product.free = true;
        self
    }

    /// Other doors than free ports and the name `gitlab.com` on the certificate.
    pub fn doors(mut self, change: impl FnOnce(Doors) -> Doors) -> Self {
        self.doors = change(self.doors);
        self
    }

    /// Items per page at most, so that short lists have a second page.
    pub fn page_cap(mut self, items: usize) -> Self {
        self.page_cap = items.max(1);
        self
    }

    /// Lists do not say how long they are, as the real server's do not when they are very long.
    pub fn without_totals(mut self) -> Self {
        self.totals = false;
        self
    }

    /// Requests per account before the limit of GitLab.com. The count starts anew only with the stand-in.
    pub fn minute_limit(mut self, requests: u32) -> Self {
        self.minute_limit = requests;
        self
    }

    /// A proxy in front decodes `%2F` in paths, as a badly set up one does.
    pub fn behind_a_decoding_proxy(mut self) -> Self {
        self.decoding_proxy = true;
        self
    }

    /// Where the dates in answers and the expiry of tokens come from; the system's clock unless told otherwise.
    pub fn clock(mut self, clock: fn() -> OffsetDateTime) -> Self {
        self.clock = clock;
        self
    }

    /// Makes the repositories and opens the doors. Needs a tokio runtime.
    pub async fn start(self) -> Result<GitLab, StartError> {
        if self.product.numbers().is_none() {
            return Err(StartError::NotAVersion(self.product.version));
        }
        let directory = tempfile::Builder::new().prefix("countersign-gitlab-").tempdir()?;
        let empty = World { accounts: self.accounts, groups: self.groups, tokens: self.tokens, ..World::default() };
        // git processes, away from the async threads.
        let (world, directory) = spawn_blocking(move || {
            let world = build_world(empty, self.repositories, &directory)?;
            Ok::<_, StartError>((world, directory))
        })
        .await??;
        let api = Arc::new(GitLabApi {
            product: self.product,
            world: RwLock::new(world),
            page_cap: self.page_cap,
            totals: self.totals,
            minute_limit: self.minute_limit,
            decoding_proxy: self.decoding_proxy,
            clock: self.clock,
            requests_used: Mutex::new(HashMap::new()),
            _directory: directory,
        });
        let (record, faults) = (Record::default(), Faults::default());
        let exchange = Arc::new(Exchange::new(Arc::clone(&api) as _, record.clone(), faults.clone()));
        let listeners = Listeners::open(self.doors, exchange).await?;
        Ok(GitLab { api, listeners, record, faults })
    }
}

fn build_world(mut world: World, repositories: Vec<NewRepository>, directory: &TempDir) -> Result<World, StartError> {
    let known = |login: &str| match world.account(login) {
        Some(_) => Ok(()),
        None => Err(StartError::NoSuchNamespace(login.to_owned())),
    };
    world.tokens.iter().try_for_each(|token| known(&token.login))?;
    let mut made = Vec::new();
    for (id, new) in (FIRST_REPOSITORY_ID..).zip(repositories) {
        let namespace = new.full_name.rsplit_once('/').map(|(namespace, _)| namespace);
        let namespace = namespace.ok_or_else(|| StartError::NotAFullName(new.full_name.clone()))?;
        if world.group(namespace).is_none() {
            known(namespace)?;
        }
        new.collaborators.iter().try_for_each(|(login, _)| known(login))?;
        let git = git::Repository::create(&directory.path().join(format!("{id}.git")), &new.seed)?;
        made.push(Repository {
            id,
            full_name: new.full_name,
            former_names: new.former_names,
            visibility: new.visibility,
            archived: new.archived,
            enabled: true,
            default_branch: "main".to_owned(),
            protected: new.protected,
            collaborators: new.collaborators.into_iter().collect(),
            merge_requests_template: new.merge_requests_template,
            git,
            pulls: Mutex::default(),
        });
    }
    world.repositories = made;
    Ok(world)
}

/// Until a test gives the stand-in another one.
#[expect(clippy::disallowed_methods, reason = "a server of its own has a clock of its own")]
fn the_systems_clock() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
