//! Addresses that somebody typed with a user name and a password before the host, where none belongs: no page repeats them.

use std::borrow::Cow;

/// Where an address has its host.
const END_OF_HOST: [char; 3] = ['/', '?', '#'];

/// Without what stands before the host, which is shown to be there.
pub(super) fn masked(text: &str) -> Cow<'_, str> {
    match parts(text) {
        Some((scheme, rest)) => format!("{scheme}://…@{rest}").into(),
        None => text.into(),
    }
}

/// Without what stands before the host; none where nothing does.
pub(super) fn without_user(text: &str) -> Option<String> {
    parts(text).map(|(scheme, rest)| format!("{scheme}://{rest}"))
}

/// The scheme, and what follows on a user name.
fn parts(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let host = &rest[..rest.find(END_OF_HOST).unwrap_or(rest.len())];
    // A slash of a password ends no host.
    let is_cut = host.rsplit_once(':').is_some_and(|(_, port)| !port.bytes().all(|byte| byte.is_ascii_digit()));
    let end = if host.contains('@') || !is_cut { host.rfind('@') } else { rest.rfind('@') };
    end.map(|end| (scheme, &rest[end + 1..]))
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
        for plain in
            ["none", "acme", "ann@example.com", "https://git.example.com:8443/a@b", "https://git.example.com/x?u=a@b"]
        {
            assert_eq!((without_user(plain), masked(plain)), (None, plain.into()), "{plain}");
        }
    }
}
