//! Bare git repositories on disk, through the `git` command: what a stand-in knows of branches it asks here.
//!
//! Blocking, and few processes: reading is one, creating or deleting a reference one or two. Names never become options or
//! patterns: references are read all at once and compared in Rust, written through standard input as full names, and objects are
//! named by 40 hexadecimal digits. The machine's own git configuration is not read.

mod command;
mod objects;
mod seed;

use std::path::{Path, PathBuf};

pub use command::GitError;
pub use objects::Entry;
pub use seed::Seed;

/// How long git waits for another process to finish with the same reference: longer than any race in a test, so that the
/// loser learns that the reference exists and not that it was busy.
const REF_LOCK_TIMEOUT: &str = "core.filesRefLockTimeout=5000";

/// A bare repository. Clones are the same directory.
#[derive(Clone, Debug)]
pub struct Repository {
    dir: PathBuf,
}

/// One reference as `git for-each-ref` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Full name: `refs/heads/main`.
    pub name: String,
    /// 40 hexadecimal digits.
    pub oid: String,
    /// `commit`, `tag`, `tree` or `blob`.
    pub kind: String,
}

/// All references at one moment, sorted by name.
#[derive(Clone, Debug, Default)]
pub struct References(Vec<Reference>);

/// Why a reference was not created. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NotCreated {
    #[error("the reference exists")]
    Exists,
    /// `a` stands in the way of `a/b`, or the other way round.
    #[error("it clashes with {0}")]
    Clash(String),
    #[error("there is no such object")]
    NoSuchObject,
    #[error("not a name git accepts")]
    NotAName,
    #[error(transparent)]
    Git(#[from] GitError),
}

/// One commit.
#[derive(Clone, Debug)]
pub struct Commit {
    pub oid: String,
    pub tree: String,
    pub parents: Vec<String>,
    pub author: Person,
    pub committer: Person,
    pub message: String,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    pub email: String,
    /// RFC 3339.
    pub date: String,
}

/// What a head has that its base has not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    pub commits: u64,
    pub changed_files: u64,
    pub additions: u64,
    pub deletions: u64,
}

impl Repository {
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Runs `git` with these arguments in this repository and returns what it printed. For tests that look for themselves.
    pub fn git(&self, arguments: &[&str]) -> Result<String, GitError> {
        self.run(arguments, None)
    }

    pub fn references(&self) -> Result<References, GitError> {
        let listing = self.run(&["for-each-ref", "--format=%(refname)%00%(objectname)%00%(objecttype)"], None)?;
        let references = listing.lines().filter_map(|line| {
            let mut fields = line.split('\0').map(str::to_owned);
            Some(Reference { name: fields.next()?, oid: fields.next()?, kind: fields.next()? })
        });
        Ok(References(references.collect()))
    }

    /// Creates `name` (full) at `oid`. Of several at once, git lets exactly one win.
    pub fn create_reference(&self, name: &str, oid: &str) -> Result<(), NotCreated> {
        if !is_full_name(name) {
            return Err(NotCreated::NotAName);
        }
        if !is_oid(oid) {
            return Err(NotCreated::NoSuchObject);
        }
        let update = format!("create {name}\0{oid}\0");
        match self.run(&["update-ref", "-z", "--stdin"], Some(update.as_bytes())) {
            Ok(_) => Ok(()),
            Err(failed) => Err(self.why_not_created(name, oid, failed)),
        }
    }

    /// Looks at what is there instead of reading git's words, which change with its version.
    fn why_not_created(&self, name: &str, oid: &str, failed: GitError) -> NotCreated {
        let look = || {
            if !self.accepts_name(name)? {
                return Ok(NotCreated::NotAName);
            }
            let references = self.references()?;
            if references.get(name).is_some() {
                return Ok(NotCreated::Exists);
            }
            if let Some(other) = references.clashing(name) {
                return Ok(NotCreated::Clash(other.name.clone()));
            }
            if !self.has_object(oid)? {
                return Ok(NotCreated::NoSuchObject);
            }
            Ok(NotCreated::Git(failed))
        };
        look().unwrap_or_else(NotCreated::Git)
    }

    /// Deletes `name` (full), if it still points at `oid`.
    pub fn delete_reference(&self, name: &str, oid: &str) -> Result<(), GitError> {
        if !is_full_name(name) || !is_oid(oid) {
            return Err(GitError::NotAName);
        }
        let update = format!("delete {name}\0{oid}\0");
        self.run(&["update-ref", "-z", "--stdin"], Some(update.as_bytes())).map(drop)
    }

    /// Whether `git check-ref-format` accepts the full name.
    pub fn accepts_name(&self, name: &str) -> Result<bool, GitError> {
        if !is_full_name(name) {
            return Ok(false);
        }
        answers_yes(self.run(&["check-ref-format", name], None))
    }

    pub fn has_object(&self, oid: &str) -> Result<bool, GitError> {
        if !is_oid(oid) {
            return Ok(false);
        }
        answers_yes(self.run(&["cat-file", "-e", oid], None))
    }

    /// The commit of this id; an error when it is not one.
    pub fn commit(&self, oid: &str) -> Result<Commit, GitError> {
        const FORMAT: &str = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B";
        if !is_oid(oid) {
            return Err(GitError::NotAName);
        }
        let text = self.run(&["log", "-1", "--no-show-signature", FORMAT, oid, "--"], None)?;
        let mut fields = text.splitn(10, '\0').map(str::to_owned);
        let mut next = || fields.next().unwrap_or_default();
        let (oid, tree, parents) = (next(), next(), next());
        let parents = parents.split_whitespace().map(str::to_owned).collect();
        let author = Person { name: next(), email: next(), date: next() };
        let committer = Person { name: next(), email: next(), date: next() };
        let message = next().trim_end().to_owned();
        Ok(Commit { oid, tree, parents, author, committer, message })
    }

    /// Full names of the branches that have nothing `head` has not.
    pub fn merged_into(&self, head: &str) -> Result<Vec<String>, GitError> {
        if !is_oid(head) {
            return Err(GitError::NotAName);
        }
        let merged = self.run(&["for-each-ref", "--merged", head, "--format=%(refname)", "refs/heads/"], None)?;
        Ok(merged.lines().map(str::to_owned).collect())
    }

    /// Where two commits parted; none where they have nothing in common.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>, GitError> {
        if !is_oid(one) || !is_oid(other) {
            return Err(GitError::NotAName);
        }
        match self.run(&["merge-base", one, other], None) {
            Ok(base) => Ok(Some(base.trim().to_owned())),
            Err(GitError::Failed { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Commits reachable from `head` and not from `base`, and what they change since the two parted.
    pub fn compare(&self, base: &str, head: &str) -> Result<Comparison, GitError> {
        if !is_oid(base) || !is_oid(head) {
            return Err(GitError::NotAName);
        }
        let count = self.run(&["rev-list", "--count", &format!("{base}..{head}"), "--"], None)?;
        let mut comparison = Comparison { commits: count.trim().parse().unwrap_or_default(), ..Comparison::default() };
        if comparison.commits == 0 {
            return Ok(comparison);
        }
        for line in self.run(&["diff", "--numstat", &format!("{base}...{head}"), "--"], None)?.lines() {
            let mut counts = line.split('\t').map(|count| count.parse::<u64>().unwrap_or_default());
            comparison.changed_files += 1;
            comparison.additions += counts.next().unwrap_or_default();
            comparison.deletions += counts.next().unwrap_or_default();
        }
        Ok(comparison)
    }

    fn run(&self, arguments: &[&str], input: Option<&[u8]>) -> Result<String, GitError> {
        let dir = format!("--git-dir={}", self.dir.display());
        let configuration = [&dir, "-c", REF_LOCK_TIMEOUT, "-c", "core.fsync=none", "-c", "fastimport.unpackLimit=1"];
        command::run(&[&configuration, arguments].concat(), input)
    }
}

impl References {
    pub fn get(&self, name: &str) -> Option<&Reference> {
        self.0.iter().find(|reference| reference.name == name)
    }

    /// The branch of this short name.
    pub fn branch(&self, name: &str) -> Option<&Reference> {
        self.get(&format!("refs/heads/{name}"))
    }

    /// References whose full name starts with `prefix`, which may end within a segment.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Reference> {
        self.0.iter().filter(move |reference| reference.name.starts_with(prefix))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn clashing(&self, name: &str) -> Option<&Reference> {
        let inside = |outer: &str, inner: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
        self.0.iter().find(|other| inside(&other.name, name) || inside(name, &other.name))
    }
}

impl Reference {
    /// `main` of `refs/heads/main`; the full name for anything that is no branch.
    pub fn short(&self) -> &str {
        self.name.strip_prefix("refs/heads/").unwrap_or(&self.name)
    }
}

/// Whether the text can go to git as a full reference name at all: it is no option, and ends no record of `update-ref -z`.
fn is_full_name(name: &str) -> bool {
    name.starts_with("refs/") && !name.contains('\0')
}

/// 40 hexadecimal digits: never an option, a range or a name.
pub fn is_oid(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// For commands that say no by their exit status.
fn answers_yes(result: Result<String, GitError>) -> Result<bool, GitError> {
    match result {
        Ok(_) => Ok(true),
        Err(GitError::Failed { .. }) => Ok(false),
        Err(other) => Err(other),
    }
}
