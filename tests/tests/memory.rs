//! A8: a body far larger than any that is taken costs no memory. A file of its own, because memory is the process's, and
//! other tests would be in the measurement.

use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, WIDGETS};
use countersign_tests::soak::resident_bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const NEW_BRANCH: &str = "/api/v1/integrations/main/repositories/acme%2Fwidgets/branches";
const BODY_BYTES: usize = 100 << 20;
/// What the process may grow by meanwhile, in bytes: a third of the body.
const MAX_GROWTH_BYTES: u64 = 32 << 20;

/// Writes as fast as the daemon reads, and returns the answer with what could be written.
async fn stream(daemon: &Daemon, head: String) -> (String, usize) {
    let stream = TcpStream::connect(daemon.address()).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let body = tokio::spawn(async move {
        writing.write_all(head.as_bytes()).await.unwrap();
        let piece = vec![b' '; 64 << 10];
        let mut written = 0;
        // The daemon may hang up once it has answered.
        while written < BODY_BYTES && writing.write_all(&piece).await.is_ok() {
            written += piece.len();
        }
        written
    });
    let mut answer = Vec::new();
    // Ends with the connection, which the daemon may reset.
    let _ = reading.read_to_end(&mut answer).await;
    drop(reading);
    (String::from_utf8_lossy(&answer).into_owned(), body.await.unwrap())
}

#[tokio::test]
async fn a8_a_body_of_100_mb_is_answered_413_and_takes_no_memory() {
    let Some(_) = resident_bytes() else {
        println!("skipped: this system has no /proc/self/status to read memory from");
        return;
    };
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    // What a first request takes, it takes once.
    ann.create_branch(MAIN, WIDGETS, "first", "main").await.expect(201);
    let before = resident_bytes().unwrap();
    let framings = [
        format!("content-length: {BODY_BYTES}\r\n\r\n"),
        // One chunk as large as the body.
        format!("transfer-encoding: chunked\r\n\r\n{BODY_BYTES:x}\r\n"),
    ];
    for framing in framings {
        for (token, status) in [(ann.token(), "413"), ("nobody".to_owned(), "401")] {
            let head = format!("POST {NEW_BRANCH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n");
            let head = format!("{head}content-type: application/json\r\n{framing}");
            let (answer, written) = stream(&daemon, head).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
            println!("{status} after {} kB of the body were written", written >> 10);
            let growth = resident_bytes().unwrap().saturating_sub(before);
            assert!(growth < MAX_GROWTH_BYTES, "grew by {growth} bytes");
        }
    }
    ann.create_branch(MAIN, WIDGETS, "second", "main").await.expect(201);
}
