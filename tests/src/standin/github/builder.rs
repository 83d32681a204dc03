//! Builds a stand-in GitHub from a scene: accounts, tokens, repositories, then doors.

use std::collections::HashMap;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, RwLock};

use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::task::{JoinError, spawn_blocking};

use super::api::GitHubApi;
use super::server::GitHub;
use super::world::{Account, OpenTo, Permission, Product, Repository, Token, World};
use crate::standin::exchange::Exchange;
use crate::standin::faults::Faults;
use crate::standin::git::{self, GitError, Seed};
use crate::standin::listen::{Doors, ListenError, Listeners};
use crate::standin::record::Record;

/// Items per page at most, as the real server has it.
const PAGE_CAP: usize = 100;
/// Requests per hour and account before the primary limit, as for a user of the real server.
const HOURLY_LIMIT: u32 = 5000;
/// Id of the first repository; the following count up.
const FIRST_REPOSITORY_ID: u64 = 5001;

/// A scene being written. Nothing is served or stored before [`Builder::start`].
#[must_use]
pub struct Builder {
    product: Product,
    accounts: Vec<Account>,
    tokens: Vec<Token>,
    repositories: Vec<NewRepository>,
    doors: Doors,
    page_cap: usize,
    hourly_limit: u32,
    private_mode: bool,
    lock_out_after: Option<u32>,
    clock: fn() -> OffsetDateTime,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the scene names {0}, who is no account of it")]
    NoSuchAccount(String),
    #[error("not owner/name: {0}")]
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
    private: bool,
    archived: bool,
    taken_down: bool,
    drafts: bool,
    protected: Vec<String>,
    collaborators: Vec<(String, Permission)>,
    seed: Seed,
}

impl NewRepository {
    /// `owner/name`; the owner is an account of the scene.
    pub fn named(full_name: &str) -> NewRepository {
        NewRepository {
            full_name: full_name.to_owned(),
            former_names: Vec::new(),
            private: false,
            archived: false,
            taken_down: false,
            drafts: true,
            protected: Vec::new(),
            collaborators: Vec::new(),
            seed: Seed::Branches { ahead: "develop".to_owned() },
        }
    }

    pub fn private(mut self) -> Self {
        self.private = true;
        self
    }

    pub fn archived(mut self) -> Self {
        self.archived = true;
        self
    }

    pub fn taken_down(mut self) -> Self {
        self.taken_down = true;
        self
    }

    pub fn without_drafts(mut self) -> Self {
        self.drafts = false;
        self
    }

    /// Without any commit or reference.
    pub fn empty(mut self) -> Self {
        self.seed = Seed::Empty;
        self
    }

    /// An `owner/name` it had before.
    pub fn formerly(mut self, full_name: &str) -> Self {
        self.former_names.push(full_name.to_owned());
        self
    }

    /// See [`Repository::protected`].
    pub fn protecting(mut self, pattern: &str) -> Self {
        self.protected.push(pattern.to_owned());
        self
    }

    pub fn collaborator(mut self, login: &str, permission: Permission) -> Self {
        self.collaborators.push((login.to_owned(), permission));
        self
    }
}

impl GitHub {
    /// GitHub.com: the API at the root.
    pub fn cloud() -> Builder {
        Builder::new(Product::Cloud)
    }

    /// GitHub Enterprise Server of this version (`3.16.2`): the API under `/api/v3`.
    pub fn enterprise(version: &str) -> Builder {
        Builder::new(Product::Enterprise { version: version.to_owned() })
    }
}

impl Builder {
    fn new(product: Product) -> Builder {
        Builder {
            product,
            accounts: Vec::new(),
            tokens: Vec::new(),
            repositories: Vec::new(),
            doors: Doors::default().named(&["api.github.com"]),
            page_cap: PAGE_CAP,
            hourly_limit: HOURLY_LIMIT,
            private_mode: false,
            lock_out_after: None,
            clock: the_systems_clock,
        }
    }

    pub fn account(mut self, login: &str, id: u64) -> Self {
        self.accounts.push(Account { login: login.to_owned(), id, organization: false, two_factor: false });
        self
    }

    pub fn organization(mut self, login: &str, id: u64) -> Self {
        self.accounts.push(Account { login: login.to_owned(), id, organization: true, two_factor: false });
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

    /// Other doors than free ports and the name `api.github.com` on the certificate.
    pub fn doors(mut self, change: impl FnOnce(Doors) -> Doors) -> Self {
        self.doors = change(self.doors);
        self
    }

    /// Items per page at most, so that short lists have a second page.
    pub fn page_cap(mut self, items: usize) -> Self {
        self.page_cap = items.max(1);
        self
    }

    /// Requests per account before the primary rate limit. The count starts anew only with the stand-in.
    pub fn hourly_limit(mut self, requests: u32) -> Self {
        self.hourly_limit = requests;
        self
    }

    /// Enterprise's private mode: nothing is answered without a token.
    pub fn private_mode(mut self) -> Self {
        self.private_mode = true;
        self
    }

    /// After this many bad credentials every credential is refused, good ones too.
    pub fn lock_out_after(mut self, attempts: u32) -> Self {
        self.lock_out_after = Some(attempts);
        self
    }

    /// Where the dates in answers come from; the system's clock unless told otherwise.
    pub fn clock(mut self, clock: fn() -> OffsetDateTime) -> Self {
        self.clock = clock;
        self
    }

    /// Makes the repositories and opens the doors. Needs a tokio runtime.
    pub async fn start(self) -> Result<GitHub, StartError> {
        let directory = tempfile::Builder::new().prefix("countersign-github-").tempdir()?;
        // git processes, away from the async threads.
        let (world, directory) = spawn_blocking(move || {
            let world = build_world(self.accounts, self.tokens, self.repositories, &directory)?;
            Ok::<_, StartError>((world, directory))
        })
        .await??;
        let api = Arc::new(GitHubApi {
            product: self.product,
            world: RwLock::new(world),
            page_cap: self.page_cap,
            hourly_limit: self.hourly_limit,
            private_mode: self.private_mode,
            lock_out_after: self.lock_out_after,
            clock: self.clock,
            requests_used: Mutex::new(HashMap::new()),
            bad_credentials: AtomicU32::new(0),
            _directory: directory,
        });
        let (record, faults) = (Record::default(), Faults::default());
        let exchange = Arc::new(Exchange::new(Arc::clone(&api) as _, record.clone(), faults.clone()));
        let listeners = Listeners::open(self.doors, exchange).await?;
        Ok(GitHub { api, listeners, record, faults })
    }
}

fn build_world(
    accounts: Vec<Account>,
    tokens: Vec<Token>,
    repositories: Vec<NewRepository>,
    directory: &TempDir,
) -> Result<World, StartError> {
    let mut world = World { accounts, tokens, repositories: Vec::new() };
    let known = |login: &str| match world.account(login) {
        Some(_) => Ok(()),
        None => Err(StartError::NoSuchAccount(login.to_owned())),
    };
    world.tokens.iter().try_for_each(|token| known(&token.login))?;
    let mut made = Vec::new();
    for (id, new) in (FIRST_REPOSITORY_ID..).zip(repositories) {
        let (owner, name) = split(&new.full_name)?;
        known(&owner)?;
        new.collaborators.iter().try_for_each(|(login, _)| known(login))?;
        let git = git::Repository::create(&directory.path().join(format!("{id}.git")), &new.seed)?;
        made.push(Repository {
            id,
            owner,
            name,
            former_names: new.former_names,
            private: new.private,
            archived: new.archived,
            taken_down: new.taken_down,
            drafts: new.drafts,
            pull_requests: OpenTo::All,
            default_branch: "main".to_owned(),
            protected: new.protected,
            collaborators: new.collaborators.into_iter().collect(),
            git,
            pulls: Mutex::default(),
        });
    }
    world.repositories = made;
    Ok(world)
}

fn split(full_name: &str) -> Result<(String, String), StartError> {
    let (owner, name) = full_name.split_once('/').ok_or_else(|| StartError::NotAFullName(full_name.to_owned()))?;
    Ok((owner.to_owned(), name.to_owned()))
}

/// Until a test gives the stand-in another one.
#[expect(clippy::disallowed_methods, reason = "a server of its own has a clock of its own")]
fn the_systems_clock() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
