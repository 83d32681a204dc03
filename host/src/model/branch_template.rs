//! Suggested branch names: a template, filled in with what is known of an issue.
//!
//! Pure text. Whatever the issue says, the suggestion is a name git takes and holds the issue's key, by which Jira finds
//! the branch again; whether a branch of that name is there already is not known here.

mod parse;
#[cfg(test)]
mod tests;

use self::parse::Piece;
pub use self::parse::TemplateError;
use super::{BranchName, BranchRules, IssueKey, MAX_BRANCH_NAME_BYTES};

const DEFAULT: &str = "${issuetype:Story=feature,Bug=bugfix,default=task}/${issuekey}-${summary}";

/// What may stand between two words of a name, and never at the end of a part of it.
const JOINERS: [char; 3] = ['-', '_', '.'];
/// Takes the place of a separator that git would not take everywhere.
const USUAL_SEPARATOR: char = '-';
/// What a part between slashes may not end with.
const LOCK: &str = ".lock";
/// What git itself puts in front of a branch name.
const HEADS: &str = "refs/heads/";

/// A template that was read. Holds `${issuekey}`, and nothing between its variables that git would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchTemplate(Vec<Piece>);

/// What is known when a name is suggested.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub issue: &'a IssueKey,
    /// As Jira has it: any text of any length.
    pub summary: &'a str,
    /// Jira's name of it: `Story`.
    pub issue_type: Option<&'a str>,
    /// The branch the new one is to start at.
    pub base: Option<&'a str>,
}

/// The facts as they go into a name: letters, digits and single separators.
struct Words {
    issue: String,
    project: String,
    summary: String,
    issue_type: String,
    base: String,
}

impl BranchTemplate {
    /// # Errors
    /// [`TemplateError`] says at which character what is wrong, and what would be right.
    pub fn parse(template: &str) -> Result<Self, TemplateError> {
        parse::template(template).map(Self)
    }

    /// A name that git takes and, unless the issue's key alone is too long for it, this kind of git server too.
    ///
    /// Words are joined by `separator`: `-`, `_` or `.`; anything else counts as `-`. What is too long loses the end of
    /// the summary first, then of the base branch, then of the issue type.
    pub fn suggest(&self, facts: &Facts<'_>, separator: char, rules: &BranchRules) -> BranchName {
        let max_bytes = MAX_BRANCH_NAME_BYTES.min(rules.max_bytes as usize);
        let mut words = Words::new(facts, separator, max_bytes);
        let cuts: [fn(&mut Words) -> &mut String; 3] = [
            |words| &mut words.summary,
            |words| &mut words.base,
            |words| &mut words.issue_type,
        ];
        let mut name = self.fill_in(facts, &words);
        for cut in cuts {
            while name.len() > max_bytes && shorten(cut(&mut words)) {
                name = self.fill_in(facts, &words);
            }
        }
        if name.len() > max_bytes {
            name = words.issue;
        }
        BranchName::parse(name)
            .or_else(|_| BranchName::parse(facts.issue.as_str()))
            .expect("an issue key is a branch name")
    }

    fn fill_in(&self, facts: &Facts<'_>, words: &Words) -> String {
        let mut name = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => text.chars().for_each(|char| push(&mut name, char)),
                Piece::IssueKey => name.push_str(&words.issue),
                Piece::ProjectKey => name.push_str(&words.project),
                Piece::Summary => name.push_str(&words.summary),
                Piece::BaseBranch => name.push_str(&words.base),
                Piece::IssueType => name.push_str(&words.issue_type),
                Piece::MappedType(types) => types
                    .get(facts.issue_type)
                    .chars()
                    .for_each(|char| push(&mut name, char)),
            }
        }
        end_part(&mut name);
        let mut short = name.trim_end_matches('/');
        while let Some(rest) = short.strip_prefix(HEADS) {
            short = rest;
        }
        short.to_owned()
    }
}

impl Default for BranchTemplate {
    fn default() -> Self {
        Self::parse(DEFAULT).expect("the default is a template")
    }
}

impl Words {
    fn new(facts: &Facts<'_>, separator: char, max_bytes: usize) -> Self {
        let separator = if JOINERS.contains(&separator) {
            separator
        } else {
            USUAL_SEPARATOR
        };
        let kept = |text: &str| joined(text.chars(), separator, max_bytes);
        Self {
            issue: facts.issue.to_string(),
            project: facts.issue.project().to_string(),
            summary: joined(facts.summary.chars().flat_map(lower), separator, max_bytes),
            issue_type: kept(facts.issue_type.unwrap_or_default()),
            base: kept(facts.base.unwrap_or_default()),
        }
    }
}

/// A capital may become a letter and an accent of its own; the accent is no letter, and would part the word.
fn lower(char: char) -> impl Iterator<Item = char> {
    char.to_lowercase()
        .filter(move |lower| lower.is_alphanumeric() || !char.is_alphanumeric())
}

/// Runs of letters and digits, joined; no more than `max_bytes` of them, as a name has no room for more.
fn joined(chars: impl Iterator<Item = char>, separator: char, max_bytes: usize) -> String {
    let mut text = String::new();
    let mut is_parted = false;
    for char in chars {
        if !char.is_alphanumeric() {
            is_parted = !text.is_empty();
            continue;
        }
        let width = char.len_utf8() + if is_parted { separator.len_utf8() } else { 0 };
        if text.len() + width > max_bytes {
            break;
        }
        text.extend(is_parted.then_some(separator));
        text.push(char);
        is_parted = false;
    }
    text
}

/// Takes the last character off, and the separator before it. False when there is nothing left to take.
fn shorten(words: &mut String) -> bool {
    let had_any = words.pop().is_some();
    end_joiners(words);
    had_any
}

/// Adds a character of the template, unless what it would join is empty.
fn push(name: &mut String, char: char) {
    if char == '/' {
        end_part(name);
    }
    let is_open = name.is_empty() || name.ends_with('/') || name.ends_with(JOINERS);
    let joins = char == '/' || JOINERS.contains(&char);
    if !(is_open && joins) {
        name.push(char);
    }
}

/// Leaves nothing at the end of a part between slashes that git refuses there.
fn end_part(name: &mut String) {
    end_joiners(name);
    while name.ends_with(LOCK) {
        name.truncate(name.len() - LOCK.len());
        end_joiners(name);
    }
}

fn end_joiners(text: &mut String) {
    text.truncate(text.trim_end_matches(JOINERS).len());
}
