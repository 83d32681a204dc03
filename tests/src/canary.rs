//! Secrets of a known shape, looked for wherever they must not be, in every encoding that the host redacts, and in the memory of every
//! guest as its call ends.

mod memories;

use std::fs;
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

pub use self::memories::Memories;

/// A secret that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub secret: &'static str,
    /// What it was written in.
    pub encoding: &'static str,
    /// Where it begins, in bytes.
    pub at: usize,
}

/// Finds secrets in all encodings at once.
pub struct Search {
    automaton: AhoCorasick,
    /// What each pattern of it is.
    patterns: Vec<(&'static str, &'static str)>,
}

impl Search {
    /// For these.
    pub fn of(secrets: impl IntoIterator<Item = &'static str>) -> Self {
        let mut patterns = Vec::new();
        let mut texts = Vec::new();
        for secret in secrets {
            for (encoding, text) in encodings(secret) {
                patterns.push((secret, encoding));
                texts.push(text);
            }
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(texts).expect("patterns");
        Self { automaton, patterns }
    }

    /// The first that stands in it.
    pub fn find(&self, bytes: &[u8]) -> Option<Found> {
        let found = self.automaton.find(bytes)?;
        let (secret, encoding) = self.patterns[found.pattern().as_usize()];
        Some(Found { secret, encoding, at: found.start() })
    }
}

/// A secret as it may be written, each with what that is called. Of base64, which depends on what stands before, what it has in common.
pub fn encodings(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let each = |write: &dyn Fn(u8) -> String| secret.bytes().map(write).collect::<String>().into_bytes();
    let mut all = vec![
        ("plain", secret.as_bytes().to_vec()),
        ("percent, lower case", each(&|byte| format!("%{byte:02x}"))),
        ("percent, upper case", each(&|byte| format!("%{byte:02X}"))),
        ("JSON", each(&|byte| format!("\\u{byte:04x}"))),
        ("JSON, upper case", each(&|byte| format!("\\u{byte:04X}"))),
        ("HTML, decimal", each(&|byte| format!("&#{byte};"))),
        ("HTML, hexadecimal", each(&|byte| format!("&#x{byte:x};"))),
        ("hexadecimal, lower case", each(&|byte| format!("{byte:02x}"))),
        ("hexadecimal, upper case", each(&|byte| format!("{byte:02X}"))),
        ("UTF-16, little end first", secret.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16, big end first", secret.encode_utf16().flat_map(u16::to_be_bytes).collect()),
    ];
    for before in 0..3 {
        let bytes = [&vec![0; before][..], secret.as_bytes()].concat();
        let (first, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        for (name, text) in
            [("base64", STANDARD_NO_PAD.encode(&bytes)), ("base64, for addresses", URL_SAFE_NO_PAD.encode(&bytes))]
        {
            all.push((name, text.as_bytes()[first..end].to_vec()));
        }
    }
    all
}

/// All files below a directory, each by its name, with what is in it.
///
/// # Panics
/// Where one cannot be read.
pub fn files_below(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path());
    let of = |path: PathBuf| {
        if path.is_dir() {
            return files_below(&path);
        }
        vec![(path.display().to_string(), fs::read(&path).expect("a file"))]
    };
    entries.flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_every_encoding_and_at_every_place() {
        let secret = "ghp_StandIn0123456789/abc?d~e";
        let search = Search::of([secret]);
        for (encoding, text) in encodings(secret) {
            for before in [&b""[..], b"x", b"Authorization: ", b"\0\0\0"] {
                let found =
                    search.find(&[before, &text, b" and more"].concat()).unwrap_or_else(|| panic!("{encoding}"));
                // A zero before one order of UTF-16 begins the other.
                assert!(found.secret == secret && found.at <= before.len(), "{found:?}");
            }
        }
        for before in ["", "a:", "user:", "x-access-token:", "::::"] {
            for after in ["", "x", "xy"] {
                let text = STANDARD_NO_PAD.encode(format!("{before}{secret}{after}"));
                assert!(search.find(text.as_bytes()).is_some(), "{text}");
            }
        }
        assert_eq!(search.find(b"ghp_StandIn0123456789/abc?d~"), None);
    }
}
