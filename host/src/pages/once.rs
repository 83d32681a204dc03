//! A form that is sent twice is done once: what came of it is kept under what was asked, and shown again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crypto::{Parts as Message, hex, random_id};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::Page;
use super::told;
use super::visit::Visiting;
use crate::operate::{self, ClaimedKey, OperationError};
use crate::request::REQUEST_TIMEOUT;
use store::{Claim, IdempotencyKey, StoredAnswer};

/// Names one showing of a form: two presses of its button are of one attempt.
pub(super) const ATTEMPT: &str = "attempt";

/// How often the second of two presses looks whether the first is done.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long it does.
const LOOK_FOR: Duration = Duration::from_secs(100);

/// What came of sending a form.
pub(super) enum Outcome {
    /// It is done; the id of what is kept of it.
    Done(String),
    /// It was not.
    Failed(OperationError),
}

/// A name for one showing of a form.
pub(super) fn new_attempt(at: &Visiting) -> String {
    random_id(&*at.app.random)
}

/// The same for every press of one button with the same things filled in; 32 hexadecimal digits.
pub(super) fn id_of(at: &Visiting, attempt: &str, asked: &BTreeMap<String, String>) -> String {
    let mut message = Message::of(["form", at.visit.id.as_str(), attempt]);
    for (name, value) in asked {
        message = message.bytes(name.as_bytes()).bytes(value.as_bytes());
    }
    hex(&message.sha256()[..16])
}

/// Does it, unless it is done already or under way: then its end is waited for. `id` is [`id_of`] what was asked.
pub(super) async fn once(
    at: &Visiting,
    id: String,
    work: impl Future<Output = Result<impl Serialize, OperationError>>,
) -> Result<Outcome, Page> {
    let key = IdempotencyKey {
        connector: at.asker.connector.clone(),
        user: at.asker.user.clone(),
        key: format!("page {id}"),
    };
    if !is_ours(at, &key).await? {
        return Ok(Outcome::Done(id));
    }
    let request_id = &at.asker.request_id;
    match work.await {
        Ok(done) => {
            let keeping = at.keep_result(&id, &done).await;
            // That there is one says it all: what is shown is the result.
            let answer = StoredAnswer { status: 200, content_type: String::new(), body: Vec::new() };
            operate::keep_answer(&at.app, key, Some(answer), request_id).await;
            keeping?;
            Ok(Outcome::Done(id))
        }
        Err(error) => {
            operate::keep_answer(&at.app, key, None, request_id).await;
            Ok(Outcome::Failed(error))
        }
    }
}

/// Whether it is for this press of the button to do it. False where another did.
async fn is_ours(at: &Visiting, key: &IdempotencyKey) -> Result<bool, Page> {
    let stopped = |error| at.stopped(error);
    let began = Instant::now();
    loop {
        let request = operate::Request {
            connector: key.connector.clone(),
            token_id: format!("page {}", random_id(&*at.app.random)),
            token_expires_at: at.app.clock.now(),
            // All that was asked is in the key.
            key: Some(ClaimedKey { key: key.clone(), request: [0; 32], may_take: REQUEST_TIMEOUT }),
        };
        match operate::claim(&at.app, request).await.map_err(stopped)? {
            Claim::Granted => return Ok(true),
            Claim::Replay(_) => return Ok(false),
            Claim::TokenReplayed | Claim::OtherRequest | Claim::InProgress => {
                if began.elapsed() > LOOK_FOR {
                    return Err(
                        told::trouble(&at.app.config, crate::request::Trouble::TooSlow).framed_by(&at.framed_by)
                    );
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

impl Visiting {
    /// Keeps what came of a form, to be shown by GET under this id: a reload sends nothing twice. Nothing secret may be in it.
    async fn keep_result(&self, id: &str, result: &impl Serialize) -> Result<(), Page> {
        let result = serde_json::to_string(result).expect("texts are JSON");
        let fields = BTreeMap::from([("done".to_owned(), result)]);
        let keeping = operate::keep_draft(&self.app, &self.asker.user, subject(id), fields).await;
        keeping.map_err(|error| self.stopped(error))
    }

    /// The same under an id of its own, which is the answer.
    pub(super) async fn keep_new_result(&self, result: &impl Serialize) -> Result<String, Page> {
        let id = random_id(&*self.app.random);
        self.keep_result(&id, result).await?;
        Ok(id)
    }

    /// What was done, as long as it is kept.
    pub(super) async fn result<T: DeserializeOwned>(&self, id: &str) -> Result<Option<T>, Page> {
        if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let fields = operate::draft(&self.app, &self.asker.user, &subject(id)).await;
        let fields = fields.map_err(|error| self.stopped(error))?;
        Ok(fields.get("done").and_then(|kept| serde_json::from_str(kept).ok()))
    }
}

fn subject(id: &str) -> String {
    format!("done {id}")
}
