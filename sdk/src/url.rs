//! URLs by construction: a base someone configured, then escaped segments and query pairs.
//!
//! Names of repositories and branches come from users and servers. They enter a URL only through [`Url::segment`],
//! [`Url::path`] and [`Url::query`], which escape everything but unreserved characters, so that no name can become
//! another path. This file must not offer a way to append raw text.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::types::{Failure, FailureReason};

/// RFC 3986's unreserved characters pass; all else is escaped.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A space in a URL: names of folders and collections have them.
const SPACE: &str = "%20";
/// Longest base URL taken from a setting, in bytes.
const MAX_BASE_BYTES: usize = 512;
/// How an address begins at which everything is encrypted.
pub(crate) const ENCRYPTED: &str = "https://";
/// And one at which nothing is.
pub(crate) const UNENCRYPTED: &str = "http://";

/// `http(s)://host[:port][/path]`, normalised: lower-case host, no default port, no trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
    path: String,
}

impl BaseUrl {
    /// Reads a base URL as an administrator types it.
    ///
    /// # Errors
    /// One sentence for a form: what is wrong and what would be right. User names, queries, fragments, escapes (but for
    /// that of a space, which may stand as it is) and dot segments are refused; so is a host that is not ASCII (it has
    /// an `xn--` form).
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.len() > MAX_BASE_BYTES {
            return Err("The address is longer than 512 bytes.");
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => ("https", rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => ("http", rest),
            _ => return Err("The address must begin with `https://` (or `http://`)."),
        };
        let (authority, path) = split_before(rest, rest.find('/'));
        let path = path.trim_end_matches('/').replace(' ', SPACE);
        if !is_plain_path(&path) {
            return Err("The address may have only plain path segments after the host: no `?`, `#`, `%` or `..`.");
        }
        Ok(Self { origin: format!("{scheme}://{}", authority_of(scheme, authority)?), path })
    }

    /// Scheme, host and port, as the contract's `origin.url`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The path, empty or with a leading and without a trailing slash.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same origin under another path of the provider's own: empty, or `/api/v3`.
    pub fn with_path(&self, path: &'static str) -> Self {
        Self { origin: self.origin.clone(), path: path.to_owned() }
    }

    /// Starts a URL below this base.
    pub fn url(&self) -> Url {
        Url { text: format!("{}{}", self.origin, self.path), has_query: false, refused: None }
    }
}

/// A URL being built. A part that cannot be put into a path is remembered, and the request is never sent.
#[derive(Clone, Debug)]
#[must_use]
pub struct Url {
    text: String,
    has_query: bool,
    refused: Option<String>,
}

impl Url {
    /// Appends one path segment; a slash in it is escaped.
    pub fn segment(mut self, segment: &str) -> Self {
        // Escaping cannot save these: `%2e%2e` is still a step up to a URL parser.
        if matches!(segment, "" | "." | "..") {
            self.refused.get_or_insert_with(|| segment.to_owned());
        }
        self.text.push('/');
        self.text.extend(utf8_percent_encode(segment, ESCAPED));
        self
    }

    /// Appends several segments.
    pub fn segments<'a>(self, segments: impl IntoIterator<Item = &'a str>) -> Self {
        segments.into_iter().fold(self, Self::segment)
    }

    /// Appends a name whose slashes are the server's path separators too, as in `git/ref/heads/feature/x`.
    pub fn path(self, name: &str) -> Self {
        self.segments(name.split('/'))
    }

    /// Appends a query pair.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.text.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        self.text.extend(utf8_percent_encode(name, ESCAPED));
        self.text.push('=');
        self.text.extend(utf8_percent_encode(value, ESCAPED));
        self
    }

    /// The text to send.
    ///
    /// # Errors
    /// `name-invalid` where a segment was empty, `.` or `..`.
    pub fn finish(self) -> Result<String, Failure> {
        match self.refused {
            None => Ok(self.text),
            Some(part) => Err(Failure::new(
                FailureReason::NameInvalid,
                format!("A name with the part `{part}` between slashes cannot be asked for."),
            )),
        }
    }
}

/// The first value of a query pair of `url`, unescaped; none where it is absent or not UTF-8.
pub fn query_value(url: &str, name: &str) -> Option<String> {
    let query = url.split('#').next()?.split_once('?')?.1;
    let (_, value) = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?;
    percent_decode_str(value).decode_utf8().ok().map(String::from)
}

/// Pairs as a form's body.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| utf8_percent_encode(text, ESCAPED).to_string().replace("%20", "+");
    fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect::<Vec<_>>().join("&")
}

/// Where `location` leads from a request to `from`, if that is the same origin; anything doubtful is none.
pub(crate) fn same_origin_target(from: &str, location: &str) -> Option<String> {
    let origin = origin_of(from)?;
    let target = absolute(&origin, location)?;
    (origin_of(&target)? == origin).then_some(target)
}

/// The URL that `location` is for who asked something of `origin`, without a fragment; anything doubtful is none.
pub(crate) fn absolute(origin: &str, location: &str) -> Option<String> {
    let (location, _) = split_before(location, location.find('#'));
    let before = match location.strip_prefix('/') {
        Some(rest) if rest.starts_with('/') => split_before(origin, origin.find('/')).0,
        Some(_) => origin,
        None => "",
    };
    let is_plain = location.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    is_plain.then(|| format!("{before}{location}"))
}

/// Whether a URL's path is below that of another of the same origin, however a server reads it.
pub(crate) fn lies_below(url: &str, above: &str) -> bool {
    let path = |url| path_of(url).trim_end_matches('/').to_ascii_lowercase();
    let (path, above) = (path(url), path(above));
    let leads_up = path.split('/').any(|segment| matches!(segment.replace("%2e", ".").as_str(), "." | ".."));
    !leads_up && path.strip_prefix(&above).is_some_and(|rest| rest.starts_with('/'))
}

/// What stands after scheme, host and port of a URL, but for query and fragment.
pub(crate) fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let (rest, _) = split_before(rest, rest.find(['?', '#']));
    split_before(rest, rest.find('/')).1
}

/// Scheme, host and port of a URL, normalised; none where it is doubtful.
pub(crate) fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, _) = split_before(rest, rest.find(['/', '?', '#']));
    BaseUrl::parse(&format!("{scheme}://{authority}")).ok().map(|base| base.origin)
}

fn authority_of(scheme: &str, authority: &str) -> Result<String, &'static str> {
    const BAD_HOST: &str = "The host must be a name such as `git.example.com`, an address, or the name's `xn--` form.";
    if authority.contains('@') {
        return Err("The address may have no user name or password in it.");
    }
    let host_end = match authority.strip_prefix('[') {
        Some(_) => Some(authority.find(']').ok_or(BAD_HOST)? + 1),
        None => authority.find(':'),
    };
    let (host, port) = split_before(authority, host_end);
    if !is_host(host) {
        return Err(BAD_HOST);
    }
    let host = host.to_ascii_lowercase();
    let Some(port) = port.strip_prefix(':') else {
        return if port.is_empty() { Ok(host) } else { Err(BAD_HOST) };
    };
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(443) if scheme == "https" => Ok(host),
        Ok(80) if scheme == "http" => Ok(host),
        Ok(port) if digits && port != 0 => Ok(format!("{host}:{port}")),
        _ => Err("The port must be a number from 1 to 65535."),
    }
}

/// The parts before and from `at`; all is before it where there is none.
pub(crate) fn split_before(text: &str, at: Option<usize>) -> (&str, &str) {
    at.and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        // The host parses it again; the standard library's parser would double what a component spends on hosts.
        return address.contains(':') && address.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte));
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

fn is_plain_path(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_name = |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(is_plain);
    path.split('/').skip(1).all(|segment| is_name(&segment.replace(SPACE, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_normalised_or_refused() {
        let base = |text| BaseUrl::parse(text).map(|base| format!("{}|{}", base.origin, base.path));
        assert_eq!(base(" HTTPS://Git.Example.com:443/ "), Ok("https://git.example.com|".into()));
        assert_eq!(base("http://git.example.com:8080/a/b/"), Ok("http://git.example.com:8080|/a/b".into()));
        assert_eq!(base("http://tfs/tfs/Our Work%20"), Ok("http://tfs|/tfs/Our%20Work%20".into()));
        assert_eq!(base("https://[2001:db8::1]:8443"), Ok("https://[2001:db8::1]:8443|".into()));
        for bad in [
            "",
            "git.example.com",
            "ftp://x",
            "https://",
            "https://a@evil",
            "https://a/?q",
            "https://a/#f",
            "https://a/..",
            "https://a/%2e%2e",
            "https://a/ ./b",
            "https://a/%20/b",
            "https://a//b",
            "https://a\\b",
            "https://a.",
            "https://-a",
            "https://a:0",
            "https://a:65536",
            "https://a:+1",
            "https://a:",
            "https://é.example",
            "https://[::1",
            "https://[x]",
            "https://a b",
            "https://a\tb",
        ] {
            assert!(base(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn an_address_with_a_user_name_or_password_is_told_so() {
        for bad in ["https://u:p@h.example", "https://u@h.example", "http://u:80@h:80/a", "https://:p@h", "https://@h"]
        {
            assert!(BaseUrl::parse(bad).unwrap_err().contains("no user name or password"), "{bad:?}");
        }
    }

    #[test]
    fn a14_a_name_never_becomes_another_path() {
        let base = BaseUrl::parse("https://api.example.com").unwrap();
        let url = base.url().segments(["repos", "a/b?c#d%2e"]).path("feature/ä ü\r\n").query("q", "x&y=z");
        let text = url.finish().unwrap();
        assert_eq!(text, "https://api.example.com/repos/a%2Fb%3Fc%23d%252e/feature/%C3%A4%20%C3%BC%0D%0A?q=x%26y%3Dz");
        for stepping in ["..", ".", "", "a/../b", "a//b", "/a"] {
            assert!(base.url().path(stepping).finish().is_err(), "{stepping:?} was taken");
        }
    }

    #[test]
    fn e1_only_a_redirect_to_the_same_origin_has_a_target() {
        let target = |location| same_origin_target("https://git.example.com/a?b", location);
        assert_eq!(target("/c?d#e").as_deref(), Some("https://git.example.com/c?d"));
        assert_eq!(target("https://GIT.example.com:443/c").as_deref(), Some("https://GIT.example.com:443/c"));
        for elsewhere in [
            "http://git.example.com/c",
            "https://git.example.com:8443/c",
            "https://git.example.com@evil/c",
            "//git.example.com@evil/c",
            "//evil/c",
            "https://evil/c",
            "c",
            "",
            "/\\evil",
            "https://git.example.com\\@evil",
            "/a b",
            "javascript:alert(1)",
        ] {
            assert_eq!(target(elsewhere), None, "{elsewhere:?} was followed");
        }
    }

    #[test]
    fn query_values_are_found_by_their_whole_name() {
        let url = "https://x/y?per_page=100&page=2&name=a%20b#page=9";
        assert_eq!(query_value(url, "page").as_deref(), Some("2"));
        assert_eq!(query_value(url, "name").as_deref(), Some("a b"));
        assert_eq!(query_value(url, "age"), None);
        assert_eq!(query_value("https://x/y", "page"), None);
    }
}
