//! Addresses that somebody typed with a user name and a password before the host, where none belongs: no list repeats them, and no
//! page but the form in which they were typed.

use std::borrow::Cow;

/// What stands between a scheme and a host, as it is meant and as it is mistyped.
const SLASHES: [char; 2] = ['/', '\\'];
/// Where a host ends.
const END_OF_HOST: [char; 4] = ['/', '\\', '?', '#'];

/// Without what stands before the host, which is shown to be there.
pub(super) fn masked(text: &str) -> Cow<'_, str> {
    match parts(text) {
        Some((scheme, rest)) => format!("{scheme}…@{rest}").into(),
        None => text.into(),
    }
}

/// Without what stands before the host; none where nothing does.
pub(super) fn without_user(text: &str) -> Option<String> {
    parts(text).map(|(scheme, rest)| format!("{scheme}{rest}"))
}

/// The scheme with its slashes, where there is one, and what follows on a user name and a password. Where there is none of both, a
/// name by itself may be one of a person: `ann@example.com`.
fn parts(text: &str) -> Option<(&str, &str)> {
    let slashes =
        text.find(SLASHES).filter(|at| text[..*at].chars().all(|char| char.is_ascii_alphanumeric() || char == ':'));
    let start = slashes.filter(|at| *at == 0 || text[..*at].ends_with(':'));
    let start = start.map(|at| text.len() - text[at..].trim_start_matches(SLASHES).len());
    let (scheme, rest) = text.split_at(start.unwrap_or_default());
    let host = &rest[..rest.find(END_OF_HOST).unwrap_or(rest.len())];
    // A slash of a password ends no host.
    let is_cut = host.rsplit_once(':').is_some_and(|(_, port)| !port.bytes().all(|byte| byte.is_ascii_digit()));
    let end = if host.contains('@') || !is_cut { host.rfind('@') } else { rest.rfind('@') }?;
    let is_secret = !scheme.is_empty() || rest[..end].contains(':');
    is_secret.then(|| (scheme, &rest[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_the_host_is_shown_to_be_there_and_is_not_repeated() {
        for (typed, without) in [
            ("http://ann:pw@proxy.test:3128", "http://proxy.test:3128"),
            ("https://ann:p@w@git.example.com/git?x=@", "https://git.example.com/git?x=@"),
            ("https://ann:p/w@git.example.com/git", "https://git.example.com/git"),
            ("https://ann@git.example.com", "https://git.example.com"),
        ] {
            assert_eq!(without_user(typed).as_deref(), Some(without));
            assert_eq!(masked(typed), without.replace("://", "://…@"));
        }
        for (typed, shown) in [
            ("https:/ann:pw@h.example/x", "https:/…@h.example/x"),
            ("//ann:pw@h.example", "//…@h.example"),
            ("https:\\\\ann:pw@h.example", "https:\\\\…@h.example"),
            ("ann:p@w@proxy.test:3128", "…@proxy.test:3128"),
            ("ann:p/w@proxy.test", "…@proxy.test"),
        ] {
            assert_eq!(masked(typed), shown);
            assert_eq!(without_user(typed).unwrap(), shown.replace("…@", ""));
        }
        for plain in [
            "none",
            "acme",
            "ann@example.com",
            "https://git.example.com:8443/a@b",
            "https://git.example.com/x?u=a@b",
            "feature/ann@x",
            "git.example.com:443 = 10.0.0.7:443",
            "ABC, ABD",
            "",
        ] {
            assert_eq!((without_user(plain), masked(plain)), (None, plain.into()), "{plain}");
        }
    }
}
