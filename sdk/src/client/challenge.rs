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
}
