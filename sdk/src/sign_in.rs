//! Whether a redirect leads to where people sign in with a browser. Whatever stands in front of a git server sends them there, for
//! the moment or for good: no address of a git server's API is found by following it.
//!
//! By names that stand in addresses, and by what the protocols send along: the pages themselves are in any language.

/// What the protocols send along (SAML, OAuth, WS-Federation, OpenID), in lower case.
const SENT_ALONG: [&str; 5] = ["samlrequest=", "response_type=", "redirect_uri=", "wa=wsignin", "openid.mode="];
/// How names begin or end, in lower case and without `-` and `_`: `users/sign_in`, `login.aspx`, `logonpoint`.
const PARTS: [&str; 4] = ["login", "logon", "signin", "signon"];
/// Names of segments, of hosts, or of what stands between the dots of one: `Shibboleth.sso`.
const NAMES: [&str; 17] = [
    "accounts",
    "adfs",
    "auth",
    "authenticate",
    "authn",
    "authorize",
    "cas",
    "goauthentik",
    "idp",
    "keycloak",
    "oauth",
    "oauth2",
    "oidc",
    "openidconnect",
    "saml",
    "saml2",
    "sso",
];
/// What F5's access policy calls its page.
const POLICYS_PAGE: &str = "/my.policy";
/// Ends of the names of services that do nothing else.
const SERVICES: [&str; 8] = [
    ".amazoncognito.com",
    ".auth0.com",
    ".cloudflareaccess.com",
    ".duosecurity.com",
    ".okta.com",
    ".onelogin.com",
    ".pingone.com",
    ".zscaler.net",
];

/// Where a redirect leads, apart from what was asked.
pub(crate) struct Lead<'a> {
    /// In lower case, without scheme and port.
    pub host: &'a str,
    pub path: &'a str,
    /// Without its mark.
    pub query: &'a str,
    /// Whether the path ends as that which was asked for, which a server at another address keeps.
    pub keeps_the_path: bool,
}

impl Lead<'_> {
    /// Whether people sign in there.
    pub fn is_sign_in(&self) -> bool {
        let query = self.query.to_ascii_lowercase();
        if query.split('&').any(|pair| SENT_ALONG.iter().any(|sign| pair.starts_with(sign))) {
            return true;
        }
        let of_host = |host: &str| is_named_so(host.split('.').next().unwrap_or_default());
        let of_service = |host: &str| SERVICES.iter().any(|service| host.ends_with(service));
        !self.keeps_the_path && (of_host(self.host) || of_service(self.host) || self.is_by_path())
    }

    fn is_by_path(&self) -> bool {
        let plain: String = self.path.chars().filter(|char| !matches!(char, '-' | '_')).collect();
        let plain = plain.to_ascii_lowercase();
        plain.ends_with(POLICYS_PAGE) || plain.split('/').any(|segment| segment.split('.').any(is_named_so))
    }
}

fn is_named_so(word: &str) -> bool {
    NAMES.contains(&word) || PARTS.iter().any(|part| word.starts_with(part) || word.ends_with(part))
}
