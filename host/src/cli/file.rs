//! What the configuration file says: TOML, with a value for each setting that it names. A misspelt name is an error, not a
//! default.

use std::fs;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue, Error};

use super::setting::{former_name, read};
use crate::config::{SETTINGS, Settings};
use crate::operate::Rates;
use model::LimitError;
use sandbox::Limits;

/// The table of what calls of providers may use.
const LIMITS: &str = "limits";
/// Settings that are numbers in the file; the others are texts.
const NUMBERS: [&str; 1] = ["clock_leeway"];

/// What it says.
#[derive(Debug, Default)]
pub(super) struct ConfigFile {
    pub settings: Settings,
    /// Names of the settings it has.
    pub has: Vec<&'static str>,
    /// Names of the limits it has.
    pub limits: Vec<String>,
    /// Names it has that settings were called by before, each with what it is called now.
    pub formerly: Vec<(&'static str, &'static str)>,
}

/// Why it says nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    /// The system says why.
    #[error("the configuration file {path} cannot be read", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Not TOML, or a name or value that is none.
    #[error("the configuration file {path} is not right: {reason}", path = path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Where, and what.
        reason: String,
    },
}

impl ConfigFile {
    pub(super) fn read(path: &Path) -> Result<Self, FileError> {
        let bytes = fs::read(path).map_err(|source| FileError::Unreadable { path: path.to_owned(), source })?;
        let text = str::from_utf8(&bytes).map_err(|error| {
            let line = line(&bytes, error.valid_up_to());
            format!("line {line}: there is something else than UTF-8 in it, in which such a file is written")
        });
        text.and_then(Self::parse).map_err(|reason| FileError::Malformed { path: path.to_owned(), reason })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let table = DeTable::parse(text).map_err(|error| unparsed(&error, text))?;
        let mut file = Self::default();
        for (name, value) in table.into_inner() {
            let at = |name: &Spanned<DeString<'_>>| line(text.as_bytes(), name.span().start);
            match value.get_ref() {
                DeValue::Table(limits) if name.get_ref() == LIMITS => {
                    for (name, value) in limits {
                        let at = at(name);
                        file.limit(name, value).map_err(|what| format!("line {at}: {what}"))?;
                    }
                }
                _ if name.get_ref() == LIMITS => {
                    return Err(format!(
                        "line {}: `{LIMITS}` has to be a table, which begins with [{LIMITS}]",
                        at(&name)
                    ));
                }
                _ => {
                    let at = at(&name);
                    file.take(&name, &value).map_err(|what| format!("line {at}: {what}"))?;
                }
            }
        }
        let limits = file.settings.limits.unwrap_or_default();
        if let Some((inner, outer)) = limits.contradiction() {
            let shown = |name| limits.get(name).unwrap_or_default();
            return Err(format!(
                "the limit `{inner}` ({}) allows more than `{outer}` ({}) lets through: raise that, or lower this one",
                shown(inner),
                shown(outer)
            ));
        }
        Ok(file)
    }

    fn limit(&mut self, name: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) -> Result<(), String> {
        let name = name.get_ref().as_ref();
        let wrong = |why: &str| format!("the limit `{name}` cannot be used: {why}");
        if SETTINGS.contains(&name) {
            return Err(format!("`{name}` is a setting and no limit: it has to stand before [{LIMITS}]"));
        }
        let DeValue::Integer(number) = value.get_ref() else {
            return Err(wrong("it has to be a whole number, without quotation marks"));
        };
        let number = i128::from_str_radix(number.as_str(), number.radix()).ok();
        // What is beyond all numbers is beyond what each can be.
        let number = number.and_then(|number| u32::try_from(number).ok()).unwrap_or(u32::MAX);
        let (mut limits, mut rates) =
            (self.settings.limits.unwrap_or_default(), self.settings.rates.unwrap_or_default());
        let set = limits.set(name, number).or_else(|error| match error {
            LimitError::Unknown => rates.set(name, number),
            LimitError::Beyond { .. } => Err(error),
        });
        set.map_err(|error| match error {
            LimitError::Unknown => format!("no limit is called `{name}`; those there are: {}", names_of_limits()),
            LimitError::Beyond { .. } => wrong(&error.to_string()),
        })?;
        (self.settings.limits, self.settings.rates) = (Some(limits), Some(rates));
        self.limits.push(name.to_owned());
        Ok(())
    }

    fn take(&mut self, name: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) -> Result<(), String> {
        let name = name.get_ref().as_ref();
        let is_called = |setting: &&str| *setting == name || former_name(setting) == Some(name);
        let setting = SETTINGS.into_iter().find(is_called).ok_or_else(|| {
            format!("no setting is called `{name}`; those there are: {}, and the table `{LIMITS}`", SETTINGS.join(", "))
        })?;
        if self.has.contains(&setting) {
            return Err(format!("`{name}` is another name of `{setting}`, which the file has too"));
        }
        let value = plain(setting, value.get_ref()).map_err(|why| format!("`{name}` cannot be used: {why}"))?;
        let read = read(setting, value.as_ref()).map_err(|why| format!("`{name}` cannot be used: {why}"))?;
        self.settings = std::mem::take(&mut self.settings).or(read);
        self.has.push(setting);
        self.formerly.extend(former_name(setting).filter(|formerly| *formerly == name).map(|name| (name, setting)));
        Ok(())
    }
}

fn names_of_limits() -> String {
    Limits::ALL.iter().chain(Rates::ALL).map(|limit| limit.name).collect::<Vec<_>>().join(", ")
}

/// As it would stand behind the setting's flag.
fn plain(setting: &str, value: &DeValue<'_>) -> Result<String, &'static str> {
    match (value, NUMBERS.contains(&setting)) {
        (DeValue::String(text), false) => Ok(text.to_string()),
        (DeValue::Integer(number), true) => {
            let number = i128::from_str_radix(number.as_str(), number.radix());
            number.map(|number| number.to_string()).map_err(|_| "it is no number that could be one")
        }
        (_, false) => Err("it has to be a text, in quotation marks"),
        (_, true) => Err("it has to be a whole number, without quotation marks"),
    }
}

/// On one line, unlike the parser's own way of showing the place.
fn unparsed(error: &Error, text: &str) -> String {
    let message = error.message().replace('\n', ", ");
    match error.span() {
        Some(span) => format!("line {}: {message}", line(text.as_bytes(), span.start)),
        None => message,
    }
}

/// Counted from 1.
fn line(text: &[u8], at: usize) -> usize {
    text.iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let refused = ConfigFile::parse(text).unwrap_err();
        assert!(!refused.contains('\n'), "{refused}");
        refused
    }

    #[test]
    fn a_misspelt_setting_is_an_error_that_names_its_line_and_present_names_only() {
        let message = refused("log = \"text\"\nlisten_on = \"0.0.0.0:80\"");
        assert!(
            message.starts_with("line 2: no setting is called `listen_on`; those there are: listen, "),
            "{message}"
        );
        assert!(!message.contains(" proxy,") && message.contains(" daemon_proxy,"), "{message}");
        assert!(refused("log = \"text\"\nlog = \"json\"").starts_with("line 2: duplicate key"));
        assert!(refused("log = \"text\"\nlisten = 0.0.0.0").starts_with("line 2: "));
    }

    #[test]
    fn every_value_is_judged_as_its_flag_would_be() {
        for setting in SETTINGS {
            let is_empty = ConfigFile::parse(&format!("{setting} = \"\""));
            // To say that there is no proxy is to say something; an address is judged with the whole.
            let may_be = ["daemon_proxy", "public_url"].contains(&setting);
            assert_eq!(is_empty.is_ok(), may_be, "{setting}: {is_empty:?}");
            assert_eq!(read(setting, "".as_ref()).is_ok(), may_be, "{setting}");
        }
        for (text, expected) in [
            ("data_dir = \"\"", "line 1: `data_dir` cannot be used: it is empty"),
            ("data_dir = 7", "line 1: `data_dir` cannot be used: it has to be a text, in quotation marks"),
            ("log = [[]]", "line 1: `log` cannot be used: it has to be a text, in quotation marks"),
            (
                "\n\nclock_leeway = 301",
                "line 3: `clock_leeway` cannot be used: it is \"301\", and a leeway for clocks has 0 to 300 seconds",
            ),
            (
                "clock_leeway = -1",
                "line 1: `clock_leeway` cannot be used: it is \"-1\", and a leeway for clocks has 0 to 300 seconds",
            ),
            (
                "clock_leeway = \"9\"",
                "line 1: `clock_leeway` cannot be used: it has to be a whole number, without quotation marks",
            ),
            (
                "listen = \"8080\"",
                "line 1: `listen` cannot be used: it is \"8080\", and has to be an address and a port, such as 127.0.0.1:8080",
            ),
        ] {
            assert_eq!(refused(text), expected);
        }
        let file = ConfigFile::parse("clock_leeway = 0x1_0\ndata_dir = \"a\"").unwrap();
        assert_eq!(u64::from(file.settings.clock_leeway.unwrap()), 16);
        assert_eq!(file.has, ["clock_leeway", "data_dir"]);
    }

    #[test]
    fn limits_are_whole_numbers_in_a_table_of_their_own() {
        let text = "log = \"json\"\n[limits]\nrequests = 7\ncpu_ms = 1_000\ntokens_a_minute = 3";
        let file = ConfigFile::parse(text).unwrap();
        let (limits, rates) = (file.settings.limits.unwrap(), file.settings.rates.unwrap());
        assert_eq!((limits.requests, limits.cpu_ms, limits.calls), (7, 1000, 500));
        assert_eq!((rates.tokens_a_minute, rates.user_a_minute), (3, 1000));
        assert_eq!(file.limits, ["cpu_ms", "requests", "tokens_a_minute"]);
        for (text, expected) in [
            ("[limits]\nrequests = 0", "line 2: the limit `requests` cannot be used: it can be 1 to 10000"),
            ("[limits]\ncalls = -1", "line 2: the limit `calls` cannot be used: it can be 1 to 5000"),
            ("limits.calls = 99999999999", "line 1: the limit `calls` cannot be used: it can be 1 to 5000"),
            (
                "[limits]\nrequests = \"7\"",
                "line 2: the limit `requests` cannot be used: it has to be a whole number, without quotation marks",
            ),
            ("limits = 7", "line 1: `limits` has to be a table, which begins with [limits]"),
            (
                "log = \"json\"\n[[limits]]\nrequests = 7",
                "line 2: `limits` has to be a table, which begins with [limits]",
            ),
            ("[limits]\nlog = \"json\"", "line 2: `log` is a setting and no limit: it has to stand before [limits]"),
            (
                "[limits]\nmemory_of_all_mib = 64\nmemory_mib = 65",
                "the limit `memory_mib` (65) allows more than `memory_of_all_mib` (64) lets through: raise that, or lower",
            ),
            (
                "[limits]\nreply_mib = 512",
                "the limit `reply_mib` (512) allows more than `memory_mib` (64) lets through",
            ),
            ("[limits]\nrequest = 7", "line 2: no limit is called `request`; those there are: calls, call_s, "),
        ] {
            assert!(refused(text).starts_with(expected), "{}", refused(text));
        }
    }

    #[test]
    fn a_former_name_is_taken_and_told_and_never_beside_the_present_one() {
        let file = ConfigFile::parse("proxy = \"http://a:1\"").unwrap();
        assert_eq!(file.settings.daemon_proxy.as_deref(), Some("http://a:1"));
        assert_eq!((file.has, file.formerly), (vec!["daemon_proxy"], vec![("proxy", "daemon_proxy")]));
        let both = refused("daemon_proxy = \"http://a:1\"\nproxy = \"http://b:1\"");
        assert_eq!(both, "line 2: `proxy` is another name of `daemon_proxy`, which the file has too");
    }
}
