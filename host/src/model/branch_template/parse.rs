//! Reading a template: text, and variables in `${…}`.

/// Longest template, in bytes: room for a mapping of thirty issue types.
const MAX_TEMPLATE_BYTES: usize = 1024;
/// The issue type that stands for all that are not named.
const OTHERS: &str = "default";

/// Why a text is no template. Positions count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("a template has at most {max} bytes; this one has {got}")]
    TooLong { max: usize, got: usize },
    #[error("a template has to contain ${{issuekey}}: Jira finds the branch by it")]
    NoIssueKey,
    #[error(
        "character {at}: {found:?} cannot stand in a branch name here; letters, digits, `/`, `-`, `_` and `.` can, and variables as in ${{issuekey}}"
    )]
    Text { at: usize, found: char },
    #[error("character {at}: the variable that starts here is not closed with `}}`")]
    Unclosed { at: usize },
    #[error(
        "character {at}: there is no such variable; there are ${{issuekey}}, ${{summary}}, ${{projectkey}}, ${{basebranch}}, ${{issuetype}} and ${{issuetype:Story=feature,default=task}}"
    )]
    UnknownVariable { at: usize },
    #[error(
        "character {at}: issue types are mapped as in ${{issuetype:Story=feature,Bug=bugfix,default=task}}, each type once"
    )]
    Mapping { at: usize },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(String),
    IssueKey,
    ProjectKey,
    Summary,
    BaseBranch,
    IssueType,
    MappedType(TypeMap),
}

/// Issue types and the text each stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypeMap(Vec<(String, String)>);

impl TypeMap {
    /// The text for a type; for one that is not named, or none, the default, which may be empty.
    pub(super) fn get(&self, issue_type: Option<&str>) -> &str {
        let named = |name: &str| self.0.iter().find(|(known, _)| known == name);
        let found = issue_type.and_then(named).or_else(|| named(OTHERS));
        found.map_or("", |(_, text)| text)
    }
}

pub(super) fn template(template: &str) -> Result<Vec<Piece>, TemplateError> {
    if template.len() > MAX_TEMPLATE_BYTES {
        return Err(TemplateError::TooLong {
            max: MAX_TEMPLATE_BYTES,
            got: template.len(),
        });
    }
    let mut pieces = Vec::new();
    let (mut rest, mut at) = (template, 1);
    while !rest.is_empty() {
        let (literal, variable) = rest.split_at(rest.find("${").unwrap_or(rest.len()));
        if !literal.is_empty() {
            pieces.push(Piece::Literal(text(literal, at)?));
            at += literal.chars().count();
        }
        rest = variable;
        if let Some(opened) = variable.strip_prefix("${") {
            let (inside, after) = opened.split_once('}').ok_or(TemplateError::Unclosed { at })?;
            pieces.push(self::variable(inside, at)?);
            at += inside.chars().count() + "${}".len();
            rest = after;
        }
    }
    match pieces.contains(&Piece::IssueKey) {
        true => Ok(pieces),
        false => Err(TemplateError::NoIssueKey),
    }
}

fn text(literal: &str, at: usize) -> Result<String, TemplateError> {
    let refused = |char: &char| !char.is_alphanumeric() && !matches!(char, '/' | '-' | '_' | '.');
    match literal.chars().enumerate().find(|(_, char)| refused(char)) {
        None => Ok(literal.to_owned()),
        Some((index, found)) => Err(TemplateError::Text { at: at + index, found }),
    }
}

/// What stands between `${`, which is at `at`, and `}`.
fn variable(inside: &str, at: usize) -> Result<Piece, TemplateError> {
    if let Some(entries) = inside.strip_prefix("issuetype:") {
        return types(entries, at + "${issuetype:".len()).map(Piece::MappedType);
    }
    Ok(match inside {
        "issuekey" => Piece::IssueKey,
        "projectkey" => Piece::ProjectKey,
        "summary" => Piece::Summary,
        "basebranch" => Piece::BaseBranch,
        "issuetype" => Piece::IssueType,
        _ => return Err(TemplateError::UnknownVariable { at }),
    })
}

fn types(entries: &str, mut at: usize) -> Result<TypeMap, TemplateError> {
    let mut types: Vec<(String, String)> = Vec::new();
    for entry in entries.split(',') {
        let (name, value) = entry.split_once('=').ok_or(TemplateError::Mapping { at })?;
        let value_at = at + name.chars().count() + "=".len();
        let name = name.trim();
        if name.is_empty() || types.iter().any(|(known, _)| known == name) {
            return Err(TemplateError::Mapping { at });
        }
        types.push((name.to_owned(), text(value, value_at)?));
        at += entry.chars().count() + ",".len();
    }
    Ok(TypeMap(types))
}
