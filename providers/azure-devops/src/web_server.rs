//! The web server (IIS) that a server of one's own stands behind. It answers before that does, in its own language, and what its
//! pages say is about its files: the number of the page counts, and no word of it.

use countersign_sdk::Reply;

/// What it is called.
const NAME: &str = "microsoft-iis";
/// How it shows itself in other headers, where no other server is named. What is written for it runs behind others as well.
const HEADERS: [(&str, &str); 2] = [("x-powered-by", "asp.net"), ("x-aspnet-version", "")];
/// How a title of its 401 begins in English, whose reasons begin alike.
const UNAUTHORIZED: &str = "401 - Unauthorized:";
const DENIED: &str = "401 - Unauthorized: Access is denied";
/// How its name and versions begin.
const VERSIONS: [&str; 3] = ["IIS 7", "IIS 8", "IIS 1"];
/// What it says of a password, before the API is reached.
const INVALID_CREDENTIALS: &str = "Access is denied due to invalid credentials";
/// What stands behind the number of a page.
const DASHES: [&str; 3] = ["-", "–", "—"];
/// What it offers as Windows authentication.
const WINDOWS: [&str; 2] = ["ntlm", "negotiate"];

/// The number of a page that says more than its status: `401.1` of `IIS 10.0 Detailed Error - 401.1 - Unauthorized`.
pub fn number(status: u16, page: &str) -> Option<&str> {
    let status = status.to_string();
    let says_more = |word: &str| {
        let more = word.strip_prefix(&*status).and_then(|rest| rest.strip_prefix('.'));
        more.is_some_and(|more| more.starts_with(|char: char| char.is_ascii_digit()))
    };
    let mut before = "";
    for word in page.split(' ') {
        if DASHES.contains(&word) && says_more(before) {
            return Some(before);
        }
        before = word;
    }
    page.contains(INVALID_CREDENTIALS).then_some("401.1")
}

/// Whether a page is its own by the title: `401 - Unauthorized: Access is denied due to invalid credentials.` in any language, or
/// that for administrators. Where something else shows whose answer it is, the title need not be as long; where another server
/// shows itself, it has to be one of the two to the letter.
pub fn is_titled(reply: &Reply, title: &str, is_known: bool) -> bool {
    let rest = title.strip_prefix(&*reply.status.to_string()).map(str::trim_start);
    let is_dashed = |rest: &str| DASHES.iter().any(|dash| rest.starts_with(dash));
    let names_a_reason = |rest: &str| is_dashed(rest) && rest.contains([':', '：']);
    let ends_there = |rest: &str| rest.is_empty() || is_dashed(rest) || rest.starts_with('.');
    let is_anothers = || reply.header("server").is_some() || title.starts_with(UNAUTHORIZED);
    rest.is_some_and(|rest| if is_known { ends_there(rest) } else { names_a_reason(rest) && !is_anothers() })
        || is_own(title)
}

/// Whether a title is its own to the letter, or names it with its version.
pub fn is_own(title: &str) -> bool {
    title.starts_with(DENIED) || VERSIONS.iter().any(|version| title.contains(version))
}

/// Whether its headers show it.
pub fn is_named(reply: &Reply) -> bool {
    let begins = |value: &str, sign: &str| value.to_ascii_lowercase().starts_with(sign);
    let says = |(name, sign): &(&str, &str)| reply.header(name).is_some_and(|value| begins(value, sign));
    reply.header("server").map_or_else(|| HEADERS.iter().any(says), |server| begins(server, NAME))
}

/// Whether a 401 asks for a credential as it does, and shows that it is its own. Proxies offer Windows authentication, too.
pub fn challenges(reply: &Reply) -> bool {
    let is_titled = || reply.page_title().is_some_and(|title| is_titled(reply, &title, false));
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
