//! The ways to sign in that an answer offers (RFC 9110 section 11.6.1): they may show whose answer it is.

use super::Reply;

/// What a token is sent with where a server asks for one.
const OF_TOKENS: &str = "bearer";

impl Reply {
    /// The names of the ways to sign in that the answer offers, as they are written: `Negotiate`, `Basic`.
    pub fn ways_to_sign_in(&self) -> Vec<&str> {
        let all = self.headers_named("www-authenticate").flat_map(parts);
        // What stands before a blank is a way, what has an `=` is said of the one before.
        all.filter_map(|part| part.trim().split(' ').next().filter(|way| is_name(way))).collect()
    }

    /// The ways to sign in, where one is not that of a server which takes tokens alone: whatever stands in front of it has asked.
    pub fn offers_anothers_sign_in(&self) -> Option<String> {
        let ways = self.ways_to_sign_in();
        let is_anothers = ways.iter().any(|way| !way.eq_ignore_ascii_case(OF_TOKENS));
        is_anothers.then(|| ways.join(", "))
    }
}

/// What stands between commas, but for those in quotes.
fn parts(header: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    header.split(move |char| {
        is_quoted ^= char == '"';
        char == ',' && !is_quoted
    })
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
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
