//! What the configuration file says: TOML, with a value for each setting that it names. A misspelt name is an error, not a
//! default.

use std::fs;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue, Error};

use super::setting::{former_name, read};
use crate::config::{SETTINGS, Settings};

/// Settings that are numbers in the file; the others are texts.
const NUMBERS: [&str; 1] = ["clock_leeway"];

/// What it says.
#[derive(Debug, Default)]
pub(super) struct ConfigFile {
    pub settings: Settings,
    /// Names of the settings it has.
    pub has: Vec<&'static str>,
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
        let text =
            fs::read_to_string(path).map_err(|source| FileError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text).map_err(|reason| FileError::Malformed { path: path.to_owned(), reason })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let table = DeTable::parse(text).map_err(|error| unparsed(&error, text))?;
        let mut file = Self::default();
        for (name, value) in table.into_inner() {
            let at = line(text, name.span().start);
            file.take(&name, &value).map_err(|what| format!("line {at}: {what}"))?;
        }
        Ok(file)
    }

    fn take(&mut self, name: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) -> Result<(), String> {
        let name = name.get_ref().as_ref();
        let is_called = |setting: &&str| *setting == name || former_name(setting) == Some(name);
        let setting = SETTINGS
            .into_iter()
            .find(is_called)
            .ok_or_else(|| format!("no setting is called `{name}`; those there are: {}", SETTINGS.join(", ")))?;
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
        Some(span) => format!("line {}: {message}", line(text, span.start)),
        None => message,
    }
}

/// Counted from 1.
fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
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
    fn a_former_name_is_taken_and_told_and_never_beside_the_present_one() {
        let file = ConfigFile::parse("proxy = \"http://a:1\"").unwrap();
        assert_eq!(file.settings.daemon_proxy.as_deref(), Some("http://a:1"));
        assert_eq!((file.has, file.formerly), (vec!["daemon_proxy"], vec![("proxy", "daemon_proxy")]));
        let both = refused("daemon_proxy = \"http://a:1\"\nproxy = \"http://b:1\"");
        assert_eq!(both, "line 2: `proxy` is another name of `daemon_proxy`, which the file has too");
    }
}
