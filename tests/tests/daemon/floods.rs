//! A16, A17: HTTP/2 connections that make work and take nothing from anybody: heads without an end, and streams that are opened to be
//! reset. Frame by frame, for no client does this.

use std::time::{Duration, Instant};

use countersign_tests::daemon::{Daemon, GitHubServer, MAIN};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What a connection begins with (RFC 9113 section 3.4), and settings that change nothing.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
/// Why a stream is reset: its client wants it no more.
const CANCEL: [u8; 4] = [0, 0, 0, 8];

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A field that is written as it is (RFC 7541 section 6.2.2).
fn literal(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    [vec![0], text(name), text(value)].concat()
}

/// `GET /api/v1/integrations`, as whoever that is.
fn request() -> Vec<u8> {
    [vec![0x82, 0x86], literal(":path", "/api/v1/integrations?project=ABC"), literal(":authority", "x")].concat()
}

/// Writes pieces until the daemon takes no more of them. How many it took, and the kinds of the frames it answered with.
async fn flood(daemon: &Daemon, pieces: impl Iterator<Item = Vec<u8>>) -> (usize, Vec<u8>) {
    let (mut reading, mut writing) = TcpStream::connect(daemon.address()).await.unwrap().into_split();
    let answers = tokio::spawn(async move {
        let mut kinds = Vec::new();
        let mut head = [0; 9];
        while reading.read_exact(&mut head).await.is_ok() {
            kinds.push(head[3]);
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut payload = vec![0; length as usize];
            if reading.read_exact(&mut payload).await.is_err() {
                break;
            }
        }
        kinds
    });
    let mut taken = 0;
    writing.write_all(PREFACE).await.unwrap();
    for piece in pieces {
        match tokio::time::timeout(Duration::from_secs(20), writing.write_all(&piece)).await {
            Ok(Ok(())) => taken += 1,
            _ => break,
        }
    }
    drop(writing);
    (taken, answers.await.unwrap())
}

/// That another user is answered, and in which time.
async fn others_are_answered(daemon: &Daemon) -> Duration {
    let begun = Instant::now();
    daemon.as_user("ann").repositories(MAIN).await.expect(200);
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a16_a_head_that_goes_on_in_ever_more_frames_ends_its_connection() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    others_are_answered(&daemon).await;
    let many = 20_000;
    let field = literal("x-flood", &"y".repeat(100));
    for payload in [field.repeat(16_000 / field.len()), Vec::new()] {
        let begin = frame(HEADERS, END_STREAM, 1, &request());
        let next = || frame(CONTINUATION, 0, 1, &payload);
        let flooding = flood(&daemon, std::iter::once(begin).chain(std::iter::repeat_with(next).take(many)));
        let ((taken, answers), meanwhile) = tokio::join!(flooding, others_are_answered(&daemon));
        assert!(taken < many, "{taken} frames of {} bytes are taken", payload.len());
        assert!(!answers.contains(&HEADERS), "it is answered: {answers:?}");
        assert!(meanwhile < Duration::from_secs(5), "{meanwhile:?}");
    }
    others_are_answered(&daemon).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a17_streams_that_are_opened_to_be_reset_end_their_connection() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    others_are_answered(&daemon).await;
    let many = 50_000;
    let pieces = (0..many).map(|number| {
        let stream = number * 2 + 1;
        let opened = frame(HEADERS, END_STREAM | END_HEADERS, stream, &request());
        [opened, frame(RST_STREAM, 0, stream, &CANCEL)].concat()
    });
    let ((taken, answers), meanwhile) = tokio::join!(flood(&daemon, pieces), others_are_answered(&daemon));
    assert!(taken < many as usize, "all {taken} are taken");
    assert!(answers.contains(&GOAWAY), "it is told: {answers:?}");
    assert!(meanwhile < Duration::from_secs(5), "{meanwhile:?}");
    others_are_answered(&daemon).await;
}
