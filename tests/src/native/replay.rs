//! Runs a provider's synchronous code on asynchronous connections without a thread of its own.
//!
//! The code runs until it asks for an answer that is not there yet; the request is sent, and the code runs again from the
//! start with one answer more. Providers keep nothing and read no clock, so that it asks the same again. For a call of two
//! requests that is three runs of some microseconds, which costs less than handing the call to a blocking thread and waking
//! that thread twice: a comparison should not win by slowing down what it is compared with.

use std::cell::RefCell;

use countersign_sdk::Transport;
use countersign_sdk::types::{Failure, Header, Method, Request, Response, SendFailure, SendFailureKind};
use sandbox::SendFailureKind as HostFailureKind;
use sandbox::{Call, GuestHeader, GuestMethod, GuestRequest, GuestResponse, SendFailure as HostFailure};

type Answer = Result<Response, SendFailure>;

/// Calls provider code with a transport that sends through `lent`.
pub(super) async fn run<T>(lent: &Call, call: impl Fn(&dyn Transport) -> Result<T, Failure>) -> Result<T, Failure> {
    let mut answers = Vec::new();
    loop {
        let request = {
            let replay = Replay::of(&answers);
            let outcome = call(&replay);
            match replay.pending.into_inner() {
                None => return outcome,
                Some(request) => request,
            }
        };
        let answer = lent.send(to_host(request)).await;
        answers.push(answer.map(response).map_err(send_failure));
    }
}

/// Gives the answers known so far, and keeps the first request beyond them.
struct Replay<'a> {
    answers: RefCell<std::slice::Iter<'a, Answer>>,
    pending: RefCell<Option<Request>>,
}

impl<'a> Replay<'a> {
    fn of(answers: &'a [Answer]) -> Self {
        Self { answers: RefCell::new(answers.iter()), pending: RefCell::new(None) }
    }
}

impl Transport for Replay<'_> {
    fn send(&self, request: Request) -> Answer {
        if let Some(answer) = self.answers.borrow_mut().next() {
            return answer.clone();
        }
        self.pending.borrow_mut().get_or_insert(request);
        // Ends this run; what comes of it is thrown away.
        Err(SendFailure {
            kind: SendFailureKind::Unreachable,
            code: String::new(),
            message: String::new(),
            maybe_sent: false,
        })
    }
}

fn to_host(request: Request) -> GuestRequest {
    let header = |header: Header| GuestHeader { name: header.name, value: header.value };
    GuestRequest {
        method: match request.method {
            Method::Get => GuestMethod::Get,
            Method::Head => GuestMethod::Head,
            Method::Post => GuestMethod::Post,
            Method::Put => GuestMethod::Put,
            Method::Patch => GuestMethod::Patch,
            Method::Delete => GuestMethod::Delete,
        },
        url: request.url,
        headers: request.headers.into_iter().map(header).collect(),
        body: request.body,
        reads_only: request.reads_only,
    }
}

fn response(response: GuestResponse) -> Response {
    let header = |header: GuestHeader| Header::new(header.name, header.value);
    Response {
        status: response.status,
        headers: response.headers.into_iter().map(header).collect(),
        body: response.body,
    }
}

fn send_failure(failure: HostFailure) -> SendFailure {
    SendFailure {
        kind: match failure.kind {
            HostFailureKind::Refused => SendFailureKind::Refused,
            HostFailureKind::Unreachable => SendFailureKind::Unreachable,
            HostFailureKind::TimedOut => SendFailureKind::TimedOut,
            HostFailureKind::Broken => SendFailureKind::Broken,
            HostFailureKind::TooLarge => SendFailureKind::TooLarge,
        },
        code: failure.code,
        message: failure.message,
        maybe_sent: failure.maybe_sent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(url: &str) -> Request {
        Request { method: Method::Get, url: url.into(), headers: vec![], body: None, reads_only: false }
    }

    #[test]
    fn known_answers_come_in_order_and_the_first_request_beyond_them_is_the_one_to_send() {
        let answer = |status| Ok(Response { status, headers: vec![], body: vec![] });
        let answers = [answer(200), answer(404)];
        let replay = Replay::of(&answers);
        let statuses = ["a", "b"].map(|url| replay.send(get(url)).map(|response| response.status));
        assert_eq!(statuses, [Ok(200), Ok(404)]);
        assert!(replay.pending.borrow().is_none());
        assert!(replay.send(get("c")).is_err() && replay.send(get("d")).is_err());
        assert_eq!(replay.pending.into_inner().map(|request| request.url), Some("c".to_owned()));
    }
}
