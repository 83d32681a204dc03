//! What a repository starts with, and commits added later, through `git fast-import`: one process for any number of commits.

use std::path::Path;

use super::command::{self, DATE, EMAIL, PERSON};
use super::{GitError, Repository};

/// The branches a new repository has.
#[derive(Clone, Debug)]
pub enum Seed {
    /// No commit, no reference.
    Empty,
    /// `main` with one commit, and a second branch with one more.
    Branches {
        /// Short name of the branch that is one commit ahead of `main`.
        ahead: String,
    },
}

/// The branch `HEAD` names, also while there is no commit.
const DEFAULT_BRANCH: &str = "main";

impl Seed {
    fn plant(&self, repository: &Repository) -> Result<(), GitError> {
        let Seed::Branches { ahead } = self else {
            return Ok(());
        };
        let first = commit(DEFAULT_BRANCH, None, "Start", &written("README.md", b"Start.\n"));
        let second = commit(ahead, Some(&full(DEFAULT_BRANCH)), "Go ahead", &written("ahead.txt", b"Go ahead.\n"));
        repository.import(&[first, second].concat())
    }
}

impl Repository {
    /// Makes a bare repository in `dir`, which is created, and plants `seed` in it.
    pub fn create(dir: &Path, seed: &Seed) -> Result<Repository, GitError> {
        let repository = Repository { dir: dir.to_owned() };
        let initial = format!("--initial-branch={}", DEFAULT_BRANCH);
        command::run(&["init", "--bare", "--quiet", "--template=", &initial, "--", &dir.to_string_lossy()], None)?;
        seed.plant(&repository)?;
        Ok(repository)
    }

    /// Adds one commit that writes some text to `file` in `branch`; see [`Repository::commit_file`].
    pub fn add_commit(&self, branch: &str, file: &str) -> Result<String, GitError> {
        self.commit_file(branch, file, &format!("Write {file}.\n"))
    }

    /// Adds one commit that writes `content` to `file` (a path: `docs/guide.md`) in `branch` (short name), as somebody's push
    /// would; the branch starts at `main` when it is not there yet, and at nothing when there is no `main` either. Returns the
    /// new commit's id.
    pub fn commit_file(
        &self,
        branch: &str,
        file: &str,
        content: &(impl AsRef<[u8]> + ?Sized),
    ) -> Result<String, GitError> {
        let references = self.references()?;
        let start = [branch, DEFAULT_BRANCH].into_iter().find(|start| references.branch(start).is_some());
        let from = start.map(|start| format!("{}^0", full(start)));
        let message = format!("Write {file}");
        self.import(&commit(branch, from.as_deref(), &message, &written(file, content.as_ref())))?;
        let oid = self.references()?.branch(branch).map(|reference| reference.oid.clone());
        oid.ok_or(GitError::NotAName)
    }

    fn import(&self, stream: &[u8]) -> Result<(), GitError> {
        self.run(&["fast-import", "--quiet"], Some(stream)).map(drop)
    }
}

/// One commit of a fast-import stream. `from` is what it goes on top of: a branch of the same stream by its full
/// name, one that was there before with `^0` behind it.
fn commit(branch: &str, from: Option<&str>, message: &str, changes: &[u8]) -> Vec<u8> {
    let from = from.map(|from| format!("from {from}\n")).unwrap_or_default();
    let length = message.len();
    let head =
        format!("commit refs/heads/{branch}\ncommitter {PERSON} <{EMAIL}> {DATE}\ndata {length}\n{message}\n{from}");
    [head.as_bytes(), changes].concat()
}

/// The change of a commit that writes a file.
fn written(file: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("M 100644 inline {file}\ndata {}\n", content.len());
    [head.as_bytes(), content, b"\n"].concat()
}

fn full(branch: &str) -> String {
    format!("refs/heads/{branch}")
}
