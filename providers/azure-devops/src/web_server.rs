//! The web server (IIS) that a server of one's own stands behind. It answers before that does, in its own language, and what its
//! pages say is about its files: the number of the page counts, and no word of it.

use countersign_sdk::Reply;

/// How it shows itself in headers.
const HEADERS: [(&str, &str); 3] = [("server", "microsoft-iis"), ("x-powered-by", "asp.net"), ("x-aspnet-version", "")];
/// What stands behind the number of a page.
const DASHES: [&str; 3] = ["-", "–", "—"];
/// What it offers as Windows authentication.
const WINDOWS: [&str; 2] = ["ntlm", "negotiate"];

/// The number of a page that says more than its status: `401.1` of `IIS 10.0 Detailed Error - 401.1 - Unauthorized`.
pub fn number(status: u16, page: &str) -> Option<String> {
    let status = status.to_string();
    let says_more = |word: &str| {
        let more = word.strip_prefix(&*status).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
        !more.is_empty() && more.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut before = "";
    for word in page.split(' ') {
        if DASHES.contains(&word) && says_more(before) {
            return Some(before.to_owned());
        }
        before = word;
    }
    None
}

/// Whether a page is its own by the title: `401 - Unauthorized: Access is denied due to invalid credentials.` in any language, or
/// that for administrators. Where something else shows whose answer it is, the title need not be as long.
pub fn is_titled(status: u16, title: &str, is_known: bool) -> bool {
    let rest = title.strip_prefix(&*status.to_string()).map(str::trim_start);
    let words = rest.and_then(|rest| DASHES.iter().find_map(|dash| rest.strip_prefix(dash)));
    let ends_there = |rest: &str| !rest.starts_with(|char: char| char.is_ascii_alphanumeric());
    words.is_some_and(|words| words.contains([':', '：']))
        || is_known && rest.is_some_and(ends_there)
        || title.contains("IIS ")
}

/// Whether its headers show it.
pub fn is_named(reply: &Reply) -> bool {
    let says = |(name, sign): &(&str, &str)| {
        reply.header(name).is_some_and(|value| value.to_ascii_lowercase().starts_with(sign))
    };
    HEADERS.iter().any(says)
}

/// Whether a 401 asks for a credential as it does, and shows that it is its own. Proxies offer Windows authentication, too.
pub fn challenges(reply: &Reply) -> bool {
    let is_titled = || reply.page_title().is_some_and(|title| is_titled(reply.status, &title, false));
    is_named(reply) && offers(reply, &["basic"]) || offers_windows(reply) && (is_named(reply) || is_titled())
}

pub fn offers_windows(reply: &Reply) -> bool {
    offers(reply, &WINDOWS)
}

fn offers(reply: &Reply, ways: &[&str]) -> bool {
    let is_there = |way: &&str| ways.iter().any(|one| way.eq_ignore_ascii_case(one));
    reply.ways_to_sign_in().iter().any(is_there)
}

/// The ways to sign in that are offered, where a token or password is none of them: it has not looked at the one it got.
pub fn other_ways_to_sign_in(reply: &Reply) -> Option<String> {
    let ways = reply.ways_to_sign_in();
    (!ways.is_empty() && !offers(reply, &["basic", "bearer"])).then(|| ways.join(", "))
}
