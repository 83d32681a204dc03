//! The command line: `countersign COMMAND`. Reads arguments, calls the library, prints one answer.
//!
//! Every command works on the data directory itself, whether or not a daemon runs on it. No command decides anything that
//! the daemon would decide: operations are `operate`'s, and so are their refusals.
//!
//! What is printed is an interface: an answer goes to standard output, as a table or as one JSON document; an error is one
//! line on standard error. The exit status is 0, 1 for what did not work, or 2 for arguments that make no sense.

mod admin;
mod answer;
mod arguments;
mod audit;
mod check;
mod connector;
mod context;
mod failure;
mod integration;
mod logging;
mod policy;
mod private_file;
mod provider;
mod serve;
mod shown;
mod site;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use self::answer::{Answer, Format};
use self::context::Context;
use crate::config::Settings;

/// How long threads may take to end once the answer is there. Only a read that hangs takes longer than an instant.
const ENDING_GRACE: Duration = Duration::from_secs(5);

/// Lends each Jira user's own access token, one call at a time, to a sandboxed git provider.
#[derive(Parser)]
#[command(name = "countersign", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", global = true)]
    output: Format,
    /// Configuration file [default: /etc/countersign.toml, where there is one]
    #[arg(long, env = "COUNTERSIGN_CONFIG", value_name = "FILE", global = true, help_heading = "Configuration")]
    config: Option<PathBuf>,
    #[command(flatten, next_help_heading = "Configuration")]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Run the daemon
    Serve,
    /// Look at the configuration
    #[command(subcommand)]
    Config(check::Command),
    /// Tokens of administrators
    #[command(subcommand)]
    Admin(admin::Command),
    /// Jiras whose users are known
    #[command(subcommand)]
    Site(site::Command),
    /// Clients of the HTTP API
    #[command(subcommand)]
    Connector(connector::Command),
    /// Connections to git servers
    #[command(subcommand)]
    Integration(integration::Command),
    /// The rule over all integrations
    #[command(subcommand)]
    Policy(policy::Command),
    /// Components that speak to git servers
    #[command(subcommand)]
    Provider(provider::Command),
    /// What was done, and by whom
    #[command(subcommand)]
    Audit(audit::Command),
}

/// Does what the process was started for.
pub fn run() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let format = cli.output;
    let printed = answer(cli, &matches).and_then(|answer| {
        answer.print(format).map_err(|error| anyhow!(error).context("the answer cannot be printed"))
    });
    printed.unwrap_or_else(|error| failure::print(&error))
}

fn answer(cli: Cli, matches: &ArgMatches) -> anyhow::Result<Answer> {
    let context = Context::new(cli.settings, cli.config, matches);
    let runtime = tokio::runtime::Runtime::new()?;
    let answer = runtime.block_on(cli.command.run(&context, cli.output));
    // Dropped here at the latest, the store writes what is queued before the process ends.
    runtime.shutdown_timeout(ENDING_GRACE);
    answer
}

impl Command {
    async fn run(self, context: &Context, format: Format) -> anyhow::Result<Answer> {
        match self {
            Command::Serve => serve::run(context).await,
            Command::Config(command) => command.run(context).await,
            Command::Admin(command) => command.run(context).await,
            Command::Site(command) => command.run(context).await,
            Command::Connector(command) => command.run(context).await,
            Command::Integration(command) => command.run(context).await,
            Command::Policy(command) => command.run(context).await,
            Command::Provider(command) => command.run(context, format).await,
            Command::Audit(command) => command.run(context).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
