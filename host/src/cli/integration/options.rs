//! What can be said of an integration when it is added, and said differently later.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser as _};

use super::mapping;
use crate::cli::arguments::{self, Given, Switch, given_timestamp, pair, unless_empty};
use crate::cli::help;
use crate::operate::administration::{FeaturesPatch, IntegrationPatch, NewCredential, RulesPatch};
use model::{
    BranchTemplate, DisplayName, Letters, Mappings, MaxLength, NetworkRules, Projects, Separator, Settings,
    SiteProjects, Timestamp,
};

/// What `--map` takes.
const MAP: &str = "What a Jira project or a component of it works on (repeatable):\n\
                   [SITE/]PROJECT[/COMPONENT]=\n\
                   [repository=ID][,base=BRANCH][,template=TEMPLATE]\n\
                   Nothing after the first = takes it away";

#[derive(Args)]
pub(super) struct Options {
    /// For people [default: ID]
    #[arg(long)]
    name: Option<DisplayName>,
    /// A setting of the kind; an empty value takes it away (repeatable)
    #[arg(long = "setting", value_name = "NAME=VALUE", value_parser = pair)]
    settings: Vec<(String, String)>,
    /// A field of its own credential, from FILE or `-` (repeatable)
    #[arg(long = "credential", value_name = "NAME=@FILE")]
    credential: Vec<String>,
    /// It has no credential of its own (any more)
    #[arg(long, conflicts_with = "credential")]
    no_credential: bool,
    /// A Jira project it is open to: KEY, SITE/KEY or SITE/* (repeatable)
    #[arg(long = "project", value_name = "[SITE/]KEY")]
    projects: Vec<SiteProjects>,
    /// It is open to every Jira project of every site
    #[arg(long, conflicts_with = "projects")]
    all_projects: bool,
    #[command(flatten)]
    rules: RulesOptions,
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    branches: BranchOptions,
}

#[derive(Args)]
#[command(next_help_heading = help::RULES)]
struct RulesOptions {
    /// Whether branches and pull requests need a PAT of the user
    #[arg(long, value_name = "on|off", num_args = 0..=1, default_missing_value = "on", hide_possible_values = true)]
    require_user_pat: Option<Switch>,
    /// When that begins to hold: a time, a date, or nothing for at once
    #[arg(long, value_name = "DATE", value_parser = given_timestamp)]
    require_user_pat_from: Option<Given<Timestamp>>,
    /// Whether looking, too, needs one; needs --require-user-pat
    #[arg(long, value_name = "on|off", num_args = 0..=1, default_missing_value = "on", hide_possible_values = true)]
    enforce_git_permissions: Option<Switch>,
    /// Whether branches can be created
    #[arg(long, value_name = "on|off", num_args = 0..=1, default_missing_value = "on", hide_possible_values = true)]
    create_branches: Option<Switch>,
    /// Whether branches can be deleted
    #[arg(long, value_name = "on|off", num_args = 0..=1, default_missing_value = "on", hide_possible_values = true)]
    delete_branches: Option<Switch>,
    /// Whether pull requests can be created
    #[arg(long, value_name = "on|off", num_args = 0..=1, default_missing_value = "on", hide_possible_values = true)]
    create_pull_requests: Option<Switch>,
}

#[derive(Args)]
#[command(next_help_heading = help::NETWORK)]
struct NetworkOptions {
    /// Whether its origins may be private addresses
    #[arg(long, value_name = "on|off", num_args = 0..=1, default_missing_value = "on", hide_possible_values = true)]
    allow_private: Option<Switch>,
    /// Whether its origins may be unencrypted
    #[arg(long, value_name = "on|off", num_args = 0..=1, default_missing_value = "on", hide_possible_values = true)]
    allow_http: Option<Switch>,
    /// Certificates to trust beside the system's, as PEM; an empty name takes them away
    #[arg(long, value_name = "FILE", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    ca: Option<PathBuf>,
    /// Dialled instead of asking DNS; empty: none (repeatable)
    #[arg(long = "connect-to", value_name = "HOST:PORT=ADDRESS:PORT", value_parser = pair)]
    connect_to: Vec<(String, String)>,
    /// HTTP proxy that dials for it; `none`; or empty: the daemon's own
    #[arg(long, value_name = "http://HOST:PORT")]
    proxy: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = help::BRANCHES)]
struct BranchOptions {
    /// Template for suggested names; empty: the default
    #[arg(long, value_name = "TEMPLATE", value_parser = unless_empty::<BranchTemplate>)]
    branch_template: Option<Given<BranchTemplate>>,
    /// What stands between the words of a suggested name
    #[arg(long, value_name = "-|_|.")]
    branch_separator: Option<Separator>,
    /// Letters of a suggested name: as written, or without accents
    #[arg(long, value_name = "any|ascii")]
    branch_letters: Option<Letters>,
    /// Longest suggested name, 20 to 255; empty: as the server takes
    #[arg(long, value_name = "BYTES", value_parser = unless_empty::<MaxLength>)]
    branch_max_length: Option<Given<MaxLength>>,
    #[arg(long = "map", value_name = "PROJECT=WHAT", help = MAP, value_parser = mapping::change)]
    mappings: Vec<mapping::Change>,
}

/// What an integration has of what is said piece by piece.
#[derive(Default)]
pub(super) struct Before {
    pub settings: Settings,
    pub network: NetworkRules,
    pub mappings: Mappings,
}

impl Options {
    /// Reads the files named.
    pub(super) fn into_patch(self, before: Before) -> anyhow::Result<IntegrationPatch> {
        let credential = self.credential.iter().map(|field| arguments::secret(field));
        let credential: BTreeMap<_, _> = credential.collect::<anyhow::Result<_>>()?;
        let (rules, network, branches) = (self.rules, self.network, self.branches);
        Ok(IntegrationPatch {
            name: self.name,
            settings: merged(before.settings, self.settings),
            network: network.over(before.network)?,
            projects: match self.projects {
                _ if self.all_projects => Some(Projects::All),
                none if none.is_empty() => None,
                some => Some(Projects::Only(some)),
            },
            rules: RulesPatch {
                require_user_pat: rules.require_user_pat.map(Switch::is_on),
                require_user_pat_from: rules.require_user_pat_from,
                enforce_git_permissions: rules.enforce_git_permissions.map(Switch::is_on),
            },
            features: FeaturesPatch {
                create_branches: rules.create_branches.map(Switch::is_on),
                delete_branches: rules.delete_branches.map(Switch::is_on),
                create_pull_requests: rules.create_pull_requests.map(Switch::is_on),
            },
            branch_template: branches.branch_template,
            branch_separator: branches.branch_separator,
            branch_letters: branches.branch_letters,
            branch_max_length: branches.branch_max_length,
            mappings: match branches.mappings {
                none if none.is_empty() => None,
                changes => Some(mapping::changed(before.mappings, changes)?),
            },
            credential: match credential {
                _ if self.no_credential => NewCredential::Remove,
                none if none.is_empty() => NewCredential::Keep,
                fields => NewCredential::Replace(fields),
            },
        })
    }
}

impl NetworkOptions {
    /// None where nothing is said of it.
    fn over(self, before: NetworkRules) -> anyhow::Result<Option<NetworkRules>> {
        let Self { allow_private, allow_http, ca, connect_to, proxy } = self;
        if allow_private.is_none() && allow_http.is_none() && ca.is_none() && connect_to.is_empty() && proxy.is_none() {
            return Ok(None);
        }
        Ok(Some(NetworkRules {
            allow_private: allow_private.map_or(before.allow_private, Switch::is_on),
            allow_http: allow_http.map_or(before.allow_http, Switch::is_on),
            ca_pem: match ca {
                Some(path) if path.as_os_str().is_empty() => None,
                Some(path) => Some(arguments::text_file(&path)?.to_string()),
                None => before.ca_pem,
            },
            connect_to: redirected(before.connect_to, connect_to),
            proxy: proxy.map_or(before.proxy, |proxy| Some(proxy).filter(|proxy| !proxy.is_empty())),
            inherited_proxy: before.inherited_proxy,
        }))
    }
}

/// A host's name is the same in capitals.
fn redirected(mut entries: BTreeMap<String, String>, changes: Vec<(String, String)>) -> BTreeMap<String, String> {
    for (from, to) in changes {
        entries.retain(|before, _| !before.eq_ignore_ascii_case(&from));
        if !to.is_empty() {
            entries.insert(from, to);
        }
    }
    entries
}

/// None where nothing changes.
fn merged(mut values: BTreeMap<String, String>, changes: Vec<(String, String)>) -> Option<BTreeMap<String, String>> {
    if changes.is_empty() {
        return None;
    }
    for (name, value) in changes {
        if value.is_empty() {
            values.remove(&name);
        } else {
            values.insert(name, value);
        }
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_to_dial_takes_the_place_of_the_one_before_whatever_the_capitals() {
        let before = BTreeMap::from([("Git.test:443".to_owned(), "10.0.0.1:443".to_owned())]);
        let change = |from: &str, to: &str| vec![(from.to_owned(), to.to_owned())];
        let expected = BTreeMap::from([("git.test:443".to_owned(), "10.0.0.2:443".to_owned())]);
        assert_eq!(redirected(before.clone(), change("git.test:443", "10.0.0.2:443")), expected);
        assert!(redirected(before, change("GIT.TEST:443", "")).is_empty());
    }
}
