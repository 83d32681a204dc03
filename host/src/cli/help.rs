//! What `--help` shows: one screen for each command. What every command takes, and what few who add an integration need, has a
//! screen of its own, made of the very options: `countersign help configuration`.

use clap::{Arg, ArgMatches, Command};

/// What every command takes beside its own options.
pub(super) const CONFIGURATION: &str = "Configuration";
/// Options of an integration, by what they are about.
pub(super) const RULES: &str = "Rules";
pub(super) const NETWORK: &str = "Network";
pub(super) const BRANCHES: &str = "Branches";

const SOURCES: &str = "Each is COUNTERSIGN_NAME in the environment, too, and, but for --config, `name` in the file, with _\n\
                       for -. Flags outweigh the environment, which outweighs the file: `countersign config check`.";
const SIGNALS: &str = "SIGHUP: log level, certificates and providers are read anew. SIGTERM and SIGINT stop it.";
const EVERYWHERE: &str = "What every command takes (--data-dir and so on): `countersign help configuration`";
const MORE_OF_INTEGRATIONS: &str =
    "More: `countersign help integration rules`, `… integration network`, `… integration branches`";

/// Commands that run with the whole configuration, and show it.
const CONFIGURED: [&[&str]; 2] = [&["serve"], &["config", "check"]];
/// Commands with the options of an integration.
const OF_INTEGRATIONS: [&[&str]; 2] = [&["integration", "add"], &["integration", "set"]];

/// A screen that is not of a command: where, under which heading its options are, and what it says of them.
const TOPICS: [(&[&str], &str, &str); 4] = [
    (&["configuration"], CONFIGURATION, "What every command takes"),
    (&["integration", "rules"], RULES, "Rules of an integration, and what is switched off in it"),
    (&["integration", "network"], NETWORK, "How an integration's git server is reached"),
    (&["integration", "branches"], BRANCHES, "How an integration's branches are called, and where projects work"),
];

/// The command line as it is parsed and shown, of how it is declared.
pub(super) fn arranged(whole: Command) -> Command {
    let of_all = under(&whole, CONFIGURATION);
    let mut command = whole.clone().mut_args(|arg| hidden_under(arg, &[CONFIGURATION])).after_help(EVERYWHERE);
    for path in CONFIGURED {
        let help = if path == ["serve"] { format!("{SOURCES}\n{SIGNALS}") } else { SOURCES.to_owned() };
        command = at(command, path, |command| command.args(of_all.clone()).after_help(help));
    }
    for path in OF_INTEGRATIONS {
        command = at(command, path, |command| {
            command.mut_args(|arg| hidden_under(arg, &[RULES, NETWORK, BRANCHES])).after_help(MORE_OF_INTEGRATIONS)
        });
    }
    for (path, heading, about) in TOPICS {
        let Some((name, parents)) = path.split_last() else { continue };
        let of = if parents.is_empty() { "COMMAND" } else { "integration add|set" };
        let source = find(&whole, if parents.is_empty() { &[] } else { OF_INTEGRATIONS[0] });
        let topic = Command::new(*name)
            .about(about)
            .hide(true)
            .override_usage(format!("countersign {of} [OPTIONS]"))
            .after_help(if parents.is_empty() { SOURCES } else { "" })
            .args(source.map(|source| under(source, heading)).unwrap_or_default());
        command = at(command, parents, |command| command.subcommand(topic));
    }
    command
}

/// The screen that was asked for as if it were a command.
pub(super) fn topic(mut command: Command, matches: &ArgMatches) -> Option<String> {
    let first = matches.subcommand();
    let names = std::iter::successors(first, |(_, matches)| matches.subcommand()).map(|(name, _)| name);
    let names: Vec<&str> = names.collect();
    let (path, ..) = TOPICS.iter().find(|(path, ..)| *path == names)?;
    command.build();
    Some(find(&command, path)?.clone().render_help().to_string())
}

/// Copies of the options under a heading, which need nobody's presence.
fn under(command: &Command, heading: &str) -> Vec<Arg> {
    command.get_arguments().filter(|arg| arg.get_help_heading() == Some(heading)).cloned().collect()
}

fn hidden_under(arg: Arg, headings: &[&str]) -> Arg {
    let is_hidden = arg.get_help_heading().is_some_and(|heading| headings.contains(&heading));
    if is_hidden { arg.hide(true) } else { arg }
}

/// Changes the command at the end of a path of names.
fn at(command: Command, path: &[&str], change: impl FnOnce(Command) -> Command) -> Command {
    match path.split_first() {
        None => change(command),
        Some((first, rest)) => command.mut_subcommand(*first, |command| at_boxed(command, rest, Box::new(change))),
    }
}

/// The same for what is below: a closure in a closure in a closure has no end as a type.
fn at_boxed(command: Command, path: &[&str], change: Box<dyn FnOnce(Command) -> Command + '_>) -> Command {
    match path.split_first() {
        None => change(command),
        Some((first, rest)) => command.mut_subcommand(*first, |command| at_boxed(command, rest, change)),
    }
}

fn find<'a>(command: &'a Command, path: &[&str]) -> Option<&'a Command> {
    path.iter().try_fold(command, |command, name| command.find_subcommand(name))
}
