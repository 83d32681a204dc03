//! Builds a stand-in CodeCommit from a scene: users, access keys, repositories, then doors.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, RwLock};

use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::task::{JoinError, spawn_blocking};

use super::api::{Clock, CodeCommitApi};
use super::policy::Statement;
use super::server::CodeCommit;
use super::world::{AccessKey, EncryptionKey, Repository, User, World, repository_arn};
use crate::standin::exchange::Exchange;
use crate::standin::faults::Faults;
use crate::standin::git::{self, GitError, Seed};
use crate::standin::listen::{Doors, ListenError, Listeners};
use crate::standin::record::Record;

/// The AWS account of every stand-in: one of those the vendor's documentation uses.
const ACCOUNT: &str = "111122223333";
/// Items per page at most, as the real server has it for repositories.
const PAGE_CAP: usize = 1000;
/// Open pull requests a repository may have, as the real server has it.
const OPEN_PULLS_LIMIT: usize = 1000;
/// Characters of a user id behind `AIDA`.
const USER_ID_LENGTH: usize = 17;
/// What protecting a branch denies: everything that makes, moves or deletes it.
const CHANGES_TO_REFERENCES: &[&str] = &[
    "codecommit:CreateBranch",
    "codecommit:DeleteBranch",
    "codecommit:GitPush",
    "codecommit:Merge*",
    "codecommit:PutFile",
];

/// What [`Permission`] means in a policy.
const READING: &[&str] = &["codecommit:BatchGet*", "codecommit:Get*", "codecommit:GitPull", "codecommit:List*"];
const EVERYTHING: &[&str] = &["codecommit:*"];

/// A scene being written. Nothing is served or stored before [`Builder::start`].
#[must_use]
pub struct Builder {
    region: String,
    users: Vec<User>,
    policies: Vec<(String, Statement)>,
    keys: Vec<AccessKey>,
    repositories: Vec<NewRepository>,
    doors: Doors,
    page_cap: usize,
    open_pulls_limit: usize,
    clock: Clock,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the scene names {0}, who is no user of it")]
    NoSuchAccount(String),
    #[error("no directory for repositories: {0}")]
    Directory(#[from] std::io::Error),
    #[error("making the repositories was cut short: {0}")]
    CutShort(#[from] JoinError),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Listen(#[from] ListenError),
}

/// What a user may do, put in her policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    Read,
    Push,
}

impl Permission {
    fn actions(self) -> &'static [&'static str] {
        match self {
            Permission::Read => READING,
            Permission::Push => EVERYTHING,
        }
    }
}

/// A repository to be made, with `main` and one branch ahead of it unless told otherwise.
#[derive(Clone, Debug)]
#[must_use]
pub struct NewRepository {
    name: String,
    description: Option<String>,
    protected: Vec<String>,
    collaborators: Vec<(String, Permission)>,
    seed: Seed,
}

impl NewRepository {
    pub fn named(name: &str) -> NewRepository {
        NewRepository {
            name: name.to_owned(),
            description: None,
            protected: Vec::new(),
            collaborators: Vec::new(),
            seed: Seed::Branches { ahead: "develop".to_owned() },
        }
    }

    pub fn described(mut self, description: &str) -> Self {
        self.description = Some(description.to_owned());
        self
    }

    /// Without any commit or reference.
    pub fn empty(mut self) -> Self {
        self.seed = Seed::Empty;
        self
    }

    /// Branches (`release/*`) that a statement in every user's policy keeps from being made, moved and deleted.
    pub fn protecting(mut self, pattern: &str) -> Self {
        self.protected.push(pattern.to_owned());
        self
    }

    /// A statement in the user's policy about this repository alone.
    pub fn collaborator(mut self, login: &str, permission: Permission) -> Self {
        self.collaborators.push((login.to_owned(), permission));
        self
    }
}

impl CodeCommit {
    /// CodeCommit and STS of one region (`us-east-1`) and one account.
    pub fn region(region: &str) -> Builder {
        Builder::new(region)
    }
}

impl Builder {
    fn new(region: &str) -> Builder {
        let names = ["codecommit", "sts", "codecommit-fips"].map(|name| format!("{name}.{region}.amazonaws.com"));
        Builder {
            region: region.to_owned(),
            users: Vec::new(),
            policies: Vec::new(),
            keys: Vec::new(),
            repositories: Vec::new(),
            doors: Doors::default().named(&names.each_ref().map(String::as_str)),
            page_cap: PAGE_CAP,
            open_pulls_limit: OPEN_PULLS_LIMIT,
            clock: Arc::new(the_systems_clock),
        }
    }

    /// A user without any permission yet.
    pub fn account(mut self, login: &str) -> Self {
        let id = format!("AIDA{:Z<USER_ID_LENGTH$.USER_ID_LENGTH$}", format!("STANDIN{}", login.to_uppercase()));
        self.users.push(User { login: login.to_owned(), id: id.replace('-', "Y"), policy: Vec::new() });
        self
    }

    /// One more statement in a user's policy.
    pub fn policy(mut self, login: &str, statement: Statement) -> Self {
        self.policies.push((login.to_owned(), statement));
        self
    }

    pub fn token(mut self, login: &str, key: AccessKey) -> Self {
        self.keys.push(AccessKey { login: login.to_owned(), ..key });
        self
    }

    pub fn repository(mut self, repository: NewRepository) -> Self {
        self.repositories.push(repository);
        self
    }

    /// Other doors than free ports and the region's names of CodeCommit and STS on the certificate.
    pub fn doors(mut self, change: impl FnOnce(Doors) -> Doors) -> Self {
        self.doors = change(self.doors);
        self
    }

    /// Items per page at most, so that short lists have a second page.
    pub fn page_cap(mut self, items: usize) -> Self {
        self.page_cap = items.max(1);
        self
    }

    pub fn open_pulls_limit(mut self, pulls: usize) -> Self {
        self.open_pulls_limit = pulls;
        self
    }

    /// What signatures are dated against and where the dates in answers come from; the system's clock unless told otherwise.
    pub fn clock(mut self, clock: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Makes the repositories and opens the doors. Needs a tokio runtime.
    pub async fn start(self) -> Result<CodeCommit, StartError> {
        let directory = tempfile::Builder::new().prefix("countersign-codecommit-").tempdir()?;
        let Builder { region, users, policies, keys, repositories, doors, page_cap, open_pulls_limit, clock } = self;
        let mut world = World {
            account: ACCOUNT.to_owned(),
            region,
            users,
            keys,
            repositories: Vec::new(),
            pulls: Mutex::default(),
            open_pulls_limit,
        };
        for (login, statement) in policies {
            let user = world.users.iter_mut().find(|user| user.login == login);
            user.ok_or(StartError::NoSuchAccount(login))?.policy.push(statement);
        }
        // git processes, away from the async threads.
        let (world, directory) = spawn_blocking(move || {
            let world = with_repositories(world, repositories, &directory)?;
            Ok::<_, StartError>((world, directory))
        })
        .await??;
        let api = Arc::new(CodeCommitApi {
            world: RwLock::new(world),
            page_cap,
            clock,
            requests: AtomicU64::new(0),
            _directory: directory,
        });
        let (record, faults) = (Record::default(), Faults::default());
        let exchange = Arc::new(Exchange::new(Arc::clone(&api) as _, record.clone(), faults.clone()));
        let listeners = Listeners::open(doors, exchange).await?;
        Ok(CodeCommit { api, listeners, record, faults })
    }
}

fn with_repositories(mut world: World, new: Vec<NewRepository>, directory: &TempDir) -> Result<World, StartError> {
    let logins: Vec<&str> = new
        .iter()
        .flat_map(|new| new.collaborators.iter().map(|(login, _)| login.as_str()))
        .chain(world.keys.iter().map(|key| key.login.as_str()))
        .collect();
    if let Some(unknown) = logins.into_iter().find(|login| world.user(login).is_none()) {
        return Err(StartError::NoSuchAccount(unknown.to_owned()));
    }
    for (index, new) in new.into_iter().enumerate() {
        let arn = repository_arn(&world.region, &world.account, &new.name);
        for (login, permission) in &new.collaborators {
            world.user_mut(login).policy.push(Statement::allow(permission.actions(), &arn));
        }
        for pattern in &new.protected {
            let deny = Statement::deny(CHANGES_TO_REFERENCES, &arn).for_references(&format!("refs/heads/{pattern}"));
            world.users.iter_mut().for_each(|user| user.policy.push(deny.clone()));
        }
        world.repositories.push(Repository {
            id: format!("57a9d1a0-0000-4000-8000-{:012}", index + 1),
            git: git::Repository::create(&directory.path().join(format!("{index}.git")), &new.seed)?,
            name: new.name,
            description: new.description,
            default_branch: "main".to_owned(),
            encryption_key: EncryptionKey::Usable,
        });
    }
    Ok(world)
}

/// Until a test gives the stand-in another one.
#[expect(clippy::disallowed_methods, reason = "a server of its own has a clock of its own")]
fn the_systems_clock() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
