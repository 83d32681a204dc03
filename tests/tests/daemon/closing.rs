//! E9: a server, or what stands before it, that closes connections without saying so. What did not arrive is sent again; what may
//! have arrived is not.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use countersign_tests::daemon::{Daemon, GitHubServer, Holder, MAIN, WIDGETS};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const NAME: &str = "github.example.com";
const CHANGES: usize = 200;

/// What the server does with a connection.
#[derive(Clone, Copy)]
enum Closes {
    /// Answers one request and closes, saying nothing of it in the answer.
    AfterEachAnswer,
    /// Takes a change whole, and closes.
    InsteadOfAnsweringChanges,
    /// Accepts every second connection and closes it at once.
    EverySecondAtOnce,
}

/// A front of a stand-in that closes without saying so.
struct Front {
    address: SocketAddr,
    /// Request lines that arrived.
    seen: Arc<Mutex<Vec<String>>>,
}

impl Front {
    async fn of(to: SocketAddr, closes: Closes) -> Front {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
        let kept = Arc::clone(&seen);
        tokio::spawn(async move {
            let mut accepted = 0;
            while let Ok((stream, _)) = listener.accept().await {
                accepted += 1;
                if matches!(closes, Closes::EverySecondAtOnce) && accepted % 2 == 1 {
                    continue;
                }
                tokio::spawn(pass_one(stream, to, Arc::clone(&kept), closes));
            }
        });
        Front { address, seen }
    }

    fn changes(&self) -> usize {
        self.seen.lock().unwrap().iter().filter(|line| !line.starts_with("GET ")).count()
    }
}

/// One request and its answer.
async fn pass_one(mut inside: TcpStream, to: SocketAddr, seen: Arc<Mutex<Vec<String>>>, closes: Closes) -> Option<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(inside.read_u8().await.ok()?);
    }
    let head = String::from_utf8(request).unwrap();
    let line = head.lines().next()?.to_owned();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    inside.read_exact(&mut body).await.ok()?;
    let is_change = !line.starts_with("GET ");
    seen.lock().unwrap().push(line);
    if is_change && matches!(closes, Closes::InsteadOfAnsweringChanges) {
        return None;
    }
    let mut outside = TcpStream::connect(to).await.ok()?;
    let head = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    outside.write_all(&[head.as_bytes(), &body].concat()).await.ok()?;
    let mut answer = Vec::new();
    outside.read_to_end(&mut answer).await.ok()?;
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let (head, body) = answer.split_at(end);
    let head = String::from_utf8(head.to_vec()).unwrap().replace("\r\nconnection: close", "");
    inside.write_all(&[head.as_bytes(), body].concat()).await.ok()
}

/// A daemon whose server is reached through such a front, with a PAT of Ann's.
async fn behind(closes: Closes) -> (Daemon, Front) {
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    let plain = daemon.stand_in.url().split('/').nth(2).unwrap().parse().unwrap();
    let front = Front::of(plain, closes).await;
    let body = json!({
        "settings": { "base_url": format!("http://{NAME}") },
        "network": { "allow_http": true, "connect_to": { format!("{NAME}:80"): front.address.to_string() } },
        "credential": daemon.credential(Holder::Integration),
    });
    daemon.as_admin(Method::PATCH, "/integrations/main", Some(body)).await.expect(200);
    daemon.as_user("ann").save_pat(MAIN, token::ALICE).await.expect(200);
    (daemon, front)
}

#[tokio::test(flavor = "multi_thread")]
async fn e9_a_server_that_closes_silently_after_each_answer_leaves_no_outcome_unknown() {
    let (daemon, front) = behind(Closes::AfterEachAnswer).await;
    let ann = daemon.as_user("ann");
    for number in 0..CHANGES {
        ann.create_branch(MAIN, WIDGETS, &format!("closing-{number}"), "main").await.expect(201);
    }
    assert_eq!(front.changes(), CHANGES, "each was sent once");
}

#[tokio::test]
async fn e9_v7_what_a_server_took_before_it_closed_is_not_sent_again() {
    let (daemon, front) = behind(Closes::InsteadOfAnsweringChanges).await;
    let ann = daemon.as_user("ann");
    ann.create_branch(MAIN, WIDGETS, "taken", "main").await.problem(504, "outcome-unknown");
    assert_eq!(front.changes(), 1);
    assert_eq!(daemon.show_ref(WIDGETS, "taken"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn e9_a_read_goes_again_where_a_connection_was_closed_at_once() {
    let (daemon, _front) = behind(Closes::EverySecondAtOnce).await;
    for _ in 0..20 {
        daemon.as_user("ann").check_pat(MAIN).await.expect(200);
    }
}
