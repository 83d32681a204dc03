//! `countersign init`: the data directory with its key and its database. Beside it, only `countersign serve` makes any of them.

use std::sync::Arc;

use crypto::KeySource;
use serde_json::json;

use super::answer::Answer;
use super::context::Context;
use crate::clock::SystemClock;
use crate::operate::{App, Initialised};

pub(super) fn run(context: &Context) -> anyhow::Result<Answer> {
    let config = context.config()?;
    let (directory, database) = (config.data_dir.clone(), config.database());
    let Initialised { made_directory, made_database, key, key_id } = App::init(config, Arc::new(SystemClock))?;
    let is_new_key = matches!(key, KeySource::New(_));
    let path = key.path().display().to_string();
    let parts = [
        (made_directory, format!("the data directory {}", directory.display())),
        (is_new_key, format!("the master key {path}, of which you need a copy in another place")),
        (made_database, format!("the database {}", database.display())),
    ];
    let made: Vec<_> = parts.into_iter().filter(|(is_made, _)| *is_made).map(|(_, what)| what).collect();
    let text = if made.is_empty() {
        format!("nothing had to be made: the key {key_id}, in {path}, opens {}", database.display())
    } else {
        format!("made {}; the key is {key_id}", made.join(", "))
    };
    let made = [("data-directory", made_directory), ("master-key", is_new_key), ("database", made_database)];
    let made: Vec<_> = made.into_iter().filter(|(_, is_made)| *is_made).map(|(what, _)| what).collect();
    Ok(Answer::new(text, json!({ "data_dir": directory, "key_id": key_id, "key_file": path, "made": made })))
}
