//! Whether a redirect leads to where people sign in with a browser. Whatever stands in front of a git server sends them there, for
//! the moment or for good: no address of a git server's API is found by following it.
//!
//! By names that stand in addresses, and by what the protocols send along: the pages themselves are in any language.

/// What the protocols send along (SAML, OAuth, WS-Federation, OpenID), in lower case.
const SENT_ALONG: [&str; 5] = ["samlrequest=", "response_type=", "redirect_uri=", "wa=wsignin", "openid.mode="];
/// Parts of a segment's name, in lower case and without `-` and `_`: `users/sign_in`, `login.aspx`, `logonpoint`.
const PARTS: [&str; 4] = ["login", "logon", "signin", "signon"];
/// Names of segments, or of what stands between the dots of one: `Shibboleth.sso`.
const NAMES: [&str; 15] = [
    "adfs",
    "auth",
    "authenticate",
    "authn",
    "authorize",
    "cas",
    "goauthentik",
    "idp",
    "oauth",
    "oauth2",
    "oidc",
    "openidconnect",
    "saml",
    "saml2",
    "sso",
];
/// Whole segments of products.
const SEGMENTS: [&str; 1] = ["my.policy"];
/// How the names of hosts begin that do nothing else.
const HOSTS: [&str; 10] = ["accounts", "adfs", "auth", "idp", "keycloak", "login", "logon", "oauth", "signin", "sso"];
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
    /// Without scheme and port.
    pub host: &'a str,
    pub path: &'a str,
    /// Without its mark.
    pub query: &'a str,
    /// Whether the path ends as that which was asked for, which a server at another address keeps.
    pub keeps_the_path: bool,
}

impl Lead<'_> {
    pub fn is_sign_in(&self) -> bool {
        let query = self.query.to_ascii_lowercase();
        let is_sent_along = |sign: &&str| query.split('&').any(|pair| pair.starts_with(*sign));
        if SENT_ALONG.iter().any(is_sent_along) {
            return true;
        }
        let host = self.host.to_ascii_lowercase();
        let of_host = || HOSTS.contains(&host.split('.').next().unwrap_or_default());
        let of_service = || SERVICES.iter().any(|service| host.ends_with(service));
        !self.keeps_the_path && (of_host() || of_service() || self.path.split('/').any(is_named_so))
    }
}

fn is_named_so(segment: &str) -> bool {
    let segment = segment.to_ascii_lowercase();
    let plain = segment.replace(['-', '_'], "");
    let is_part = |word: &str| PARTS.iter().any(|part| word.starts_with(part) || word.ends_with(part));
    SEGMENTS.contains(&segment.as_str()) || plain.split('.').any(|word| is_part(word) || NAMES.contains(&word))
}
