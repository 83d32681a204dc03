//! Suggested branch names: a template, filled in with what is known of an issue.
//!
//! Pure text. Whatever the issue says, the suggestion is a name git takes and holds the issue's key, by which Jira finds
//! the branch again; whether there is such a branch already is not known here.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::words::{folded, is_of_the_word_before, joins_unseen};
use super::{BranchName, BranchRules, IssueKey, Letters, MAX_BRANCH_NAME_BYTES, PersonName, Separator, UserNames};

const DEFAULT: &str = "${issuetype:Story=feature,Bug=bugfix,default=task}/${issuekey}-${summary}";
/// Longest template, in bytes: room for a mapping of thirty issue types.
pub const MAX_TEMPLATE_BYTES: usize = 1024;

/// The variables. A number in a template, and in [`Words`], is a place in this list.
const VARIABLES: [&str; 7] =
    ["issuekey", "projectkey", "summary", "basebranch", "issuetype", "displayname", "username"];
const ISSUE_KEY: usize = 0;
/// What a name that is too long loses, from its end, in this order: summary, base branch, issue type, the user's names.
const CUTS: [usize; 5] = [2, 3, 4, 5, 6];
/// Opens the variable that stands for another text with every issue type, and the type that stands for all others.
const MAPPING: &str = "issuetype:";
const OTHERS: &str = "default";

/// What may stand between two words of a name, and never at the end of a part of it.
const JOINERS: [char; 3] = ['-', '_', '.'];

/// A template that was read. Holds `${issuekey}`, and nothing between its variables that git would refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BranchTemplate {
    /// As it was written.
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Variable(usize),
    /// Issue types and the text each stands for.
    ByType(Vec<(String, String)>),
}

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
    /// What the user who asks is called, where her connector says so.
    pub user: &'a UserNames,
}

/// The values of [`VARIABLES`] as they go into a name: letters, digits and single separators.
type Words = [String; VARIABLES.len()];

/// Why a text is no template. Positions count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("a template has at most {MAX_TEMPLATE_BYTES} bytes; this one has {0}")]
    TooLong(usize),
    #[error("a template has to contain ${{issuekey}}: Jira finds the branch by it")]
    NoIssueKey,
    #[error("character {at}: {found:?} cannot stand here; letters, digits, `/`, `-`, `_`, `.` and variables can")]
    Text { at: usize, found: char },
    #[error("character {0}: a variable is ${{NAME}}, where NAME is one of: {list}", list = VARIABLES.join(", "))]
    Variable(usize),
    #[error("character {0}: types are mapped as in ${{issuetype:Bug=bugfix,default=task}}, each type once")]
    Mapping(usize),
}

impl BranchTemplate {
    /// # Errors
    /// [`TemplateError`] says at which character what is wrong, and what would be right.
    pub fn parse(template: &str) -> Result<Self, TemplateError> {
        if template.len() > MAX_TEMPLATE_BYTES {
            return Err(TemplateError::TooLong(template.len()));
        }
        let mut pieces = Vec::new();
        let (mut rest, mut at) = (template, 1);
        while let Some((before, variable)) = rest.split_once("${") {
            pieces.push(Piece::Text(text(before, at)?));
            at += before.chars().count();
            let (inside, after) = variable.split_once('}').ok_or(TemplateError::Variable(at))?;
            pieces.push(variable_at(inside, at)?);
            at += inside.chars().count() + "${}".len();
            rest = after;
        }
        pieces.push(Piece::Text(text(rest, at)?));
        if pieces.contains(&Piece::Variable(ISSUE_KEY)) {
            Ok(Self { text: template.to_owned(), pieces })
        } else {
            Err(TemplateError::NoIssueKey)
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A name that git takes and, unless the issue's key alone is too long for it, this kind of git server too. It never
    /// looks like a commit id, because the key has a dash; and whether names differ by more than case is the git server's
    /// to say, which knows the others.
    pub fn suggest(
        &self,
        facts: &Facts<'_>,
        separator: Separator,
        letters: Letters,
        rules: &BranchRules,
    ) -> BranchName {
        let max_bytes = MAX_BRANCH_NAME_BYTES.min(rules.max_bytes as usize);
        let mut words = words(facts, separator, letters, max_bytes);
        let mut name = self.fill_in(facts, &words);
        for cut in CUTS {
            while name.len() > max_bytes && words[cut].pop().is_some() {
                end_part(&mut words[cut]);
                name = self.fill_in(facts, &words);
            }
        }
        let fitting = Some(name).filter(|name| name.len() <= max_bytes);
        fitting
            .and_then(|name| BranchName::parse(name).ok())
            .unwrap_or_else(|| BranchName::parse(facts.issue.as_str()).expect("an issue key is a branch name"))
    }

    fn fill_in(&self, facts: &Facts<'_>, words: &Words) -> String {
        let mut name = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => text.chars().for_each(|char| push(&mut name, char)),
                Piece::Variable(variable) => name.push_str(&words[*variable]),
                Piece::ByType(types) => mapped(types, facts.issue_type).chars().for_each(|char| push(&mut name, char)),
            }
        }
        end_part(&mut name);
        // What git itself puts in front is no part of a name.
        let mut short = name.trim_end_matches('/');
        while let Some(rest) = short.strip_prefix("refs/heads/") {
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

impl FromStr for BranchTemplate {
    type Err = TemplateError;
    fn from_str(text: &str) -> Result<Self, TemplateError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for BranchTemplate {
    type Error = TemplateError;
    fn try_from(text: String) -> Result<Self, TemplateError> {
        Self::parse(&text)
    }
}

impl From<BranchTemplate> for String {
    fn from(template: BranchTemplate) -> String {
        template.text
    }
}

/// Text of a template that starts at character `at`.
fn text(text: &str, at: usize) -> Result<String, TemplateError> {
    let refused = |char: char| !char.is_alphanumeric() && char != '/' && !JOINERS.contains(&char);
    match text.chars().zip(at..).find(|(char, _)| refused(*char)) {
        None => Ok(text.to_owned()),
        Some((found, at)) => Err(TemplateError::Text { at, found }),
    }
}

/// What stands between `${`, which is at character `at`, and `}`.
fn variable_at(inside: &str, at: usize) -> Result<Piece, TemplateError> {
    let Some(entries) = inside.strip_prefix(MAPPING) else {
        let known = VARIABLES.iter().position(|name| *name == inside);
        return known.map(Piece::Variable).ok_or(TemplateError::Variable(at));
    };
    let mut at = at + "${".len() + MAPPING.len();
    let mut types: Vec<(String, String)> = Vec::new();
    for entry in entries.split(',') {
        let (name, value) = entry.split_once('=').ok_or(TemplateError::Mapping(at))?;
        if name.is_empty() || types.iter().any(|(known, _)| known == name) {
            return Err(TemplateError::Mapping(at));
        }
        types.push((name.to_owned(), text(value, at + name.chars().count() + "=".len())?));
        at += entry.chars().count() + ",".len();
    }
    Ok(Piece::ByType(types))
}

/// The text for a type; for one that is not named, or none, the default, which may be missing.
fn mapped<'a>(types: &'a [(String, String)], issue_type: Option<&str>) -> &'a str {
    let named = |name: &str| types.iter().find(|(known, _)| known == name);
    let found = issue_type.and_then(named).or_else(|| named(OTHERS));
    found.map_or("", |(_, text)| text)
}

fn words(facts: &Facts<'_>, separator: Separator, letters: Letters, max_bytes: usize) -> Words {
    let separator = separator.as_char();
    let kept = |text: Option<&str>| joined(folded(text.unwrap_or_default(), letters).chars(), separator, max_bytes);
    // A capital may become a letter and an accent of its own, which is no letter and would part the word.
    let lower =
        |char: char| char.to_lowercase().filter(move |lower| lower.is_alphanumeric() || !char.is_alphanumeric());
    let summary = joined(folded(facts.summary, letters).chars().flat_map(lower), separator, max_bytes);
    let (issue, project) = (facts.issue.to_string(), facts.issue.project().to_string());
    let UserNames { username, display_name } = facts.user;
    let name = |name: &Option<PersonName>| kept(name.as_ref().map(PersonName::as_str));
    [issue, project, summary, kept(facts.base), kept(facts.issue_type), name(display_name), name(username)]
}

/// Runs of letters, with the marks on them, and digits, joined; no more than `max_bytes` of them, as a name has no room for more.
fn joined(chars: impl Iterator<Item = char>, separator: char, max_bytes: usize) -> String {
    let mut text = String::new();
    let mut is_parted = false;
    for char in chars {
        if joins_unseen(char) {
            continue;
        }
        let is_in_a_word = !text.is_empty() && !is_parted;
        let is_of_a_word = char.is_alphanumeric() || (is_in_a_word && is_of_the_word_before(char));
        if !is_of_a_word {
            is_parted = !text.is_empty();
            continue;
        }
        if text.len() + usize::from(is_parted) + char.len_utf8() > max_bytes {
            break;
        }
        text.extend(is_parted.then_some(separator));
        text.push(char);
        is_parted = false;
    }
    text
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
    let mut end = name.trim_end_matches(JOINERS);
    while let Some(rest) = end.strip_suffix(".lock") {
        end = rest.trim_end_matches(JOINERS);
    }
    name.truncate(end.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: BranchRules = BranchRules { max_bytes: 244, refuses_commit_ids: true, case_insensitive: false };

    fn suggest(template: &str, max_bytes: u32, summary: &str, issue_type: Option<&str>, base: Option<&str>) -> String {
        let (template, issue) = (BranchTemplate::parse(template).unwrap(), IssueKey::parse("A_B-12").unwrap());
        let facts = Facts { issue: &issue, summary, issue_type, base, user: &UserNames::default() };
        let name = template.suggest(&facts, Separator::Dash, Letters::Any, &BranchRules { max_bytes, ..RULES });
        name.to_string()
    }

    #[test]
    fn the_default_names_type_key_and_summary() {
        let suggest = |issue_type, summary| suggest(DEFAULT, 244, summary, issue_type, None);
        assert_eq!(suggest(Some("Story"), "Sign in, please!"), "feature/A_B-12-sign-in-please");
        assert_eq!(suggest(Some("Bug"), "Größe der Straße"), "bugfix/A_B-12-größe-der-straße");
        assert_eq!(suggest(Some("Epic"), "İstanbul 東京"), "task/A_B-12-istanbul-東京");
        assert_eq!(suggest(None, " ?!… "), "task/A_B-12");
        assert_eq!(BranchTemplate::parse(DEFAULT).unwrap(), BranchTemplate::default());
    }

    #[test]
    fn v12_letters_with_marks_stay_in_their_words_however_they_are_written() {
        let suggest = |summary: &str, letters| {
            let issue = IssueKey::parse("AB-1").unwrap();
            let facts = Facts { issue: &issue, summary, issue_type: None, base: None, user: &UserNames::default() };
            let name = BranchTemplate::parse("${issuekey}-${summary}").unwrap();
            name.suggest(&facts, Separator::Dash, letters, &RULES).to_string()
        };
        for (summary, any, ascii) in [
            ("fu\u{308}r Mu\u{308}ller", "AB-1-für-müller", "AB-1-fur-muller"),
            ("für Müller", "AB-1-für-müller", "AB-1-fur-muller"),
            ("Crème brûlée à l’œuf", "AB-1-crème-brûlée-à-l-œuf", "AB-1-creme-brulee-a-l-oeuf"),
            ("Łódź, Ørsted & Straße", "AB-1-łódź-ørsted-straße", "AB-1-lodz-orsted-strasse"),
            ("แก้ไขน้ำ ใหม่", "AB-1-แก้ไขน้ำ-ใหม่", ""),
            ("हिन्दी में", "AB-1-हिन्दी-में", ""),
            ("क्\u{200d}ष soft\u{ad}hyphen", "AB-1-क्ष-softhyphen", ""),
            ("\u{301}mark first", "AB-1-mark-first", "AB-1-mark-first"),
            ("ok ⚠\u{fe0f} go", "AB-1-ok-go", "AB-1-ok-go"),
        ] {
            assert_eq!(suggest(summary, Letters::Any), any, "{summary}");
            let spelt = suggest(summary, Letters::Ascii);
            assert!(spelt.is_ascii() && spelt.starts_with("AB-1-") && (ascii.is_empty() || spelt == ascii), "{spelt}");
        }
    }

    #[test]
    fn every_variable_is_filled_in_and_empty_ones_leave_no_gap() {
        let all = "${projectkey}/${issuetype}/${issuekey}_${summary}_${basebranch}";
        let full = suggest(all, 244, "Fix  it", Some("New Feature"), Some("release/1.2"));
        assert_eq!(full, "A_B/New-Feature/A_B-12_fix-it_release-1-2");
        assert_eq!(suggest(all, 244, "", None, None), "A_B/A_B-12");
        assert_eq!(suggest("-x..y-/.${issuekey}.lock", 244, "", None, None), "x.y/A_B-12");
        let refs = "refs/${basebranch}/${issuetype:Bug=fix/now}/${issuekey}";
        assert_eq!(suggest(refs, 244, "", Some("Bug"), Some("heads")), "fix/now/A_B-12");
        assert_eq!(suggest(refs, 244, "", Some("Task"), Some("heads")), "A_B-12");
    }

    #[test]
    fn the_users_names_are_words_like_others_and_leave_no_gap_where_her_connector_does_not_state_them() {
        let named = |template: &str, username: &str, display_name: &str| {
            let name = |text: &str| PersonName::parse(text).ok();
            let user = UserNames { username: name(username), display_name: name(display_name) };
            let (template, issue) = (BranchTemplate::parse(template).unwrap(), IssueKey::parse("AB-1").unwrap());
            let facts = Facts { issue: &issue, summary: "Fix it", issue_type: None, base: None, user: &user };
            template.suggest(&facts, Separator::Dash, Letters::Any, &BranchRules { max_bytes: 40, ..RULES }).to_string()
        };
        let template = "users/${username}/${issuekey}-${summary}";
        assert_eq!(named(template, "Ann.Smith@acme", ""), "users/Ann-Smith-acme/AB-1-fix-it");
        assert_eq!(named(template, "", "Ann"), "users/AB-1-fix-it");
        assert_eq!(named("${displayname}_${issuekey}", "", "Ann Smith (she/her)"), "Ann-Smith-she-her_AB-1");
        assert_eq!(named("${displayname}_${issuekey}", "ann", ""), "AB-1");
        assert_eq!(named("${displayname}/${issuekey}", "", "../.. \u{1f980} .lock"), "lock/AB-1");
        // They are cut last: the issue's key alone survives longer.
        assert_eq!(named(template, &"x".repeat(255), ""), format!("users/{}/AB-1", "x".repeat(29)));
    }

    #[test]
    fn a_refusal_names_the_position_and_what_is_allowed() {
        for (template, expected) in [
            ("", "a template has to contain ${issuekey}"),
            ("${summary}", "a template has to contain ${issuekey}"),
            ("ü ${issuekey}", "character 2: ' ' cannot stand here; letters, digits,"),
            ("${issuekey}$", "character 12: '$' cannot"),
            ("ü${issuekey}@{1}", "character 13: '@' cannot"),
            ("x/${issuekey", "character 3: a variable is ${NAME}, where NAME is one of: issuekey, projectkey,"),
            ("x${IssueKey}", "character 2: a variable is"),
            ("${issuekey}${issuetype:}", "character 24: types are mapped as in ${issuetype:Bug"),
            ("${issuetype:Bug=fix,Bug=bug}/${issuekey}", "character 21: types are mapped"),
            ("${issuetype:Bug=a b}/${issuekey}", "character 18: ' ' cannot"),
            (&"x".repeat(1025), "a template has at most 1024 bytes; this one has 1025"),
        ] {
            let refusal = BranchTemplate::parse(template).unwrap_err().to_string();
            assert!(refusal.contains(expected), "{template}: {refusal}");
        }
    }

    #[test]
    fn the_summary_is_cut_first_and_the_key_survives() {
        let template = "${basebranch}/${issuekey}-${summary}";
        let within = |max_bytes| suggest(template, max_bytes, "äöü äöü äöü", None, Some("main"));
        assert_eq!(within(21), "main/A_B-12-äöü-ä");
        assert_eq!(within(20), "main/A_B-12-äöü");
        assert_eq!(within(12), "main/A_B-12");
        assert_eq!(within(10), "mai/A_B-12");
        assert_eq!([within(7), within(6), within(0)], ["A_B-12"; 3]);
    }

    #[test]
    fn a14_whatever_the_issue_says_the_name_is_valid_short_enough_and_holds_the_key() {
        let (long, accents) = ("long words ".repeat(1000), "e\u{301}".repeat(10_000));
        let nasty = "| |..|...|@{|@|-|/|//|a/b|\\|~^:?*[|\0|a\0b\r\nc|\u{1b}[31m|.lock|x.lock|x.lock.lock|HEAD|refs/heads/x|\
                     🦀🦀|ab🦀cd|שלום עולם|\u{202e}abc|日本語の要約|-x-|%2e%2e|İİİ|ﬃ|١٢٣|${issuekey}|\u{feff}|a\u{200d}b";
        let nasty: Vec<&str> = nasty.split('|').chain([&*long, &*accents]).collect();
        let templates = "${issuekey} ${summary}${issuekey} ${summary}/${issuekey} ${issuekey}.${summary}.lock \
                         refs/heads/${issuekey}/${summary} refs/${basebranch}/${summary}/${issuekey} \
                         /${summary}//${issuekey}/. ${summary}-${summary}-${issuekey}-${summary} \
                         -${basebranch}..${issuetype}.${issuekey} ${projectkey}/${basebranch}_${issuekey} \
                         ${issuetype:default=HEAD}/${issuekey}/${summary}.lock/${basebranch} \
                         ${username}/${displayname}.lock/${issuekey}-${username}";
        let longest = format!("A{}-123456789012345678", "_".repeat(63));
        let keys = ["A-1", &longest].map(|key| IssueKey::parse(key).unwrap());
        let mut round = 0;
        for template in templates.split(' ').map(|text| BranchTemplate::parse(text).unwrap()) {
            for (summary, other) in nasty.iter().flat_map(|text| nasty.iter().map(move |other| (*text, *other))) {
                round += 1;
                let (issue, separator) = (&keys[round % 2], Separator::ALL[round % 3]);
                let rules = BranchRules { max_bytes: [244, 255, 100, 83][round % 4], ..RULES };
                let said: String = other.chars().filter(|char| !char.is_control()).take(255).collect();
                let said = PersonName::parse(said).ok();
                let user = UserNames { username: said.clone(), display_name: said };
                let facts = Facts { issue, summary, issue_type: Some(other), base: Some(other), user: &user };
                // Valid as it is filled in, too: the bare key is for what is too long, not for what is wrong.
                let filled_in = template.fill_in(&facts, &words(&facts, separator, Letters::Any, 40));
                assert!(BranchName::parse(filled_in.as_str()).is_ok(), "{filled_in}");
                let name = template.suggest(&facts, separator, Letters::Any, &rules);
                assert!(BranchName::parse(name.as_str()).is_ok() && name.fits(&rules).is_ok(), "{name}");
                assert!(name.as_str().contains(issue.as_str()), "{name}");
            }
        }
    }
}
