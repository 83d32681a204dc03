//! What a pull request says: a title made from its issue, and a description put together from the repository's template,
//! the caller's own words and the line by which people find the issue.
//!
//! Pure text. What goes in has been parsed, so nothing here is refused; what is too long is shortened, and that is told.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::text::{MAX_DESCRIPTION_BYTES, MAX_TITLE_BYTES};
use super::{Connector, IssueKey, PullRequestDescription, TextLimits, Title};

/// Between two parts of a description: one blank line.
const BETWEEN: &str = "\n\n";
/// Where something was cut off.
const CUT: &str = "…";
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
    /// None where there was nothing to put together.
    pub description: Option<PullRequestDescription>,
    pub notes: Vec<String>,
}

/// Why an address is not taken for an issue's page. Without a connector there is no origin it could be on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not an http or https address on one of the connector's origins")]
pub struct NotOnTheConnector;

/// Why a title is not sent to this git server. Characters are counted in units of UTF-16.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("has at most {max_chars} characters on this git server")]
pub struct TitleTooLong {
    max_chars: u32,
}

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

    /// As the audit log keeps it: the issue, without its address.
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
    /// Whether the git server takes as long a one.
    pub fn fits(&self, limits: &TextLimits) -> Result<(), TitleTooLong> {
        if self.as_str().encode_utf16().count() <= limits.title_chars as usize {
            Ok(())
        } else {
            Err(TitleTooLong { max_chars: limits.title_chars })
        }
    }

    /// `ABC-1 Sign in, please`: the issue's key, and its summary where it is known, on one line. Short enough for every git
    /// server: nobody asked for these words in particular.
    pub fn of_issue(key: &IssueKey, summary: Option<&str>) -> Self {
        let is_gap = |char: char| char.is_whitespace() || char.is_control();
        let words = summary.unwrap_or_default().split(is_gap).filter(|word| !word.is_empty());
        let line = std::iter::once(key.as_str()).chain(words).collect::<Vec<_>>().join(" ");
        let room = Room { units: TextLimits::LEAST.title_chars as usize, bytes: MAX_TITLE_BYTES };
        Self::parse(room.shortened(&line)).expect("a key and a bounded line of words are a title")
    }
}

impl PullRequestDescription {
    /// The template, the caller's own words, the issue; none of them twice. Where that is more than the git server takes, the
    /// template is shortened first, then what the caller wrote, and the issue never.
    pub fn compose(
        template: Option<&Self>,
        own: Option<&Self>,
        issue: Option<&IssueMention>,
        limits: &TextLimits,
    ) -> Composed {
        compose(template.map(Self::as_str), own.map(Self::as_str), issue, Room::of(limits))
    }
}

fn compose(template: Option<&str>, own: Option<&str>, issue: Option<&IssueMention>, room: Room) -> Composed {
    let own = own.map(part).unwrap_or_default();
    let template = template.map(part).filter(|template| !begins_with(own, template)).unwrap_or_default();
    let line = issue.filter(|issue| !issue.is_in(own)).map(IssueMention::line).unwrap_or_default();

    let kept_own = room.before(&[&line]).shortened(own);
    let kept_template = room.before(&[&kept_own, &line]).shortened(template);
    let mut notes = Vec::new();
    if kept_template != template {
        notes.push("The repository's template was cut short: a description has no room for all of it.".to_owned());
    }
    if kept_own != own {
        notes.push("The description was cut short: the git server takes no longer one.".to_owned());
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

/// What there is room for. Characters are counted in units of UTF-16, of which one has one or two, so that a text fits
/// whichever way a git server counts.
#[derive(Debug, Clone, Copy)]
struct Room {
    units: usize,
    bytes: usize,
}

impl Room {
    fn of(limits: &TextLimits) -> Self {
        Self { units: limits.description_chars as usize, bytes: MAX_DESCRIPTION_BYTES }
    }

    /// What is left in front of these parts.
    fn before(self, parts: &[&str]) -> Self {
        let given = parts.iter().filter(|part| !part.is_empty());
        given.fold(self, |room, part| room.without(part).without(BETWEEN))
    }

    fn without(self, text: &str) -> Self {
        let units = self.units.saturating_sub(text.encode_utf16().count());
        Self { units, bytes: self.bytes.saturating_sub(text.len()) }
    }

    fn holds(self, text: &str) -> bool {
        text.len() <= self.bytes && text.encode_utf16().count() <= self.units
    }

    /// The text, or as much of its beginning as there is room for, with a mark where it was cut.
    fn shortened(self, text: &str) -> String {
        if self.holds(text) {
            return text.to_owned();
        }
        let mut left = self.without(CUT);
        let beyond = text.char_indices().find(|(_, char)| {
            let fits = left.units >= char.len_utf16() && left.bytes >= char.len_utf8();
            left = Self {
                units: left.units.saturating_sub(char.len_utf16()),
                bytes: left.bytes.saturating_sub(char.len_utf8()),
            };
            !fits
        });
        let end = beyond.map_or(text.len(), |(at, _)| at);
        match text[..end].trim_end() {
            "" => String::new(),
            beginning => format!("{beginning}{CUT}"),
        }
    }
}

#[cfg(test)]
mod tests;
