//! Whether anybody waits for the answer to a request: what has sent nothing yet need not go on where nobody does.

use std::future::{Future, pending};

use tokio::sync::watch;

tokio::task_local! {
    static CALLER: watch::Receiver<()>;
}

/// Whoever waits for an answer, for as long as this lives.
#[derive(Debug)]
pub struct Caller(#[expect(dead_code, reason = "held, and dropped")] watch::Sender<()>);

/// What answers somebody, and who that is.
pub fn answering<F: Future>(answering: F) -> (impl Future<Output = F::Output>, Caller) {
    let (sender, receiver) = watch::channel(());
    (CALLER.scope(receiver, answering), Caller(sender))
}

/// Ends when nobody waits for the answer any more. Never where nobody asked: what the daemon does by itself.
pub async fn given_up() {
    match CALLER.try_with(Clone::clone) {
        // Nothing is ever sent: it changes when the sender is gone.
        Ok(mut caller) => while caller.changed().await.is_ok() {},
        Err(_) => pending().await,
    }
}
