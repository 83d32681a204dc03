//! Versions of the API: how a request names one, and the newest a server speaks.

use std::fmt;

use crate::standin::message::Request;

/// `7.1`, major and minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion(pub u8, pub u8);

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// The newest versions of one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newest {
    pub released: ApiVersion,
    /// Spoken with `-preview` only, where it is newer than the released one.
    pub preview: ApiVersion,
}

/// Releases of the server, by year and update.
const RELEASES: &[(&str, ApiVersion)] = &[
    ("2015", ApiVersion(2, 0)),
    ("2015.1", ApiVersion(2, 1)),
    ("2015.2", ApiVersion(2, 2)),
    ("2015.3", ApiVersion(2, 3)),
    ("2015.4", ApiVersion(2, 3)),
    ("2017", ApiVersion(3, 0)),
    ("2017.1", ApiVersion(3, 1)),
    ("2017.2", ApiVersion(3, 2)),
    ("2018", ApiVersion(4, 0)),
    ("2018.2", ApiVersion(4, 1)),
    ("2019", ApiVersion(5, 0)),
    ("2019.1", ApiVersion(5, 1)),
    ("2020", ApiVersion(6, 0)),
    ("2022", ApiVersion(7, 0)),
    ("2022.1", ApiVersion(7, 1)),
];

impl Newest {
    /// Of the hosted service.
    pub const HOSTED: Newest = Newest { released: ApiVersion(7, 1), preview: ApiVersion(7, 2) };

    pub(super) fn of_release(release: &str) -> Option<Newest> {
        let (_, released) = RELEASES.iter().find(|(name, _)| *name == release)?;
        // The one release that is known to speak a preview beyond what it released.
        let preview = if release == "2020" { ApiVersion(6, 1) } else { *released };
        Some(Newest { released: *released, preview })
    }
}

/// A version as a request names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) version: ApiVersion,
    pub(super) preview: bool,
}

impl Asked {
    /// Reads `7.1`, `7`, `7.1-preview` and `7.1-preview.2`.
    pub(super) fn parse(text: &str) -> Option<Asked> {
        let (number, stage) = match text.split_once('-') {
            Some((number, stage)) => (number, Some(stage)),
            None => (text, None),
        };
        let preview = match stage.map(|stage| stage.split_once('.').unwrap_or((stage, "1"))) {
            None => false,
            Some((stage, resource)) if stage.eq_ignore_ascii_case("preview") => {
                resource.parse::<u8>().ok()?;
                true
            }
            Some(_) => return None,
        };
        let (major, minor) = number.split_once('.').unwrap_or((number, "0"));
        Some(Asked { version: ApiVersion(major.parse().ok()?, minor.parse().ok()?), preview })
    }
}

/// The version a request names, in the query or as a parameter of what it accepts.
pub(super) fn asked_version(request: &Request) -> Option<String> {
    let in_query = || {
        let pairs = request.query_pairs().into_iter();
        pairs.filter(|(name, _)| name.eq_ignore_ascii_case("api-version")).map(|(_, version)| version).next_back()
    };
    let in_accept = || {
        let parameters = request.header("accept")?.split([';', ',']);
        let mut versions = parameters.filter_map(|parameter| parameter.trim().strip_prefix("api-version="));
        versions.next().map(str::to_owned)
    };
    in_query().or_else(in_accept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_version_is_read() {
        let asked = |major, minor, preview| Some(Asked { version: ApiVersion(major, minor), preview });
        for (text, expected) in [
            ("7.1", asked(7, 1, false)),
            ("2", asked(2, 0, false)),
            ("7.1-preview", asked(7, 1, true)),
            ("5.0-preview.1", asked(5, 0, true)),
            ("7.1-beta", None),
            ("7.1-preview.x", None),
            ("seven", None),
            ("", None),
        ] {
            assert_eq!(Asked::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn later_releases_speak_newer_versions() {
        assert!(RELEASES.is_sorted_by_key(|(_, version)| *version));
        assert!(Newest::of_release("2013").is_none());
    }
}
