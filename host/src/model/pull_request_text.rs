//! What a pull request says: a title made from its issue, and a description put together from the repository's template,
//! the caller's own words and the line by which people find the issue.
//!
//! Pure text. What goes in has been parsed, so nothing here is refused; what is too long is shortened, and that is told.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::text::MAX_DESCRIPTION_BYTES;
use super::{Connector, IssueKey, PullRequestDescription, Title};

/// Longest title made here, in characters: short enough for every git server, for nobody asked for these words in
/// particular. A title that a caller gives is hers to keep within what her git server takes.
const MAX_MADE_TITLE_CHARS: usize = 150;
/// Between two parts of a description: one blank line.
const BETWEEN: &str = "\n\n";
/// Where something was cut off.
const CUT: char = '…';
/// What would end the address of a Markdown link, or begin something else in it.
const ENDS_A_LINK: &AsciiSet = &CONTROLS.add(b' ').add(b'(').add(b')').add(b'<').add(b'>').add(b'\\').add(b'`');

/// The Jira issue a pull request is for, as its description names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueMention {
    key: IssueKey,
    /// Address of its page, in a form that a Markdown link can hold. None where nobody knows it.
    address: Option<String>,
}

/// A description as far as it got, and what had to be left out of it, in sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    pub description: Option<PullRequestDescription>,
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not an http or https address on one of the connector's origins")]
pub struct NotOnTheConnector;

impl IssueMention {
    /// With the address given, which has to be on one of the connector's origins; else with the one Jira gives its issues.
    pub fn new(key: IssueKey, given: Option<&str>, connector: Option<&Connector>) -> Result<Self, NotOnTheConnector> {
        let address = match (given, connector) {
            (Some(given), Some(connector)) => Some(connector.page(given).ok_or(NotOnTheConnector)?.to_string()),
            (Some(_), None) => return Err(NotOnTheConnector),
            (None, connector) => {
                let origin = connector.and_then(|connector| connector.return_origins.first());
                origin.map(|origin| format!("{origin}/browse/{key}"))
            }
        };
        Ok(Self { key, address: address.map(|address| utf8_percent_encode(&address, ENDS_A_LINK).to_string()) })
    }

    pub fn key(&self) -> &IssueKey {
        &self.key
    }

    fn line(&self) -> String {
        match &self.address {
            Some(address) => format!("Jira: [{}]({address})", self.key),
            None => format!("Jira: {}", self.key),
        }
    }

    /// Whether a text names the issue already, and not another one that begins alike.
    fn is_in(&self, text: &str) -> bool {
        let name = self.address.as_deref().unwrap_or(self.key.as_str());
        let goes_on = |char: char| char.is_alphanumeric() || matches!(char, '-' | '_');
        text.match_indices(name)
            .any(|(at, _)| !text[..at].ends_with(goes_on) && !text[at + name.len()..].starts_with(goes_on))
    }
}

impl Title {
    /// `ABC-1 Sign in, please`: the issue's key, and its summary where it is known, on one line.
    pub fn of_issue(key: &IssueKey, summary: Option<&str>) -> Self {
        let is_gap = |char: char| char.is_whitespace() || char.is_control();
        let words = summary.unwrap_or_default().split(is_gap).filter(|word| !word.is_empty());
        let line = std::iter::once(key.as_str()).chain(words).collect::<Vec<_>>().join(" ");
        let title = match line.char_indices().map(|(at, _)| at).nth(MAX_MADE_TITLE_CHARS - 1) {
            Some(last) if line.chars().count() > MAX_MADE_TITLE_CHARS => format!("{}{CUT}", line[..last].trim_end()),
            _ => line,
        };
        Self::parse(title).expect("a key and a bounded line of words are a title")
    }
}

impl PullRequestDescription {
    /// The template, the caller's own words, the issue; none of them twice. Where that is too long, the template is
    /// shortened first, then what the caller wrote, and the issue never.
    pub fn compose(template: Option<&Self>, own: Option<&Self>, issue: Option<&IssueMention>) -> Composed {
        compose(template.map(Self::as_str), own.map(Self::as_str), issue, MAX_DESCRIPTION_BYTES)
    }
}

fn compose(template: Option<&str>, own: Option<&str>, issue: Option<&IssueMention>, max_bytes: usize) -> Composed {
    let own = own.map(part).unwrap_or_default();
    let template = template.map(part).filter(|template| !begins_with(own, template)).unwrap_or_default();
    let line = issue.filter(|issue| !issue.is_in(own)).map(IssueMention::line).unwrap_or_default();

    let kept_own = shortened(own, room_before(&[&line], max_bytes));
    let kept_template = shortened(template, room_before(&[&kept_own, &line], max_bytes));
    let mut notes = Vec::new();
    if kept_template != template {
        notes.push(format!("The repository's template was cut short: a description has at most {max_bytes} bytes."));
    }
    if kept_own != own {
        notes.push(format!("The description was cut short: with the issue it would have more than {max_bytes} bytes."));
    }
    let parts = [kept_template, kept_own, line];
    let text = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(BETWEEN);
    let description = Some(text).filter(|text| !text.is_empty());
    let parsed = |text| PullRequestDescription::parse(text).expect("parts of descriptions are one, within its bounds");
    Composed { description: description.map(parsed), notes }
}

/// Without what would make more, or less, than one blank line of the gap to its neighbours.
fn part(text: &str) -> &str {
    text.trim_end().trim_start_matches(['\r', '\n'])
}

/// Whoever was shown the template sends it back in front, perhaps with the line ends of a browser.
fn begins_with(own: &str, template: &str) -> bool {
    own.replace("\r\n", "\n").starts_with(&template.replace("\r\n", "\n"))
}

/// Bytes left in front of these parts.
fn room_before(parts: &[&str], max_bytes: usize) -> usize {
    let taken = parts.iter().filter(|part| !part.is_empty()).map(|part| part.len() + BETWEEN.len()).sum();
    max_bytes.saturating_sub(taken)
}

/// The text, or as much of its beginning as there is room for, with a mark where it was cut.
fn shortened(text: &str, max_bytes: usize) -> String {
    if text.len() <= max_bytes {
        return text.to_owned();
    }
    let room = max_bytes.saturating_sub(CUT.len_utf8());
    let end = text.floor_char_boundary(room);
    match text[..end].trim_end() {
        "" => String::new(),
        beginning => format!("{beginning}{CUT}"),
    }
}

#[cfg(test)]
mod tests;
