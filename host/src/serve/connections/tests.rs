//! Clients that drip, stay silent, smuggle or exaggerate, against the limits of this module in real time.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::service::service_fn;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;

use super::*;

/// How long a test waits for what should happen: every time limit of the module, and then some.
const PATIENCE: Duration = Duration::from_secs(20);

struct Served {
    address: SocketAddr,
    stop: watch::Sender<()>,
    serving: JoinHandle<()>,
    requests: Arc<AtomicUsize>,
}

/// Answers every request once its body is there, or after 2 s for `/slow`.
async fn served() -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopping) = watch::channel(());
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = requests.clone();
    let answers = service_fn(move |request: Request<Incoming>| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            if request.uri().path() == "/slow" {
                sleep(Duration::from_secs(2)).await;
            }
            let length = request.into_body().collect().await.map_or(0, |body| body.to_bytes().len());
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(format!("{length} bytes")))))
        }
    });
    let serving = tokio::spawn(serve(listener, answers, stopping));
    Served { address, stop, serving, requests }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn answer(&self, request: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        everything(&mut stream).await
    }

    /// Others are served, and quickly.
    async fn serves_others(&self) {
        let begun = Instant::now();
        let answer = self.answer("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK") && begun.elapsed() < Duration::from_secs(2), "{answer}");
    }
}

/// What comes until the connection ends, which has to happen.
async fn everything(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let reading = timeout(PATIENCE, stream.read_to_end(&mut bytes));
    match reading.await.expect("the connection ends in time") {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error}"),
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a11_a_head_that_drips_is_cut_off_and_others_are_served_meanwhile() {
    let served = served().await;
    let mut stream = served.connect().await;
    let begun = Instant::now();
    stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let dripping = async {
        while stream.write_all(b"a").await.is_ok() && begun.elapsed() < PATIENCE {
            let mut byte = [0; 1];
            if let Ok(Ok(0) | Err(_)) = timeout(Duration::from_secs(1), stream.read(&mut byte)).await {
                return;
            }
        }
    };
    let others = async {
        sleep(Duration::from_secs(3)).await;
        served.serves_others().await;
    };
    tokio::join!(dripping, others);
    let took = begun.elapsed();
    assert!(took >= HEAD_TIMEOUT && took < PATIENCE, "{took:?}");
    assert_eq!(served.requests.load(Ordering::SeqCst), 1, "only the others' request was answered");
}

#[tokio::test]
async fn a11_connections_that_say_nothing_or_stop_in_their_first_word_are_closed() {
    let served = served().await;
    let (mut silent, mut stuck, mut http2) = (served.connect().await, served.connect().await, served.connect().await);
    // The beginning of both `POST` and HTTP/2's preface.
    stuck.write_all(b"P").await.unwrap();
    // A whole HTTP/2 greeting, and no request.
    http2.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let begun = Instant::now();
    let http2_end = async {
        let mut bytes = Vec::new();
        timeout(PATIENCE, http2.read_to_end(&mut bytes)).await.expect("HTTP/2 ends in time").unwrap();
    };
    let (silence, stutter, ()) = tokio::join!(everything(&mut silent), everything(&mut stuck), http2_end);
    assert_eq!((silence.as_str(), stutter.as_str()), ("", ""));
    assert!(begun.elapsed() >= HEAD_TIMEOUT);
    served.serves_others().await;
}

#[tokio::test]
async fn a11_content_length_with_transfer_encoding_smuggles_no_second_request() {
    let served = served().await;
    let hidden = "GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n";
    for lengths in
        ["content-length: 40\r\ntransfer-encoding: chunked", "transfer-encoding: chunked\r\ncontent-length: 40"]
    {
        let before = served.requests.load(Ordering::SeqCst);
        let answer = served.answer(&format!("POST / HTTP/1.1\r\nhost: x\r\n{lengths}\r\n\r\n0\r\n\r\n{hidden}")).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{lengths}: {answer}");
        assert!(served.requests.load(Ordering::SeqCst) <= before + 1, "{lengths}");
    }
    let differing = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab";
    assert!(served.answer(differing).await.starts_with("HTTP/1.1 400 "));
}

#[tokio::test]
async fn a11_a_head_that_is_too_large_is_refused() {
    let served = served().await;
    let large = format!("GET / HTTP/1.1\r\nhost: x\r\nlarge: {}\r\n\r\n", "x".repeat(MAX_HEAD_BYTES));
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(MAX_HEADERS));
    for head in [large, many] {
        let answer = served.answer(&head).await;
        assert!(answer.starts_with("HTTP/1.1 431 ") || answer.is_empty(), "{answer}");
    }
    assert_eq!(served.requests.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn stopping_lets_a_slow_request_finish_and_takes_no_new_one() {
    let Served { address, stop, serving, .. } = served().await;
    let mut slow = TcpStream::connect(address).await.unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    sleep(Duration::from_millis(500)).await;
    drop(stop);
    sleep(Duration::from_millis(200)).await;
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    let (slow, idle) = tokio::join!(everything(&mut slow), everything(&mut idle));
    assert!(slow.ends_with("0 bytes") && idle.ends_with("0 bytes"), "{slow} {idle}");
    timeout(PATIENCE, serving).await.expect("serving ends with its last connection").unwrap();
}
