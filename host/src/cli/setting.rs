//! One setting by its name, however it was given: what its flag would say of a value is said of it in the environment and in
//! the file, too.

use std::error::Error as _;
use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Args as _, Command, FromArgMatches as _};

use crate::config::Settings;

/// What settings were called before, by what they are called.
const FORMERLY: [(&str, &str); 1] = [("daemon_proxy", "proxy")];

/// What it was called before, if it was called otherwise.
pub(super) fn former_name(setting: &str) -> Option<&'static str> {
    FORMERLY.into_iter().find(|(name, _)| *name == setting).map(|(_, formerly)| formerly)
}

/// Reads a value as if the setting's flag had it, or says why it cannot be one.
pub(super) fn read(setting: &str, value: &OsStr) -> Result<Settings, String> {
    let mut argument = OsString::from(format!("--{}=", setting.replace('_', "-")));
    argument.push(value);
    let parser = Settings::augment_args(Command::new("").no_binary_name(true).disable_help_flag(true));
    let read = parser.try_get_matches_from([argument]).and_then(|matches| Settings::from_arg_matches(&matches));
    read.map_err(|error| if value.is_empty() { "it is empty".to_owned() } else { why(&error) })
}

/// Without the flag, which nobody gave.
fn why(error: &Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    match (error.kind(), error.source(), text(ContextKind::ValidValue)) {
        (ErrorKind::ValueValidation, Some(source), _) => format!("it is {value:?}, and {source}"),
        (ErrorKind::InvalidUtf8, ..) => "it is not UTF-8".to_owned(),
        (.., Some(valid)) => format!("it is {value:?}, and has to be one of {valid}"),
        _ => error.kind().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_value_is_none_is_said_in_words_of_the_setting() {
        let refused = |setting: &str, value: &str| read(setting, OsStr::new(value)).unwrap_err();
        for (setting, value, expected) in [
            ("listen", "nonsense", "it is \"nonsense\", and has to be an address and a port, such as 127.0.0.1:8080"),
            ("clock_leeway", "soon", "it is \"soon\", and a leeway for clocks has 0 to 300 seconds"),
            ("clock_leeway", "301", "it is \"301\", and a leeway for clocks has 0 to 300 seconds"),
            ("log", "xml", "it is \"xml\", and has to be one of text, json"),
            ("log_level", "loud", "it is \"loud\", and has to be one of error, warn, info, debug"),
            ("data_dir", "", "it is empty"),
            ("log", "", "it is empty"),
        ] {
            assert_eq!(refused(setting, value), expected, "{setting}");
        }
    }
}
