//! The cookie that keeps a visit or a session: for its own pages alone, out of reach of scripts, and in a frame only where it
//! was set.

use http::{HeaderMap, HeaderValue, header};
use url::{Host, Url};

use crate::config::Config;

/// Most cookies of one name that are looked at: a browser sends those of paths above too.
const MAX_LOOKED_AT: usize = 16;

/// One sort of cookie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cookie {
    /// Where it can be told from what comes over an insecure channel, its name says so.
    name: &'static str,
    /// Whether its pages are shown in frames of other sites.
    in_frames: bool,
}

/// Keeps a visit.
pub(super) const VISIT: Cookie = Cookie { name: "countersign-visit", in_frames: true };

/// Keeps an administrator's session.
pub(super) const ADMIN: Cookie = Cookie { name: "countersign-admin", in_frames: false };

impl Cookie {
    /// For the pages under `path`, which begins and ends with a slash, below the public URL.
    pub fn set(self, config: &Config, path: &str, secret: &str) -> HeaderValue {
        self.line(config, path, secret, "")
    }

    /// Takes it away again.
    pub fn forget(self, config: &Config, path: &str) -> HeaderValue {
        self.line(config, path, "", "; Max-Age=0")
    }

    fn line(self, config: &Config, path: &str, secret: &str, more: &str) -> HeaderValue {
        let (name, path) = (self.name(config), format!("{}{path}", base(config)));
        let (is_secure, same_site) = (is_trustworthy(config), if self.in_frames { "None" } else { "Lax" });
        let protection = match (is_secure, self.in_frames) {
            // Partitioned: a frame on one site and a frame on another have cookies of their own.
            (true, true) => format!("; Secure; SameSite={same_site}; Partitioned"),
            (true, false) => format!("; Secure; SameSite={same_site}"),
            (false, _) => "; SameSite=Lax".to_owned(),
        };
        let line = format!("{name}={secret}; Path={path}; HttpOnly{protection}{more}");
        HeaderValue::try_from(line).expect("a public URL and a token are printable")
    }

    /// What the browser sent, the most particular first. Several where a page above set one of the same name.
    pub fn sent(self, config: &Config, headers: &HeaderMap) -> Vec<String> {
        let name = self.name(config);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let ours = pairs.filter(|(given, _)| *given == name).map(|(_, value)| value.to_owned());
        ours.take(MAX_LOOKED_AT).collect()
    }

    fn name(self, config: &Config) -> String {
        let prefix = if is_trustworthy(config) { "__Secure-" } else { "" };
        format!("{prefix}{}", self.name)
    }
}

/// Path of the public URL, without a slash at the end: the pages may be in a folder of a site.
pub(super) fn base(config: &Config) -> String {
    Url::parse(&config.public_url).map(|url| url.path().trim_end_matches('/').to_owned()).unwrap_or_default()
}

/// Whether browsers take its cookies for secure ones: over TLS, or within this machine.
fn is_trustworthy(config: &Config) -> bool {
    Url::parse(&config.public_url).is_ok_and(|url| {
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        url.scheme() == "https" || is_loopback
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn config(public_url: &str) -> Config {
        Settings { public_url: Some(public_url.into()), ..Settings::default() }.resolve().unwrap()
    }

    #[test]
    fn a_cookie_is_for_its_own_pages_and_secure_where_it_can_be() {
        for (public_url, expected) in [
            (
                "https://pat.example.com/sub",
                "__Secure-countersign-visit=s; Path=/sub/visits/a/; HttpOnly; Secure; SameSite=None; Partitioned",
            ),
            (
                "http://127.0.0.1:8080",
                "__Secure-countersign-visit=s; Path=/visits/a/; HttpOnly; Secure; SameSite=None; Partitioned",
            ),
            ("http://pat.intranet", "countersign-visit=s; Path=/visits/a/; HttpOnly; SameSite=Lax"),
        ] {
            assert_eq!(VISIT.set(&config(public_url), "/visits/a/", "s"), expected);
        }
        let gone = VISIT.forget(&config("http://pat.intranet"), "/visits/a/");
        assert_eq!(gone, "countersign-visit=; Path=/visits/a/; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    fn cookies_of_other_names_are_none() {
        let mut headers = HeaderMap::new();
        let config = config("https://pat.example.com");
        for line in ["a=b; __Secure-countersign-visit=one", "countersign-visit=two;__Secure-countersign-visit=three"] {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        assert_eq!(VISIT.sent(&config, &headers), ["one", "three"]);
        let many = "__Secure-countersign-visit=x; ".repeat(100);
        headers.append(header::COOKIE, HeaderValue::try_from(many).unwrap());
        assert_eq!(VISIT.sent(&config, &headers).len(), MAX_LOOKED_AT);
    }
}
