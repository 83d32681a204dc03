//! Trees and blobs: what a commit holds under a path.

use super::{GitError, Repository, command, is_oid};

/// One entry of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Six octal digits: `100644`, `100755`, `120000` for a symbolic link, `040000`, `160000` for a submodule.
    pub mode: String,
    /// `blob`, `tree`, or `commit` for a submodule.
    pub kind: String,
    /// 40 hexadecimal digits.
    pub oid: String,
    /// Bytes of a blob; 0 of anything else.
    pub size: u64,
    pub name: String,
}

impl Repository {
    /// Entries of a tree, or of a commit's own tree, in git's order.
    pub fn tree(&self, oid: &str) -> Result<Vec<Entry>, GitError> {
        if !is_oid(oid) {
            return Err(GitError::NotAName);
        }
        let listing = self.git(&["ls-tree", "-z", "-l", oid])?;
        Ok(listing.split('\0').filter_map(entry).collect())
    }

    /// What stands under a path (`docs/guide.md`) in a commit; the empty path is the root. Segments are compared in Rust:
    /// none is a pattern to git.
    pub fn entry(&self, commit: &str, path: &str) -> Result<Option<Entry>, GitError> {
        let root = self.commit(commit)?.tree;
        let mut found = Entry { mode: "040000".into(), kind: "tree".into(), oid: root, size: 0, name: String::new() };
        for segment in path.split('/').filter(|_| !path.is_empty()) {
            if found.kind != "tree" {
                return Ok(None);
            }
            let below = self.tree(&found.oid)?.into_iter().find(|entry| entry.name == segment);
            let Some(below) = below else { return Ok(None) };
            found = below;
        }
        Ok(Some(found))
    }

    /// The text of the file under a path in a commit, and the id of its blob; none where there is no file.
    pub fn file(&self, commit: &str, path: &str) -> Result<Option<(String, String)>, GitError> {
        let Some(entry) = self.entry(commit, path)?.filter(|entry| entry.kind == "blob") else { return Ok(None) };
        let content = self.blob(&entry.oid)?;
        Ok(Some((entry.oid, String::from_utf8_lossy(&content).into_owned())))
    }

    /// The bytes of a blob.
    pub fn blob(&self, oid: &str) -> Result<Vec<u8>, GitError> {
        if !is_oid(oid) {
            return Err(GitError::NotAName);
        }
        let dir = format!("--git-dir={}", self.dir().display());
        command::run_for_bytes(&[&dir, "cat-file", "blob", oid], None)
    }
}

/// `MODE KIND OID SIZE\tNAME`, the size padded.
fn entry(line: &str) -> Option<Entry> {
    let (about, name) = line.split_once('\t')?;
    let mut fields = about.split_whitespace().map(str::to_owned);
    let (mode, kind, oid) = (fields.next()?, fields.next()?, fields.next()?);
    let size = fields.next()?.parse().unwrap_or_default();
    Some(Entry { mode, kind, oid, size, name: name.to_owned() })
}
