//! The ways to sign in that an answer offers (RFC 9110 section 11.6.1): they may show whose answer it is.

use super::Reply;

/// What a token is sent with where a server asks for one.
const OF_TOKENS: &str = "bearer";

impl Reply {
    /// The names of the ways to sign in that the answer offers, as they are written: `Negotiate`, `Basic`.
    pub fn ways_to_sign_in(&self) -> Vec<&str> {
        let mut ways = Vec::new();
        for header in self.headers_named("www-authenticate") {
            let (mut is_quoted, mut start) = (false, 0);
            for (at, byte) in header.bytes().enumerate() {
                is_quoted ^= byte == b'"';
                if byte == b',' && !is_quoted {
                    ways.extend(way(&header[start..at]));
                    start = at + 1;
                }
            }
            ways.extend(way(&header[start..]));
        }
        ways
    }

    /// The ways to sign in, where one is not that of a server which takes tokens alone: whatever stands in front of it has asked.
    pub fn offers_anothers_sign_in(&self) -> Option<String> {
        let ways = self.ways_to_sign_in();
        let is_anothers = ways.iter().any(|way| !way.eq_ignore_ascii_case(OF_TOKENS));
        is_anothers.then(|| ways.join(", "))
    }

    /// Whether a challenge names one of these realms, which are in lower case.
    pub fn names_realm(&self, own: &[&str]) -> bool {
        self.headers_named("www-authenticate").any(|header| realm_is_of(header, own) == Some(true))
    }

    /// The ways to sign in, where a challenge names a realm that is none of these: whatever stands in front of the server has asked.
    pub fn anothers_realm(&self, own: &[&str]) -> Option<String> {
        let is_anothers = |header: &str| realm_is_of(header, own) == Some(false);
        self.headers_named("www-authenticate").any(is_anothers).then(|| self.ways_to_sign_in().join(", "))
    }
}

/// Whether the realm that a header names is one of these; none where it names none.
fn realm_is_of(header: &str, own: &[&str]) -> Option<bool> {
    let header = header.to_ascii_lowercase();
    let is_named = |realm: &&str| header.contains(&format!("realm=\"{realm}\""));
    header.contains("realm=").then(|| own.iter().any(is_named))
}

/// What stands before a blank is a way, what has an `=` is said of the one before.
fn way(part: &str) -> Option<&str> {
    let word = part.trim_start_matches(' ').split(' ').next()?;
    let is_name = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_name && !word.is_empty()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Header, Method, Response};

    fn reply(challenges: &[&str]) -> Reply {
        let headers = challenges.iter().map(|value| Header::new("WWW-Authenticate", *value)).collect();
        Reply::new(
            "https://git.example.com/",
            Method::Get,
            false,
            Response { status: 401, headers, body: vec![] },
            false,
        )
    }

    #[test]
    fn ways_to_sign_in_stand_on_one_line_or_several() {
        for (challenges, ways) in [
            (&["Basic realm=\"a, b, Digest c\""][..], &["Basic"][..]),
            (&["Negotiate, NTLM,BASIC realm=\"x\", charset=\"UTF-8\""], &["Negotiate", "NTLM", "BASIC"]),
            (&["Bearer realm=\"The API\", error=\"invalid_token\"", "Digest qop=auth"], &["Bearer", "Digest"]),
            (&["Negotiate YIIabc=="], &["Negotiate"]),
            (&["", ",", "=", "\"Basic"], &[]),
        ] {
            assert_eq!(reply(challenges).ways_to_sign_in(), ways, "{challenges:?}");
        }
    }

    #[test]
    fn what_a_server_never_offers_is_anothers() {
        let others = |challenges: &[&str]| reply(challenges).offers_anothers_sign_in();
        for own in [&[][..], &["Bearer realm=\"x\", error=\"y\""], &["bearer"]] {
            assert_eq!(others(own), None, "{own:?}");
        }
        assert_eq!(others(&["Bearer", "Basic realm=\"corp\""]).as_deref(), Some("Bearer, Basic"));
        assert_eq!(others(&["Negotiate, NTLM"]).as_deref(), Some("Negotiate, NTLM"));
    }

    #[test]
    fn a_realm_is_the_servers_or_anothers() {
        for (challenge, names_own, anothers) in [
            ("Bearer realm=\"The API\", error=\"x\"", true, None),
            ("Bearer realm=\"the api gateway\"", false, Some("Bearer")),
            ("Basic realm=corp", false, Some("Basic")),
            ("Bearer error=\"x\"", false, None),
        ] {
            let reply = reply(&[challenge]);
            assert_eq!(reply.names_realm(&["the api"]), names_own, "{challenge}");
            assert_eq!(reply.anothers_realm(&["the api"]).as_deref(), anothers, "{challenge}");
        }
    }
}
