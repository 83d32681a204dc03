//! What can be said of an integration when it is added, and said differently later.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser as _};

use super::mapping;
use crate::cli::arguments::{self, Switch, pair};
use crate::operate::NewIntegration;
use model::{BranchNaming, BranchTemplate, MaxLength, ProjectKey, Projects, Separator};

#[derive(Args)]
pub(super) struct Options {
    /// For people [default: ID]
    #[arg(long)]
    name: Option<String>,
    /// A setting of the kind; an empty value takes it away (repeatable)
    #[arg(long = "setting", value_name = "NAME=VALUE", value_parser = pair)]
    settings: Vec<(String, String)>,
    /// A field of the integration's own credential, read from FILE or, with `-`, from standard input (repeatable; they
    /// replace the credential as a whole)
    #[arg(long = "credential", value_name = "NAME=@FILE")]
    credential: Vec<String>,
    /// A Jira project it is open to (repeatable; they replace those before)
    #[arg(long = "project", value_name = "KEY")]
    projects: Vec<ProjectKey>,
    /// It is open to every Jira project
    #[arg(long, conflicts_with = "projects")]
    all_projects: bool,
    /// Whether branches and pull requests need a PAT of the user
    #[arg(long, value_name = "on|off", num_args = 0..=1, default_missing_value = "on")]
    require_user_pat: Option<Switch>,
    /// Whether its origins may be private addresses
    #[arg(long, value_name = "on|off", num_args = 0..=1, default_missing_value = "on")]
    allow_private: Option<Switch>,
    /// Whether its origins may be unencrypted
    #[arg(long, value_name = "on|off", num_args = 0..=1, default_missing_value = "on")]
    allow_http: Option<Switch>,
    /// Certificates to trust beside the system's, as PEM; an empty name takes them away
    #[arg(long, value_name = "FILE", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    ca: Option<PathBuf>,
    /// Address to connect to instead of asking DNS; an empty one takes it away (repeatable)
    #[arg(long = "connect-to", value_name = "HOST:PORT=ADDRESS:PORT", value_parser = pair)]
    connect_to: Vec<(String, String)>,
    /// Template for suggested branch names; an empty one means the default
    #[arg(long, value_name = "TEMPLATE", value_parser = unless_empty::<BranchTemplate>)]
    branch_template: Option<Given<BranchTemplate>>,
    /// What stands between the words of a suggested name
    #[arg(long, value_name = "-|_|.")]
    branch_separator: Option<Separator>,
    /// Longest suggested name, from 20 to 255; an empty value means what the git server takes
    #[arg(long, value_name = "BYTES", value_parser = unless_empty::<MaxLength>)]
    branch_max_length: Option<Given<MaxLength>>,
    /// Repository, base branch and template for a Jira project or one component of it, in the place of those it had; nothing
    /// after the `=` takes them away (repeatable)
    #[arg(long = "map", value_name = "PROJECT[/COMPONENT]=[repository=ID][,base=BRANCH][,template=TEMPLATE]", value_parser = mapping::change)]
    mappings: Vec<mapping::Change>,
}

/// What was given; none where it was empty. (The argument parser reads an option of an option in its own way.)
type Given<T> = Option<T>;

impl Options {
    /// Reads the files named.
    pub(super) fn apply(self, mut to: NewIntegration) -> anyhow::Result<NewIntegration> {
        to.name = self.name.unwrap_or(to.name);
        merge(&mut to.connect.settings, self.settings);
        if !self.credential.is_empty() {
            let fields: anyhow::Result<_> = self.credential.iter().map(|field| arguments::secret(field)).collect();
            to.credential = Some(fields?);
        }
        if self.all_projects {
            to.projects = Projects::All;
        } else if !self.projects.is_empty() {
            to.projects = Projects::Only(self.projects);
        }
        to.require_user_pat = self.require_user_pat.map_or(to.require_user_pat, Switch::is_on);
        to.naming = BranchNaming {
            template: self.branch_template.unwrap_or(to.naming.template),
            separator: self.branch_separator.unwrap_or(to.naming.separator),
            max_length: self.branch_max_length.unwrap_or(to.naming.max_length),
        };
        to.mappings = mapping::changed(to.mappings, self.mappings)?;

        let network = &mut to.connect.network;
        network.allow_private = self.allow_private.map_or(network.allow_private, Switch::is_on);
        network.allow_http = self.allow_http.map_or(network.allow_http, Switch::is_on);
        merge(&mut network.connect_to, self.connect_to);
        network.ca_pem = match self.ca {
            Some(path) if path.as_os_str().is_empty() => None,
            Some(path) => Some(arguments::text_file(&path)?.to_string()),
            None => network.ca_pem.take(),
        };
        Ok(to)
    }
}

fn unless_empty<T: FromStr>(text: &str) -> Result<Given<T>, T::Err> {
    match text.is_empty() {
        true => Ok(None),
        false => text.parse().map(Some),
    }
}

fn merge(values: &mut BTreeMap<String, String>, changes: Vec<(String, String)>) {
    for (name, value) in changes {
        match value.is_empty() {
            true => values.remove(&name),
            false => values.insert(name, value),
        };
    }
}
