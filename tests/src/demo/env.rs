//! `env.json`: what another program needs to join in, for as long as the demo runs.
//!
//! ```json
//! {
//!   "api": "http://127.0.0.1:41234/api/v1",
//!   "public_url": "http://127.0.0.1:41234",
//!   "admin_token": "csa_…",
//!   "admin_login_link": "http://127.0.0.1:41235/admin/login/…",
//!   "connector": { "id": "jira", "audience": "http://127.0.0.1:41234", "private_key_pem": "-----BEGIN …" },
//!   "jira_page": "http://127.0.0.1:41236/browse/ABC-1",
//!   "project": "ABC",
//!   "users": ["5b10…", "557058:…"],
//!   "integrations": [{
//!     "id": "github",
//!     "kind": "github",
//!     "stand_in": "http://127.0.0.1:41235",
//!     "repository": "acme/widgets",
//!     "default_branch": "main",
//!     "git_dir": "/tmp/…/5001.git",
//!     "integration_credential": { "fields": { "token": "…" } },
//!     "user_credentials": { "5b10…": { "fields": { "token": "…" }, "account": "alice" } }
//!   }]
//! }
//! ```
//!
//! The paths of the HTTP API are appended to `api`. `jira_page` plays a Jira issue; its buttons open the daemon's pages. `admin_login_link` signs in to the administrator's pages, once. `stand_in` is the base URL for the vendor's own clients, over plain HTTP:
//! for GitHub.com the root of the API; for Enterprise Server and GitLab what clients append `/api/v3` and `/api/v4` to; for
//! Azure DevOps the organisation or collection; for CodeCommit the endpoint, of STS too. `account` is the account as the git
//! server shows it. No user's PAT is saved, and *Require User PAT* is off, until somebody changes that.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Map, Value, json};
use tempfile::NamedTempFile;

use super::administer::{Administered, CONNECTOR};
use super::daemon::Daemon;
use super::integrations::{Credential, PROJECT, USERS};
use super::jira::Jira;
use super::world::{Place, World};

/// The credentials in it open nothing but this demo, which is still nobody else's.
const OWNER_ONLY: u32 = 0o600;

/// The file, there as a whole or not at all. Dropping it removes it, unless another demo has replaced it meanwhile.
#[derive(Debug)]
pub(super) struct EnvFile {
    path: PathBuf,
    content: String,
}

impl EnvFile {
    pub(super) fn write(path: &Path, value: &Value) -> anyhow::Result<EnvFile> {
        let content = format!("{value:#}\n");
        let replace = || {
            let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
            file.as_file().set_permissions(fs::Permissions::from_mode(OWNER_ONLY))?;
            file.write_all(content.as_bytes())?;
            file.persist(path).map_err(|error| error.error)
        };
        replace().with_context(|| format!("cannot write {}", path.display()))?;
        Ok(EnvFile { path: path.to_owned(), content })
    }
}

impl Drop for EnvFile {
    fn drop(&mut self) {
        if fs::read_to_string(&self.path).is_ok_and(|content| content == self.content) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

pub(super) fn describe(jira: &Jira, daemon: &Daemon, administered: &Administered, world: &World) -> Value {
    json!({
        "api": daemon.api_url(),
        "public_url": daemon.public_url(),
        "admin_token": administered.admin_token,
        "admin_login_link": administered.admin_login_link,
        "connector": {
            "id": CONNECTOR,
            "audience": daemon.public_url(),
            "private_key_pem": administered.private_key_pem,
        },
        "jira_page": jira.page(),
        "project": PROJECT,
        "users": USERS.map(|user| user.id),
        "integrations": world.places.iter().map(integration).collect::<Vec<_>>(),
    })
}

fn integration(place: &Place) -> Value {
    let row = place.row;
    let of_users = USERS.iter().zip(&row.users).map(|(user, credential)| {
        (user.id.to_owned(), json!({ "fields": fields(credential), "account": credential.account }))
    });
    json!({
        "id": row.id,
        "kind": row.kind,
        "stand_in": place.client_url(),
        "repository": row.repository,
        "default_branch": row.default_branch,
        "git_dir": place.git_dir(),
        "integration_credential": { "fields": fields(&row.own) },
        "user_credentials": of_users.collect::<Map<_, _>>(),
    })
}

/// As a body of the HTTP API has them.
pub(super) fn fields(credential: &Credential) -> Value {
    credential.fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<Map<_, _>>().into()
}
