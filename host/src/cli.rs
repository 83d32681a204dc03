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
mod environment;
mod failure;
mod file;
mod help;
mod init;
mod integration;
mod logging;
mod policy;
mod private_file;
mod process;
mod provider;
mod serve;
mod setting;
mod shown;
mod site;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use std::{io, thread};

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use sandbox::AddressSpace;
use serde_json::{Value, json};
use tokio::runtime::{self, Runtime};

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
    /// Form of the answer: table or json
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", global = true, hide_possible_values = true)]
    output: Format,
    /// Configuration file [default: /etc/countersign.toml]
    #[arg(long, value_name = "FILE", global = true, help_heading = help::CONFIGURATION)]
    config: Option<PathBuf>,
    #[command(flatten, next_help_heading = help::CONFIGURATION)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Make the data directory, with its key and database
    Init,
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
    /// Print the version
    Version,
}

fn command() -> clap::Command {
    help::arranged(Cli::command())
}

/// Does what the process was started for.
pub fn run() -> ExitCode {
    // First of all: a service manager may tell a daemon to read anew before it has read anything.
    serve::outlive_hang_up(std::env::args_os());
    if let Err(error) = process::keep_to_itself() {
        eprintln!(
            "countersign: core files and tracing cannot be switched off ({error}): others may read what this process holds"
        );
    }
    let matches = command().get_matches();
    if let Some(topic) = help::topic(command(), &matches) {
        return Answer::new(topic.trim_end(), Value::Null).print(Format::Table).unwrap_or(ExitCode::FAILURE);
    }
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let format = cli.output;
    answer(cli, &matches).and_then(|answer| answer.print(format)).unwrap_or_else(|error| failure::print(&error))
}

fn answer(cli: Cli, matches: &ArgMatches) -> anyhow::Result<Answer> {
    let context = Context::new(cli.settings, cli.config, matches);
    let address_space = AddressSpace::limited();
    if let (Command::Serve, Some(limited)) = (&cli.command, address_space) {
        limited.is_enough()?;
    }
    let runtime = runtime(address_space)?;
    let answer = runtime.block_on(cli.command.run(&context, cli.output));
    // Dropped here at the latest, the store writes what is queued before the process ends.
    runtime.shutdown_timeout(ENDING_GRACE);
    answer
}

/// With tokio's numbers of threads, fewer where the process may not have the address space for so many.
fn runtime(address_space: Option<AddressSpace>) -> io::Result<Runtime> {
    let mut builder = runtime::Builder::new_multi_thread();
    if let Some(threads) = address_space.map(AddressSpace::threads) {
        let workers = thread::available_parallelism().map_or(1, usize::from).min(threads / 2);
        builder.worker_threads(workers).max_blocking_threads(threads - workers);
    }
    builder.enable_all().build()
}

impl Command {
    async fn run(self, context: &Context, format: Format) -> anyhow::Result<Answer> {
        match self {
            Command::Init => init::run(context),
            Command::Serve => serve::run(context).await,
            Command::Config(command) => command.run(context).await,
            Command::Admin(command) => command.run(context).await,
            Command::Site(command) => command.run(context).await,
            Command::Connector(command) => command.run(context).await,
            Command::Integration(command) => command.run(context).await,
            Command::Policy(command) => command.run(context).await,
            Command::Provider(command) => command.run(context, format).await,
            Command::Audit(command) => command.run(context).await,
            Command::Version => Ok(version()),
        }
    }
}

/// As `--version` says it.
fn version() -> Answer {
    let version = env!("CARGO_PKG_VERSION");
    Answer::new(format!("countersign {version}"), json!({ "version": version }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SETTINGS;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    /// A terminal that nobody made larger.
    const LINES: usize = 24;
    const COLUMNS: usize = 100;

    #[test]
    fn the_help_of_every_command_is_one_screen() {
        let mut wrong = Vec::new();
        look_below(&command(), &["countersign"], &mut wrong);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn look_below(under: &clap::Command, path: &[&str], wrong: &mut Vec<String>) {
        for flag in ["-h", "--help"] {
            let help = command().try_get_matches_from([path, &[flag]].concat()).unwrap_err().to_string();
            let (lines, width) = (help.lines().count(), help.lines().map(|line| line.chars().count()).max());
            if lines > LINES || width.is_none_or(|width| width > COLUMNS) {
                wrong.push(format!("{lines} lines, {width:?} columns:\n{help}"));
            }
        }
        for command in under.get_subcommands() {
            look_below(command, &[path, &[command.get_name()]].concat(), wrong);
        }
    }

    #[test]
    fn the_configuration_is_shown_where_it_belongs_and_taken_everywhere() {
        let help = |path: &[&str]| {
            let mut command = command();
            command.build();
            path.iter()
                .fold(&command, |command, name| command.find_subcommand(name).unwrap())
                .clone()
                .render_long_help()
                .to_string()
        };
        for path in [&["serve"][..], &["config", "check"], &["configuration"]] {
            assert!(help(path).contains("--clock-leeway"), "{path:?}");
        }
        for path in [&["policy", "show"][..], &["audit", "verify"], &["integration", "rules"], &[]] {
            assert!(!help(path).contains("--clock-leeway"), "{path:?}");
        }
        for line in [
            "countersign --data-dir x policy show",
            "countersign policy show --data-dir x",
            "countersign serve --data-dir x",
        ] {
            let matches = command().try_get_matches_from(line.split(' ')).unwrap();
            assert!(matches.contains_id("data_dir"), "{line}");
            let source = matches.value_source("data_dir");
            assert_eq!(source, Some(clap::parser::ValueSource::CommandLine), "{line}");
        }
    }

    /// The help says that one rule leads from a flag to its variable and to its name in the file.
    #[test]
    fn flag_variable_and_file_call_a_setting_the_same() {
        let command = Cli::command();
        let flags = command.get_arguments().filter(|arg| arg.get_help_heading() == Some(help::CONFIGURATION));
        let flags: Vec<_> = flags.map(|arg| arg.get_long().unwrap().replace('-', "_")).collect();
        let names: Vec<_> = ["config"].into_iter().chain(SETTINGS).collect();
        assert_eq!(flags, names);
        for name in SETTINGS {
            assert_eq!(command.get_arguments().filter(|arg| arg.get_id() == name).count(), 1, "{name}");
        }
    }

    #[test]
    fn what_is_not_shown_with_a_command_is_shown_by_its_topic() {
        let help =
            |line: &str| help::topic(command(), &command().try_get_matches_from(line.split(' ')).unwrap()).unwrap();
        assert!(help("countersign integration rules").contains("--require-user-pat-from"));
        assert!(help("countersign integration network").contains("--proxy"));
        assert!(help("countersign integration branches").contains("--map"));
        let matches = command().try_get_matches_from(["countersign", "policy", "show"]).unwrap();
        assert!(help::topic(command(), &matches).is_none());
    }
}
