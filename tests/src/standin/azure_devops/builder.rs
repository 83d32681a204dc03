//! Builds a stand-in Azure DevOps from a scene: accounts, tokens, projects, repositories, then doors.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, RwLock};

use http::StatusCode;
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::task::{JoinError, spawn_blocking};

use super::api::AzureDevOpsApi;
use super::product::Product;
use super::server::AzureDevOps;
use super::version::Newest;
use super::world::{Account, Permission, Project, Repository, Token, World, account_guid, guid};
use crate::standin::exchange::Exchange;
use crate::standin::faults::Faults;
use crate::standin::git::{self, GitError, Seed};
use crate::standin::listen::{Doors, ListenError, Listeners};
use crate::standin::record::Record;

/// Items per page at most, as the real server has it for references.
const PAGE_CAP: usize = 1000;
/// Numbers of the first project and of the first repository; the following count up.
const FIRST_PROJECT: u64 = 301;
const FIRST_REPOSITORY: u64 = 5001;

/// A scene being written. Nothing is served or stored before [`Builder::start`].
#[must_use]
pub struct Builder {
    pub(super) product: Product,
    accounts: Vec<Account>,
    tokens: Vec<Token>,
    projects: Vec<Project>,
    repositories: Vec<NewRepository>,
    doors: Doors,
    page_cap: usize,
    clock: fn() -> OffsetDateTime,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the scene names {0}, who is no account of it")]
    NoSuchAccount(String),
    #[error("not a repository of one of the scene's projects (Project/name): {0}")]
    NotInAProject(String),
    #[error("no directory for repositories: {0}")]
    Directory(#[from] std::io::Error),
    #[error("making the repositories was cut short: {0}")]
    CutShort(#[from] JoinError),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Listen(#[from] ListenError),
}

/// A repository to be made, with `main` and one branch ahead of it unless told otherwise.
#[derive(Clone, Debug)]
#[must_use]
pub struct NewRepository {
    full_name: String,
    disabled: bool,
    protected: Vec<String>,
    collaborators: Vec<(String, Permission)>,
    seed: Seed,
}

impl NewRepository {
    /// `Project/repository`; the project is one of the scene.
    pub fn named(full_name: &str) -> NewRepository {
        NewRepository {
            full_name: full_name.to_owned(),
            disabled: false,
            protected: Vec::new(),
            collaborators: Vec::new(),
            seed: Seed::Branches { ahead: "develop".to_owned() },
        }
    }

    /// See [`Repository::disabled`].
    pub fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }

    /// Without any commit or reference.
    pub fn empty(mut self) -> Self {
        self.seed = Seed::Empty;
        self
    }

    /// See [`Repository::protected`].
    pub fn protecting(mut self, beginning: &str) -> Self {
        self.protected.push(beginning.to_owned());
        self
    }

    pub fn collaborator(mut self, login: &str, permission: Permission) -> Self {
        self.collaborators.push((login.to_owned(), permission));
        self
    }
}

impl AzureDevOps {
    /// Azure DevOps Services at `https://dev.azure.com/{organization}`.
    pub fn services(organization: &str) -> Builder {
        Builder::new(Product::Services { organization: organization.to_owned() })
    }

    /// The same service under its old host: `https://{account}.visualstudio.com`, with or without `/DefaultCollection`.
    pub fn visual_studio(account: &str) -> Builder {
        Builder::new(Product::VisualStudio { account: account.to_owned() })
    }

    /// A server of one's own, by the year of its release and the number of its update: `2015`, `2018.2`, `2022.1`.
    /// `directory` is where IIS serves it (`tfs`, or empty).
    ///
    /// Panics when there is no such release: a mistake in the test.
    pub fn server(release: &str, directory: &str, collection: &str) -> Builder {
        let newest = Newest::of_release(release).unwrap_or_else(|| panic!("no release {release}"));
        Builder::new(Product::Server { newest, directory: directory.to_owned(), collection: collection.to_owned() })
    }
}

impl Builder {
    fn new(product: Product) -> Builder {
        let hosts = product.hosts();
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        Builder {
            doors: Doors::default().named(&hosts),
            product,
            accounts: Vec::new(),
            tokens: Vec::new(),
            projects: Vec::new(),
            repositories: Vec::new(),
            page_cap: PAGE_CAP,
            clock: the_systems_clock,
        }
    }

    /// A person; `number` becomes the GUID that [`account_guid`] gives.
    /// What stands in.
    pub fn product(&self) -> &Product {
        &self.product
    }

    pub fn account(mut self, login: &str, number: u64) -> Self {
        self.accounts.push(Account { login: login.to_owned(), id: account_guid(number) });
        self
    }

    pub fn token(mut self, login: &str, token: Token) -> Self {
        self.tokens.push(Token { login: login.to_owned(), ..token });
        self
    }

    pub fn project(self, name: &str) -> Self {
        self.new_project(name, false)
    }

    /// See [`Project::public`].
    pub fn public_project(self, name: &str) -> Self {
        let public = self.product.is_hosted();
        self.new_project(name, public)
    }

    fn new_project(mut self, name: &str, public: bool) -> Self {
        let id = guid("0402", FIRST_PROJECT + self.projects.len() as u64);
        self.projects.push(Project { id, name: name.to_owned(), public });
        self
    }

    pub fn repository(mut self, repository: NewRepository) -> Self {
        self.repositories.push(repository);
        self
    }

    /// Other doors than free ports and the real host names on the certificate.
    pub fn doors(mut self, change: impl FnOnce(Doors) -> Doors) -> Self {
        self.doors = change(self.doors);
        self
    }

    /// Items per page at most, so that short lists have a second page. Repositories come in one answer whatever it is.
    pub fn page_cap(mut self, items: usize) -> Self {
        self.page_cap = items.max(1);
        self
    }

    /// Where the dates in answers come from, and what tokens expire by; the system's clock unless told otherwise.
    pub fn clock(mut self, clock: fn() -> OffsetDateTime) -> Self {
        self.clock = clock;
        self
    }

    /// Makes the repositories and opens the doors. Needs a tokio runtime.
    pub async fn start(self) -> Result<AzureDevOps, StartError> {
        let directory = tempfile::Builder::new().prefix("countersign-azure-devops-").tempdir()?;
        let scene = World {
            accounts: self.accounts,
            tokens: self.tokens,
            projects: self.projects,
            repositories: Vec::new(),
            scope_refusal: StatusCode::UNAUTHORIZED,
        };
        let new = self.repositories;
        // git processes, away from the async threads.
        let (world, directory) = spawn_blocking(move || {
            let world = with_repositories(scene, new, &directory)?;
            Ok::<_, StartError>((world, directory))
        })
        .await??;
        let api = Arc::new(AzureDevOpsApi {
            product: self.product,
            world: RwLock::new(world),
            page_cap: self.page_cap,
            clock: self.clock,
            pull_requests_made: AtomicU64::new(0),
            _directory: directory,
        });
        let (record, faults) = (Record::default(), Faults::default());
        let exchange = Arc::new(Exchange::new(Arc::clone(&api) as _, record.clone(), faults.clone()));
        let listeners = Listeners::open(self.doors, exchange).await?;
        Ok(AzureDevOps { api, listeners, record, faults })
    }
}

fn with_repositories(mut world: World, new: Vec<NewRepository>, directory: &TempDir) -> Result<World, StartError> {
    let known = |login: &str| match world.account(login) {
        Some(_) => Ok(()),
        None => Err(StartError::NoSuchAccount(login.to_owned())),
    };
    world.tokens.iter().try_for_each(|token| known(&token.login))?;
    let mut made = Vec::new();
    for (number, new) in (FIRST_REPOSITORY..).zip(new) {
        let named = new.full_name.split_once('/').and_then(|(project, name)| Some((world.project(project)?, name)));
        let (project, name) = named.ok_or_else(|| StartError::NotInAProject(new.full_name.clone()))?;
        new.collaborators.iter().try_for_each(|(login, _)| known(login))?;
        let git = git::Repository::create(&directory.path().join(format!("{number}.git")), &new.seed)?;
        made.push(Repository {
            id: guid("0617", number),
            project: project.name.clone(),
            name: name.to_owned(),
            disabled: new.disabled,
            default_branch: "main".to_owned(),
            protected: new.protected,
            collaborators: new.collaborators.into_iter().collect(),
            git,
            pulls: Mutex::default(),
            known: Mutex::default(),
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
