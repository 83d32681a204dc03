//! What can be said of an integration when it is added, and said differently later.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser as _};

use crate::cli::arguments::{self, Switch, pair};
use crate::model::{BranchTemplate, ProjectKey, Projects, TemplateError};
use crate::operate::NewIntegration;

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
    #[arg(long, value_name = "TEMPLATE", value_parser = template)]
    branch_template: Option<String>,
}

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
        if let Some(template) = self.branch_template {
            to.branch_template = Some(template).filter(|template| !template.is_empty());
        }

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

/// Held to its form; kept as it was written.
fn template(text: &str) -> Result<String, TemplateError> {
    match text.is_empty() {
        true => Ok(String::new()),
        false => BranchTemplate::parse(text).map(|_| text.to_owned()),
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
