//! What comes back: read whole, bounded, unpacked, and with the lent secret taken out of it before anybody sees it.

use std::sync::Arc;

use http::header::{HeaderName, HeaderValue};

use super::lost::{self, Way, failure};
use super::packing::{self, Body};
use super::room::Room;
use crate::lease::Lease;
use crate::{GuestHeader, GuestResponse, SendFailure, SendFailureKind};
use model::{Timestamp, Wait};

/// Largest body a call needs no [`Room`] for. A page of a hundred repositories has about 1 MB.
const ORDINARY_REPLY_BYTES: usize = 4 << 20;

/// How long a git server that cannot answer now wants to be left alone (RFC 9110 section 10.2.3).
pub(crate) fn wait(reply: &GuestResponse) -> Option<Wait> {
    let said = reply.headers.iter().find(|header| header.name.eq_ignore_ascii_case("retry-after"))?;
    let text = said.value.trim();
    let seconds = || text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit())).map(Wait::Seconds);
    seconds().or_else(|| Timestamp::parse_http_date(text).map(Wait::Until)).filter(|_| reply.status >= 500)
}

/// Whether a reply is a web page, by its label or by its beginning: pages of outages are often labelled as JSON.
pub(crate) fn is_a_page(reply: &GuestResponse) -> bool {
    let is_labelled = |header: &GuestHeader| {
        header.name.eq_ignore_ascii_case("content-type") && header.value.trim_start().starts_with("text/html")
    };
    let body = reply.body.trim_ascii_start();
    let begins = |sign: &[u8]| body.get(..sign.len()).is_some_and(|start| start.eq_ignore_ascii_case(sign));
    reply.headers.iter().any(is_labelled) || begins(b"<html") || begins(b"<!doctype html")
}

/// Reads the whole reply, bounded, and takes the secret out of it. The server has acted by now, so that whatever goes
/// wrong here may have happened after it did what was asked.
pub(super) async fn receive(
    mut reply: reqwest::Response,
    lease: &Arc<Lease>,
    room: &Room,
    way: &Way,
    most: usize,
) -> Result<GuestResponse, SendFailure> {
    let status = reply.status().as_u16();
    let mut body = Body::with(reply.headers())
        .map_err(|packing| lost::unasked(&format!("Content-Encoding: {}", lease.redact_text(packing))))?;
    let kept = reply.headers().iter().filter(|(name, _)| !body.outdates(name) && !lease.is_in_name(name.as_str()));
    let headers = kept.map(|(name, value)| header(name, value)).collect();
    while let Some(chunk) = reply.chunk().await.map_err(|error| way.explain_after_it_was_sent(&error, lease))? {
        for piece in body.pieces(&chunk) {
            body.take(piece).map_err(|_| lost::damaged())?;
            if body.len() > most {
                let message = format!("The git server's reply is larger than {} MiB.", most >> 20);
                return Err(failure(SendFailureKind::TooLarge, "reply-too-large", message, true));
            }
            if body.len() > ORDINARY_REPLY_BYTES && !room.is_had().await {
                let message = "The git server's reply is very large, and others like it are being read at the moment.";
                return Err(failure(SendFailureKind::TimedOut, "no-room-for-reply", message.to_owned(), true));
            }
        }
    }
    let body = body.finish().map_err(|_| lost::damaged())?;
    if let Some(name) = packing::file(&body) {
        return Err(lost::unasked(&format!("a {name} file")));
    }
    let reply = GuestResponse { status, headers, body };
    lease.aside(reply, texts, without_secret).await.map_err(|_| {
        let message = "The git server's reply could not be searched for secrets.".to_owned();
        failure(SendFailureKind::Broken, "redaction", message, true)
    })
}

fn texts(reply: &GuestResponse) -> Vec<&[u8]> {
    reply.headers.iter().map(|header| header.value.as_bytes()).chain([&*reply.body]).collect()
}

fn without_secret(reply: GuestResponse, lease: &Lease) -> GuestResponse {
    let GuestResponse { status, headers, body } = reply;
    let headers = headers.into_iter().map(|header| GuestHeader { value: lease.redact_text(header.value), ..header });
    GuestResponse { status, headers: headers.collect(), body: lease.redact(body) }
}

fn header(name: &HeaderName, value: &HeaderValue) -> GuestHeader {
    GuestHeader { name: name.as_str().to_owned(), value: String::from_utf8_lossy(value.as_bytes()).into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v2_a_server_that_cannot_answer_now_says_when_it_can() {
        let wait = |status, text: &str| {
            let headers = vec![GuestHeader { name: "Retry-After".to_owned(), value: text.to_owned() }];
            wait(&GuestResponse { status, headers, body: Vec::new() })
        };
        assert_eq!(wait(503, " 120 "), Some(Wait::Seconds(120)));
        let at = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        assert_eq!(wait(502, &at.http_date()), Some(Wait::Until(at)));
        for (status, text) in [(200, "120"), (404, "120"), (503, ""), (503, "+1"), (503, "1.5"), (503, "soon")] {
            assert_eq!(wait(status, text), None, "{status} {text}");
        }
    }

    #[test]
    fn a_page_is_known_by_its_label_or_by_its_beginning() {
        let is_page = |label: &str, body: &str| {
            let headers = vec![GuestHeader { name: "Content-Type".to_owned(), value: label.to_owned() }];
            is_a_page(&GuestResponse { status: 429, headers, body: body.into() })
        };
        assert!(is_page("text/html; charset=utf-8", "Slow down") && is_page("application/json", "\n<HTML><head>"));
        assert!(is_page("", "<!DOCTYPE html>"));
        for (label, body) in
            [("application/json", "{}"), ("text/plain", "Retry later"), ("text/xml", "<ErrorResponse>")]
        {
            assert!(!is_page(label, body), "{label} {body}");
        }
    }
}
