//! Where a redirect leads, for people: without what may be secret in it. Nothing here is followed.

use crate::sign_in::Lead;
use crate::url::{ENCRYPTED, UNENCRYPTED, absolute, lies_below, origin_of, path_of, split_before};

/// Longest path that people are shown, in bytes, which are characters here: it stands within a sentence.
const MAX_SHOWN_PATH_BYTES: usize = 100;

/// Where an answer to a request leads.
#[derive(Debug)]
pub(crate) struct Target {
    /// Of the request.
    pub from: String,
    pub origin: String,
    path: String,
    has_the_same_path: bool,
    keeps_the_path: bool,
    is_sign_in: bool,
}

impl Target {
    /// Where `location` leads from a request to `from`; none where it is doubtful.
    pub fn of(from: &str, location: &str) -> Option<Self> {
        let (from, asked) = (origin_of(from)?, path_of(from));
        let url = without_user(&absolute(&from, location)?)?;
        let (origin, path) = (origin_of(&url)?, path_of(&url));
        let has_the_same_path = path == asked;
        let keeps_the_path = asked.len() > 1 && path.ends_with(asked);
        let host = host_of(origin.split_once("://").map_or("", |(_, host)| host));
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let is_sign_in = Lead { host, path, query, keeps_the_path }.is_sign_in();
        Some(Self { from, path: path.to_owned(), has_the_same_path, keeps_the_path, is_sign_in, origin })
    }

    /// Whether people sign in there with a browser.
    pub fn is_sign_in(&self) -> bool {
        self.is_sign_in
    }

    /// Whether it is the same server.
    pub fn is_within(&self) -> bool {
        self.origin == self.from
    }

    /// Whether it is the same host, which was asked unencrypted and leads to where it is not, at whatever port.
    pub fn is_the_same_encrypted(&self) -> bool {
        let here = self.from.strip_prefix(UNENCRYPTED).map(host_of);
        here.is_some() && here == self.origin.strip_prefix(ENCRYPTED).map(host_of)
    }

    /// Whether nothing is encrypted there, and was here.
    pub fn is_unencrypted_now(&self) -> bool {
        self.from.starts_with(ENCRYPTED) && self.origin.starts_with(UNENCRYPTED)
    }

    /// Whether nothing but the server is another.
    pub fn is_elsewhere_alone(&self) -> bool {
        self.has_the_same_path && !self.is_within()
    }

    /// Whether nothing is another.
    pub fn is_where_it_came_from(&self) -> bool {
        self.has_the_same_path && self.is_within()
    }

    /// Whether what was asked for is asked for there: a server that moved sends people to the same thing.
    pub fn keeps_the_path(&self) -> bool {
        self.keeps_the_path
    }

    /// Whether it is on the same server, below this address of an API.
    pub fn lies_below(&self, api: &str) -> bool {
        self.is_within() && lies_below(&format!("{}{}", self.origin, self.path), api)
    }

    /// Origin and path.
    pub fn address(&self) -> String {
        format!("{}{}", self.origin, self.shown_path())
    }

    /// The origin, or the path where it is the same server.
    pub fn shown(&self) -> &str {
        if self.is_within() && !self.path.is_empty() { self.shown_path() } else { &self.origin }
    }

    fn shown_path(&self) -> &str {
        self.path.get(..MAX_SHOWN_PATH_BYTES).unwrap_or(&self.path)
    }
}

/// Of `host:port`; an address in brackets stays whole.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// An absolute URL without a user name and a password.
fn without_user(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, path) = split_before(rest, rest.find('/'));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some(format!("{scheme}://{host}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(location: &str) -> Option<Target> {
        Target::of("https://git.example.com/api/user?x=y", location)
    }

    #[test]
    fn e1_where_a_redirect_leads_is_shown_without_what_may_be_secret() {
        let long = format!("/{}", "x".repeat(200));
        for (location, shown) in [
            ("https://GIT.example.com:443/login?token=x", Some("/login")),
            ("https://git.example.com", Some("https://git.example.com")),
            ("http://other:8080", Some("http://other:8080")),
            ("http://other:8080/path?token=x", Some("http://other:8080")),
            ("/users/sign_in?code=x#y", Some("/users/sign_in")),
            (&long, Some(&long[..MAX_SHOWN_PATH_BYTES])),
            ("//new.example.com/x", Some("https://new.example.com")),
            ("//u:p@new.example.com/x", Some("https://new.example.com")),
            ("https://u:p@git.example.com/x", Some("/x")),
            ("https://git.example.com@evil/", Some("https://evil")),
            ("https://git.example.com\\@evil", None),
            ("//new.example.com/a b", None),
            ("/\\evil", None),
            ("/a b", None),
            ("login", None),
            ("javascript:alert(1)", None),
            ("", None),
        ] {
            assert_eq!(target(location).as_ref().map(Target::shown), shown, "{location:?}");
        }
    }

    #[test]
    fn e1_where_people_sign_in_is_known_by_names_and_by_what_is_sent_along() {
        for location in [
            "/login",
            "/users/sign_in?redirect=/api/user",
            "/Account/LogOn?ReturnUrl=%2Fapi%2Fuser",
            "/user/login.php",
            "/oauth2/start?rd=/api/user",
            "/.pomerium/sign_in",
            "/Shibboleth.sso/Login",
            "/my.policy",
            "/cdn-cgi/access/login/git.example.com",
            "https://adfs.example.com/adfs/ls/?wa=wsignin1.0",
            "https://fs.example.com/api/user?wa=wsignin1.0",
            "https://cas.example.com/cas/login?service=x",
            "https://login.microsoftonline.com/common",
            "https://acme.okta.com/app/git",
            "https://auth.example.com/?rd=https://git.example.com/api/user",
            "https://id.example.com/realms/x/protocol/openid-connect/auth",
            "https://id.example.com:8443/start?x=y&SAMLRequest=fZ",
            "https://gateway.zscaler.net:443/auD",
        ] {
            assert!(target(location).unwrap().is_sign_in(), "{location}");
        }
        for location in [
            "https://new.example.com/api/user?x=y",
            "https://sso.example.com/api/user",
            "/oauth2/git/api/user",
            "/git/api/user",
            "/authors/logos/plugin",
            "https://blog.example.com/x",
            "https://okta.com.example.com/x",
            "/x?y=samlrequest=",
        ] {
            assert!(!target(location).unwrap().is_sign_in(), "{location}");
        }
    }

    #[test]
    fn e1_an_address_to_give_has_its_path_and_nothing_behind_it() {
        for (location, address) in [
            ("https://u:p@New.example.com/git/api/user?token=x#y", "https://new.example.com/git/api/user"),
            ("/git/api/user?token=x", "https://git.example.com/git/api/user"),
        ] {
            assert_eq!(target(location).unwrap().address(), address);
        }
        assert!(target("http://git.example.com/api/user?z").unwrap().is_elsewhere_alone());
        assert!(!target("http://git.example.com/api").unwrap().is_elsewhere_alone());
        assert!(!target("/api/user").unwrap().is_elsewhere_alone());
    }

    #[test]
    fn what_is_below_an_api_is_of_its_origin() {
        let below = |location| target(location).unwrap().lies_below("https://git.example.com/api");
        assert!(below("/api/user/7") && below("https://git.example.com/api/x"));
        assert!(!below("/apis/user") && !below("http://git.example.com/api/x") && !below("//evil/api/x"));
    }
}
