//! What SIGHUP does: the level of the log, certificates to trust and to show, and providers are taken up as they are now. The rest of the
//! configuration takes a new start, and where it differs, that is said.

use serde_json::Value;

use crate::cli::context::Context;
use crate::cli::logging::Level;
use crate::config::{Config, SETTINGS};
use crate::operate::{self, SharedApp};

/// The one setting that can be changed while the daemon runs.
const RENEWED: &str = "log_level";

/// What it takes.
pub(super) struct Renewal<'a> {
    pub(super) app: SharedApp,
    pub(super) context: &'a Context,
    pub(super) level: Level,
    /// What the daemon was started with, and the level it has now.
    pub(super) config: Config,
}

impl Renewal<'_> {
    /// Does what is done at once, and begins the rest, which says so when it is done. Whatever is wrong stays as it was.
    pub(super) fn begin(&mut self) {
        match self.context.configured() {
            Ok(now) => self.follow(&now.config),
            Err(error) => tracing::error!(
                signal = "SIGHUP",
                error = format!("{error:#}"),
                "the configuration cannot be read anew; what was read before stays"
            ),
        }
        let (app, log_level) = (self.app.clone(), self.config.log_level);
        tokio::spawn(async move {
            let renewed = operate::renew(&app).await;
            let count = |count: Option<usize>| count.map_or("as before".to_owned(), |count| count.to_string());
            let (certificates, client_certificates) = (count(renewed.certificates), count(renewed.client_certificates));
            let new_providers = renewed.providers;
            tracing::info!(
                signal = "SIGHUP",
                ?log_level,
                certificates,
                client_certificates,
                new_providers,
                "read anew what can be"
            );
        });
    }

    fn follow(&mut self, now: &Config) {
        if now.log_level != self.config.log_level {
            match self.level.change(now.log_level) {
                Ok(()) => self.config.log_level = now.log_level,
                Err(error) => tracing::error!(%error, "the level of the log cannot be changed"),
            }
        }
        let settings = differing(&self.config, now).join(", ");
        if !settings.is_empty() {
            tracing::warn!(
                signal = "SIGHUP",
                settings,
                "changed in the configuration, and taken up by a new start only"
            );
        }
    }
}

/// Names of the settings that differ, but for the one that needs no new start.
fn differing(before: &Config, now: &Config) -> Vec<&'static str> {
    let values = |config| serde_json::to_value(config).unwrap_or(Value::Null);
    let (before, now) = (values(before), values(now));
    SETTINGS.into_iter().filter(|name| *name != RENEWED && before[name] != now[name]).collect()
}
