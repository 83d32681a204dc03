//! What a provider may ask to have sent: to which URLs, with which headers. Pure.

use http::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::GuestHeader;
use model::Origin;

/// Longest URL sent, in bytes.
const MAX_URL_BYTES: usize = 8 << 10;
/// Most headers a provider sets, and bytes of one value.
const MAX_HEADERS: usize = 32;
const MAX_HEADER_BYTES: usize = 4 << 10;

/// Headers that frame a request, route it, ask for a part of the answer or for another form of it than can be searched: the host's
/// business. Lower case.
const FORBIDDEN: [&str; 36] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "destination",
    "expect",
    "front-end-https",
    "host",
    "http2-settings",
    "if-range",
    "keep-alive",
    "path-info",
    "proxy",
    "range",
    "referer",
    "request-uri",
    "script-name",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-backend-host",
    "x-host",
    "x-http-host",
    "x-http-method",
    "x-http-verb",
    "x-method",
    "x-real-ip",
    "x-request-uri",
    "x-scheme",
    "x-tunnel",
    "x-url",
    "x-virtual-host",
];
const FORBIDDEN_PREFIXES: [&str; 3] = ["proxy-", "sec-", "x-rewrite-"];
/// What is in the names of headers that say whose request it is, or that it is another one than it seems: every git server and
/// gateway has some of its own.
const FORBIDDEN_PARTS: [&str; 34] = [
    "apikey",
    "authenticat",
    "authoriz",
    "behalf",
    "client-cert",
    "client-ip",
    "clientcert",
    "clientip",
    "consumer",
    "cookie",
    "credential",
    "creds",
    "envoy",
    "eppn",
    "external-address",
    "forward",
    "impersonat",
    "originating",
    "override",
    "password",
    "persistent-id",
    "phpsessid",
    "proxied",
    "realip",
    "secret",
    "session",
    "slauth",
    "source-ip",
    "subscription",
    "sudo",
    "token",
    "user",
    "workhorse",
    "x-accel",
];
/// Words that stand in such names, between dashes: who it is, on whose behalf, by which proof, or from where.
const FORBIDDEN_WORDS: [&str; 54] = [
    "account",
    "acl",
    "act",
    "actor",
    "addr",
    "admin",
    "as",
    "assertion",
    "auth",
    "authz",
    "cert",
    "certificate",
    "cn",
    "common",
    "connecting",
    "displayname",
    "dn",
    "doas",
    "dpop",
    "email",
    "group",
    "groups",
    "iap",
    "identity",
    "im",
    "jwt",
    "key",
    "login",
    "mail",
    "member",
    "oidc",
    "original",
    "otp",
    "owner",
    "pat",
    "principal",
    "privileges",
    "remote",
    "role",
    "roles",
    "run",
    "runas",
    "saml",
    "shell",
    "signature",
    "sm",
    "ssl",
    "sso",
    "subject",
    "tenant",
    "tls",
    "uid",
    "verify",
    "webauth",
];
/// Headers with such a word that say nothing of the kind.
const FREE: [&str; 1] = ["user-agent"];

/// Whether a header is the host's to set, or nobody's. Behind a gateway, dashes and other signs are often the same (RFC 3875 section
/// 4.1.18 makes underscores of them).
fn is_the_hosts(name: &str) -> bool {
    let name = name.replace(|char: char| !char.is_ascii_alphanumeric(), "-");
    let name = name.trim_matches('-');
    if FREE.contains(&name) {
        return false;
    }
    FORBIDDEN.contains(&name)
        || name.split('-').any(|word| FORBIDDEN_WORDS.contains(&word))
        || FORBIDDEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || FORBIDDEN_PARTS.iter().any(|part| name.contains(part))
}

/// Why a request is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Judges a URL, and finds what leads to its origin.
pub(super) fn allowed<'d, D>(
    text: &str,
    doors: &'d [D],
    origin: impl Fn(&D) -> &Origin,
) -> Result<(Url, &'d D), Refusal> {
    let url = url(text)?;
    match doors.iter().find(|door| belongs(&url, origin(door))) {
        Some(door) => Ok((url, door)),
        None => Err(foreign(&url)),
    }
}

/// Judges the URL as it will be sent, by the one parser that also sends it. Whose it is, [`belongs`] says.
fn url(text: &str) -> Result<Url, Refusal> {
    if text.len() > MAX_URL_BYTES {
        return Err(Refusal::new("url-too-long", format!("a URL has at most {MAX_URL_BYTES} bytes")));
    }
    // The parser drops tabs and line breaks and turns backslashes round; what needs that is not what it seems.
    if text.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b'\\') {
        return Err(Refusal::new(
            "url",
            "a URL is printable ASCII without spaces and backslashes; percent-encode the rest",
        ));
    }
    let url = Url::parse(text).map_err(|error| Refusal::new("url", format!("this is not a URL: {error}")))?;
    if !url.username().is_empty()
        || url.password().is_some()
        || text.split('/').nth(2).is_some_and(|host| host.contains('@'))
    {
        return Err(Refusal::new("url-user-info", "a URL cannot hold a user name or password"));
    }
    if url.fragment().is_some() {
        return Err(Refusal::new("url-fragment", "a URL to send cannot have a fragment"));
    }
    // The parser also finds a host behind one slash, or three, or none: where what is looked at here is not where it seems.
    if url.has_host() && !is_hosted(text) {
        return Err(Refusal::new("url", "a URL has two slashes between its scheme and its host"));
    }
    if has_dot_segment(text) {
        return Err(Refusal::new("url-dot-segment", "a path cannot have `.` or `..` as a segment, encoded or not"));
    }
    Ok(url)
}

/// Whether a URL that was judged is of this origin.
fn belongs(url: &Url, origin: &Origin) -> bool {
    url.origin().ascii_serialization() == origin.url
}

/// Of no origin of the integration.
fn foreign(url: &Url) -> Refusal {
    let of = url.origin().ascii_serialization();
    Refusal::new("origin-not-allowed", format!("{of} is not an origin of this integration"))
}

/// Whether two slashes and the beginning of a host follow on the scheme.
fn is_hosted(url: &str) -> bool {
    let behind_scheme = url.split_once(':').and_then(|(_, rest)| rest.strip_prefix("//"));
    behind_scheme.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

/// The parser resolves dot segments, encoded ones too, so that a name `..` would reach another path.
fn has_dot_segment(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.split('/').skip(3).any(|segment| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    })
}

pub(super) fn headers(given: &[GuestHeader]) -> Result<HeaderMap, Refusal> {
    if given.len() > MAX_HEADERS {
        return Err(Refusal::new("too-many-headers", format!("a request has at most {MAX_HEADERS} headers")));
    }
    let mut headers = HeaderMap::with_capacity(given.len() + 3);
    for header in given {
        let name = HeaderName::try_from(header.name.as_str())
            .map_err(|_| Refusal::new("header", "a header name is not one"))?;
        if is_the_hosts(name.as_str()) {
            return Err(Refusal::new("header-not-allowed", format!("a provider cannot set the header `{name}`")));
        }
        let value = HeaderValue::from_str(&header.value)
            .ok()
            .filter(|value| value.len() <= MAX_HEADER_BYTES)
            .ok_or_else(|| Refusal::new("header", format!("the value of the header `{name}` is not one")))?;
        headers.append(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Result<String, &'static str> {
        let origins = ["https://api.git.test", "https://git.test:8443", "http://10.0.0.7"]
            .map(|url| Origin { url: url.into(), aws: None });
        let judged = allowed(text, &origins, |origin| origin);
        judged.map(|(url, _)| url.to_string()).map_err(|refusal| refusal.code)
    }

    #[test]
    fn e2_a_url_is_judged_by_what_it_parses_to() {
        let allowed = [
            "https://api.git.test/user",
            "https://api.git.test:443/user?q=%2e%2e",
            "https://API.git.test/",
            "https://git.test:8443/a%2Fb",
        ];
        for text in allowed {
            assert!(judged(text).is_ok(), "{text}: {:?}", judged(text));
        }
        let refused = [
            ("https://api.git.test@evil.test/", "url-user-info"),
            ("https://user:pw@api.git.test/", "url-user-info"),
            ("https://@api.git.test/", "url-user-info"),
            ("https://api.git.test\\@evil.test/", "url"),
            ("https://evil.test\\.api.git.test/", "url"),
            ("https://api.git.test\t.evil.test/", "url"),
            ("https://api.g\nit.test/", "url"),
            (" https://api.git.test/", "url"),
            ("https://api.git.test./", "origin-not-allowed"),
            ("https://api.git.test.evil.test/", "origin-not-allowed"),
            ("https://api%2egit.test.evil.test/", "origin-not-allowed"),
            ("https://api.git.test:8443/", "origin-not-allowed"),
            ("https://git.test/", "origin-not-allowed"),
            ("http://api.git.test/", "origin-not-allowed"),
            ("ftp://api.git.test/", "origin-not-allowed"),
            ("file:///etc/passwd", "origin-not-allowed"),
            ("data:text/plain,x", "origin-not-allowed"),
            ("//api.git.test/", "url"),
            ("/user", "url"),
            ("https://api.git.test/user#x", "url-fragment"),
            ("https://api.git.test/a/../b", "url-dot-segment"),
            ("https://api.git.test/a/%2e%2E/b", "url-dot-segment"),
            ("https://api.git.test/a/.%2e", "url-dot-segment"),
            ("https://api.git.test/./b", "url-dot-segment"),
            ("https:/api.git.test/../b", "url"),
            ("https:api.git.test/%2e%2e/b", "url"),
            ("https:///api.git.test/b", "url"),
            ("https:///@api.git.test/b", "url"),
            ("https://аpi.git.test/", "url"),
        ];
        for (text, code) in refused {
            assert_eq!(judged(text), Err(code), "{text:?}");
        }
    }

    #[test]
    fn e3_an_address_in_disguise_is_judged_as_the_address_it_is() {
        // The integration was added with 10.0.0.7; the parser gives every spelling of it its one form.
        for text in ["http://10.0.0.7/", "http://167772167/", "http://0x0a000007/", "http://012.0.0.7/"] {
            assert_eq!(judged(text).as_deref(), Ok("http://10.0.0.7/"), "{text}");
        }
        for text in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://[::ffff:10.0.0.7]/",
            "http://[64:ff9b::a00:7]/",
            "http://[::1]/",
        ] {
            assert_eq!(judged(text), Err("origin-not-allowed"), "{text}");
        }
        assert_eq!(judged("http://\u{2460}0.0.0.7/"), Err("url"));
    }

    #[test]
    fn p3_what_authenticates_routes_or_frames_cannot_be_set() {
        let names = [
            "Authorization",
            "authorization",
            "PRIVATE-TOKEN",
            "Cookie",
            "Host",
            "Proxy-Authorization",
            "Proxy-Connection",
            "Connection",
            "Keep-Alive",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            "Content-Length",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "Forwarded",
            "X-Amz-Date",
            "X-Amz-Security-Token",
            "Expect",
            "X-HTTP-Method-Override",
            "X-Method-Override",
            "Range",
            "If-Range",
            "Accept-Encoding",
            "Content-Encoding",
            "Sudo",
            "X-Original-URL",
            "X-Original-Host",
            "X-Rewrite-URL",
            "X-TFS-Impersonate",
            "X-Impersonate-User",
            "Job-Token",
            "Deploy-Token",
            "X-Gl-Secret",
            "X-ApiKey",
            "X-Api-Key",
            "Set-Cookie",
            "X-Remote-User",
            "True-Client-IP",
            "X_Forwarded_For",
            "Content_Length",
            "Remote_User",
            "X-WEBAUTH-USER",
            "X-Auth-Request-User",
            "SM_USER",
            "X-Act-As",
            "On-Behalf-Of",
            "X-Do-As",
            "X-Runas",
            "X-SSL-Client-DN",
            "SSL_CLIENT_S_DN",
            "X-Client-Cert",
            "X-JWT-Assertion",
            "X-MS-Client-Principal-Name",
            "X-SAML-User",
            "X-Vendor-OTP",
            "Ocp-Apim-Subscription-Key",
            "X-Forwarded",
            "CF-Connecting-IP",
            "X-Remote-Addr",
            "X-Envoy-Original-Path",
            "X-Tenant",
            "A-IM",
        ];
        let of_gateways = "X-Amzn-Mtls-Clientcert X-ARR-ClientCert X-Client-Verify X-Common-Name X-Subject X-Consumer-Username Username \
                           X-UserId X-UID X-Account-Id X-Member X-Owner SMUSER iv-creds eppn persistent-id displayName X-AUSERNAME \
                           X-Slauth-Subject X-ProxiedEntitiesChain OnBehalfOf doAs X-Authz X-PAT X-SessionId JSESSIONID X-Admin \
                           Any-Workhorse-Api-Request Any-Shell-Api-Request Dpop Signature X-ClientIP X-RealIP X-Source-IP \
                           X-Originating-IP X-Forward-For X-ProxyUser-Ip X-Envoy-Internal X-Method X-HTTP-Verb X-HTTP-Host X-Url \
                           X-Virtual-Host X-Backend-Host Request-Uri SCRIPT_NAME PATH_INFO Destination X-Scheme Front-End-Https \
                           HTTP2-Settings Max-Forwards X-Accel-Redirect host_ -host remote.user x~user x!real!ip";
        for name in names.into_iter().chain(of_gateways.split(' ')) {
            let given = GuestHeader { name: name.into(), value: "x".into() };
            assert_eq!(headers(&[given]).unwrap_err().code, "header-not-allowed", "{name}");
        }
        for (name, value) in
            [("X-Ok\r\nAuthorization", "x"), ("X-Ok", "a\r\nAuthorization: b"), ("", "x"), ("X-Ok", "a\0")]
        {
            let given = GuestHeader { name: name.into(), value: value.into() };
            assert_eq!(headers(&[given]).unwrap_err().code, "header", "{name:?}: {value:?}");
        }
        for name in [
            "Accept",
            "Content-Type",
            "User-Agent",
            "If-None-Match",
            "X-Api-Version",
            "X-Amz-Target",
            "X-TFS-FedAuthRedirect",
            "X-VSS-ForceMsaPassThrough",
        ] {
            let fine = GuestHeader { name: name.into(), value: "2022-11-28".into() };
            assert_eq!(headers(&[fine]).unwrap().len(), 1, "{name}");
        }
    }
}
