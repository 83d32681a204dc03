//! Forms of arguments that several commands share.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;
use std::str::FromStr;

use anyhow::Context as _;
use clap::Args;
use crypto::{GroupReading, open_secret_file};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::failure::Usage;
use crate::operate::administration::{MAX_SEEN_WITHIN_DAYS, Trial, USUAL_SEEN_WITHIN_DAYS};
use model::Timestamp;

/// Largest file or input that is read for one argument, in bytes: many times a certificate bundle of one company, or the
/// longest token.
const MAX_INPUT_BYTES: u64 = 256 << 10;

/// `on` or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

impl Switch {
    pub(super) fn is_on(self) -> bool {
        self == Switch::On
    }
}

/// A time, or a date, which means its first instant in UTC.
pub(super) fn timestamp(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "it has to be 2027-01-31 or 2027-01-31T09:00:00Z".to_owned())
}

/// The same; none where it is empty.
pub(super) fn given_timestamp(text: &str) -> Result<Given<Timestamp>, String> {
    if text.is_empty() { Ok(None) } else { timestamp(text).map(Some) }
}

/// What was given; none where it was empty. (The argument parser reads an option of an option in its own way.)
pub(super) type Given<T> = Option<T>;

pub(super) fn unless_empty<T: FromStr>(text: &str) -> Result<Given<T>, T::Err> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

/// How far back is looked: `90d` or `90`.
pub(super) fn days(text: &str) -> Result<u16, String> {
    let days = text.strip_suffix('d').unwrap_or(text).parse().ok();
    days.filter(|days| (1..=MAX_SEEN_WITHIN_DAYS).contains(days)).ok_or_else(|| {
        format!("it has to be a number of days, up to {MAX_SEEN_WITHIN_DAYS}, as in {USUAL_SEEN_WITHIN_DAYS}d")
    })
}

/// Whether a change is only tried.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct DryRun {
    /// Say what would be and whom it would concern; change nothing
    #[arg(long)]
    dry_run: bool,
    /// Of a dry run: users seen within 30d, 90d, 365d [default: 90d]
    #[arg(long, value_name = "DAYS", value_parser = days, requires = "dry_run")]
    seen_within: Option<u16>,
}

impl DryRun {
    /// None where it is none.
    pub(super) fn trial(self) -> Option<Trial> {
        let within = |seen_within_days| Trial { seen_within_days };
        self.dry_run.then(|| self.seen_within.map_or_else(Trial::default, within))
    }
}

/// `NAME=VALUE`; the value may be empty and may contain `=`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it has to be NAME=VALUE".to_owned()),
    }
}

/// `NAME=@FILE` or `NAME=-`, read from there. Parsed by the command rather than the argument parser, whose errors would
/// repeat a secret that was given where it must not be.
pub(super) fn secret(argument: &str) -> anyhow::Result<(String, SecretString)> {
    let usage = || {
        let text = "a credential is never an argument, which every process on the machine can read: \
                    give --credential NAME=@FILE, or --credential NAME=- for standard input";
        Usage(text.to_owned())
    };
    let (name, source) = pair(argument).map_err(|_| usage())?;
    let value = match source.strip_prefix('@') {
        Some(path) if !path.is_empty() => secret_file(Path::new(path))?,
        None if source == "-" && io::stdin().is_terminal() => {
            return Err(Usage("the terminal would show the secret: pipe it in, or use NAME=@FILE".into()).into());
        }
        None if source == "-" => read(io::stdin().lock()).context("standard input cannot be read")?,
        _ => return Err(usage().into()),
    };
    Ok((name, SecretString::from(value.trim_end_matches(['\r', '\n']))))
}

/// What a file with a secret says, where nobody else can read it. Wiped when dropped.
pub(super) fn secret_file(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let file = open_secret_file(path, GroupReading::OwnGroups)?;
    read(file).with_context(|| format!("{} cannot be read", path.display()))
}

/// The same of a file that anybody may read. Wiped all the same: it may hold a private key by mistake.
pub(super) fn text_file(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let read = File::open(path).map_err(anyhow::Error::from).and_then(read);
    read.with_context(|| format!("{} cannot be read", path.display()))
}

fn read(from: impl Read) -> anyhow::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let length = from.take(MAX_INPUT_BYTES + 1).read_to_string(&mut text)?;
    anyhow::ensure!(length as u64 <= MAX_INPUT_BYTES, "it has more than {MAX_INPUT_BYTES} bytes");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_given_as_an_argument_is_refused_and_not_repeated() {
        for argument in ["token=s3cret", "s3cret", "=s3cret", "token=@", "token="] {
            let error = secret(argument).unwrap_err();
            assert!(error.is::<Usage>() && !format!("{error:#}").contains("s3cret"), "{argument}: {error}");
        }
    }

    #[test]
    fn a_value_may_contain_what_separates_it() {
        assert_eq!(pair("url=https://x/?a=b"), Ok(("url".into(), "https://x/?a=b".into())));
        assert_eq!(pair("url="), Ok(("url".into(), String::new())));
        assert!(pair("=x").is_err() && pair("url").is_err());
    }
}
