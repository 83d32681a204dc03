//! The proxy that an administrator named for an integration, or for all, if any. Nothing is ever taken from the environment.
//!
//! It is asked for a tunnel (`CONNECT`, RFC 9110 section 9.3.6), within which TLS goes on to the origin itself: the proxy sees the
//! origin's name and no credential. Only where an origin may be unencrypted does it see what the network between would.
//!
//! A proxy may want a user name and a password. They are the daemon's, by the proxy's address, and go nowhere but to that proxy,
//! with the request for a tunnel. No integration has any of its own: who may name a proxy may not have them sent to another one.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::SecretString;
use url::{Host, Url};

use super::address::never_dialled;
use model::Place;

/// Why a proxy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// No address of a proxy.
    #[error("it is not the address of an HTTP proxy, as in http://proxy.example.com:3128")]
    NotAProxy,
    /// Nothing secret is kept in an integration's settings.
    #[error("an address of a proxy has no user name and no password in it")]
    WithCredential,
    /// Never dialled, whatever is allowed.
    #[error("{0}")]
    Never(String),
    /// Whoever reads an entry would be told of an address that nobody dials.
    #[error("the proxy dials for this integration: take the addresses to connect to away, or the proxy")]
    AndConnectTo,
}

/// Longest address of a proxy, in bytes: a host's name and a port.
const MAX_BYTES: usize = 300;

/// An address as it is stored, however it was typed: two that lead to one proxy are one. What is none stays what it is, to be
/// refused by its own words.
pub fn proxy_origin(text: &str) -> String {
    match Url::parse(text.trim()) {
        Ok(url) if is_proxy(&url) && text.len() <= MAX_BYTES => url.origin().ascii_serialization(),
        _ => text.to_owned(),
    }
}

/// Whether there is nothing in it but an HTTP proxy's host and port.
fn is_proxy(url: &Url) -> bool {
    url.scheme() == "http" && is_of_a_host(url)
}

/// Whether there is nothing in it but a scheme, a host and a port that can be one.
pub(super) fn is_of_a_host(url: &Url) -> bool {
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_nobodys = url.username().is_empty() && url.password().is_none();
    is_bare && is_nobodys && url.port() != Some(0)
}

/// An address as it is stored, or why it is none.
pub fn checked_proxy(text: &str) -> Result<String, ProxyError> {
    let text = proxy_origin(text);
    parse(&text).map(|_| text)
}

fn parse(text: &str) -> Result<Url, ProxyError> {
    let url = Url::parse(text).map_err(|_| ProxyError::NotAProxy)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ProxyError::WithCredential);
    }
    if !is_proxy(&url) || text.len() > MAX_BYTES {
        return Err(ProxyError::NotAProxy);
    }
    let address = match url.host().ok_or(ProxyError::NotAProxy)? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    };
    if let Some(why) = address.and_then(never_dialled) {
        return Err(ProxyError::Never(why));
    }
    Ok(url)
}

/// The proxy of a place.
pub(super) fn of(place: &Place) -> Result<Option<Url>, ProxyError> {
    let Some(text) = place.proxy() else { return Ok(None) };
    let url = parse(text)?;
    if !place.connect_to().is_empty() {
        return Err(ProxyError::AndConnectTo);
    }
    Ok(Some(url))
}

/// User names and passwords for proxies, by the proxy's address as it is stored.
#[derive(Default)]
pub struct ProxyCredentials(BTreeMap<String, ProxyCredential>);

pub(super) struct ProxyCredential {
    pub user: String,
    pub password: SecretString,
}

/// What some editors begin a file with.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Why a file of credentials for proxies cannot be used. Lines are counted from 1, and never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProxyCredentialsError {
    /// Not of the form.
    #[error(
        "line {0} is neither `user:password`, for the daemon's own proxy, nor `http://proxy.example.com:3128 user:password`, with \
         a space between and no user name in the address"
    )]
    Malformed(usize),
    /// For a proxy that another line is for.
    #[error(
        "line {0} is for the same proxy as line {1}: a proxy has one user name and one password, so take one of them away"
    )]
    Twice(usize, usize),
    /// For the daemon's own proxy, and there is none.
    #[error(
        "line {0} names no proxy, and the daemon has none: set `daemon_proxy`, or begin the line with the proxy's address"
    )]
    Whose(usize),
}

impl ProxyCredentials {
    /// Reads a file: a line for each proxy, with the address first unless it is the daemon's own.
    pub fn parse(text: &str, own_proxy: Option<&str>) -> Result<Self, ProxyCredentialsError> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty());
        let (mut read, mut line_of) = (BTreeMap::new(), BTreeMap::new());
        for (number, line) in lines {
            let malformed = ProxyCredentialsError::Malformed(number);
            let (proxy, pair) = match line.split_once(char::is_whitespace) {
                Some((proxy, pair)) if proxy.contains("://") => (checked_proxy(proxy).ok(), pair.trim()),
                _ => (own_proxy.map(str::to_owned), line),
            };
            let credential = credential(pair).ok_or(malformed)?;
            let own_is_none = pair == line && own_proxy.is_none();
            let proxy = proxy.ok_or(if own_is_none { ProxyCredentialsError::Whose(number) } else { malformed })?;
            if let Some(first) = line_of.insert(proxy.clone(), number) {
                return Err(ProxyCredentialsError::Twice(number, first));
            }
            read.insert(proxy, credential);
        }
        Ok(Self(read))
    }

    /// Addresses of the proxies it has something for.
    pub fn proxies(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(super) fn of(&self, proxy: &Url) -> Option<&ProxyCredential> {
        self.0.get(&proxy.origin().ascii_serialization())
    }
}

impl fmt::Debug for ProxyCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.proxies()).finish()
    }
}

/// `user:password`. What looks like an address, or like two words of which one is, was meant otherwise.
fn credential(pair: &str) -> Option<ProxyCredential> {
    let (user, password) = pair.split_once(':')?;
    let is_an_address = password.starts_with("//");
    // `proxy.example.com:3128 user:password`
    let begins_with_a_port = password
        .split_once(char::is_whitespace)
        .is_some_and(|(port, pair)| port.parse::<u16>().is_ok() && pair.contains(':'));
    if user.is_empty()
        || user.starts_with('#')
        || user.contains(char::is_whitespace)
        || is_an_address
        || begins_with_a_port
    {
        return None;
    }
    Some(ProxyCredential { user: user.to_owned(), password: password.to_owned().into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Connection, NetworkRules, Offers, Origin, UserCredentials};

    fn read(proxy: &str, connect_to: &[(&str, &str)]) -> Result<Option<Url>, ProxyError> {
        let connection = Connection {
            origins: vec![Origin { url: "https://git.test".into(), aws: None }],
            web_url: "https://git.test".into(),
            credential_pages: Vec::new(),
            credential_list_page: None,
            grant: None,
            user_credentials: UserCredentials::Supported,
            offers: Offers::default(),
        };
        let connect_to = connect_to.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        let network = NetworkRules { proxy: Some(proxy.into()), connect_to, ..NetworkRules::default() };
        of(&Place::new(&connection, &network))
    }

    #[test]
    fn credentials_are_for_the_proxy_they_were_written_beside() {
        let own = Some("http://own.test:3128");
        let read = |text: &str, own| ProxyCredentials::parse(text, own).map(|read| format!("{read:?}"));
        let text = "ann:p:w \n\nhttp://OTHER.test:3128/ bob:secret\n";
        let both = ProxyCredentials::parse(text, own).unwrap();
        let of = |url: &str| both.of(&Url::parse(url).unwrap()).map(|found| found.user.clone());
        assert_eq!(of("http://own.test:3128").as_deref(), Some("ann"));
        assert_eq!(of("http://other.test:3128").as_deref(), Some("bob"));
        assert_eq!(of("http://other.test:3129"), None);
        assert_eq!(read(text, own).unwrap(), r#"["http://other.test:3128", "http://own.test:3128"]"#, "no secret");
        assert_eq!(read(text, None), Err(ProxyCredentialsError::Whose(1)));
        assert_eq!(read("", None).unwrap(), "[]");
        assert_eq!(read("\u{feff}ann:p w", own).unwrap(), r#"["http://own.test:3128"]"#);
    }

    #[test]
    fn a_line_that_was_meant_otherwise_is_refused_by_its_number_without_what_is_in_it() {
        let own = Some("http://own.test:3128");
        let refused = |text: &str| ProxyCredentials::parse(text, own).unwrap_err();
        for wrong in [
            "ann",
            ":s3cret",
            "http://other.test:3128 bob",
            "http://other.test:3128",
            "https://other.test bob:s3cret",
            "http://a@b bob:s3cret",
            "http://bob:s3cret@other.test:3128",
            "socks5://bob:s3cret@other.test",
            "other.test:3128 bob:s3cret",
            "other.test:3128\tbob:s3cret",
            "other.test bob:s3cret",
            "# ours: s3cret",
            "#bob:s3cret",
        ] {
            let error = refused(&format!("ann:pw\n{wrong}"));
            assert_eq!(error, ProxyCredentialsError::Malformed(2), "{wrong}");
            assert!(!error.to_string().contains("s3cret"));
        }
        for (twice, second) in [
            ("ann:pw\n\nbob:pw", 3),
            ("http://a.test:1 ann:pw\nhttp://A.test:1/ bob:pw", 2),
            ("ann:pw\nhttp://own.test:3128 ann:pw", 2),
        ] {
            assert_eq!(refused(twice), ProxyCredentialsError::Twice(second, 1), "{twice}");
        }
    }

    #[test]
    fn two_spellings_of_a_proxy_are_one() {
        for spelt in
            ["http://proxy.test:3128/", " http://PROXY.test:3128 ", "http://pro\nxy.test:3128", "http:proxy.test:3128"]
        {
            assert_eq!(proxy_origin(spelt), "http://proxy.test:3128", "{spelt:?}");
        }
        let long = format!("http://{}.test", "x".repeat(300));
        for wrong in ["proxy.test:3128", "http://proxy.test:0", "http://ann:pw@proxy.test", "https://proxy.test", &long]
        {
            assert_eq!(proxy_origin(wrong), wrong);
            assert!(read(wrong, &[]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_proxy_is_an_address_without_a_secret_and_may_be_private() {
        for fine in ["http://proxy.test:3128", "http://proxy.test", "http://10.0.0.7:3128/", "http://[fd00::7]:3128"] {
            assert!(matches!(read(fine, &[]), Ok(Some(_))), "{fine}");
        }
        let entry = ("git.test:443", "10.0.0.1:443");
        assert_eq!(read("http://proxy.test:3128", &[entry]), Err(ProxyError::AndConnectTo));
        for wrong in
            ["", "proxy.test:3128", "https://proxy.test", "socks5://proxy.test", "http://", "http://x/y", "http://x?y"]
        {
            assert_eq!(read(wrong, &[]), Err(ProxyError::NotAProxy), "{wrong}");
        }
        for secret in ["http://ann:pw@proxy.test", "http://ann@proxy.test"] {
            assert_eq!(read(secret, &[]), Err(ProxyError::WithCredential), "{secret}");
        }
        for never in ["http://169.254.169.254", "http://0.0.0.0:3128", "http://[::ffff:169.254.169.254]:80"] {
            assert!(matches!(read(never, &[]), Err(ProxyError::Never(_))), "{never}");
        }
    }
}
