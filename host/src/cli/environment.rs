//! What the environment says of the configuration: there is a variable for each of its flags, called after it. It is read only
//! where no flag says something else, so that a flag outweighs whatever a variable holds.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::failure::Usage;
use super::setting::{former_name, read};
use crate::config::{SETTINGS, Settings};

/// How every variable's name begins.
const PREFIX: &str = "COUNTERSIGN_";
/// The one flag of the configuration that is no setting: the file cannot name itself.
const CONFIG: &str = "config";
/// What Kubernetes sets in every container beside a Service called `countersign` (its documentation, "Discovering services").
const OF_KUBERNETES: [&str; 2] = ["COUNTERSIGN_SERVICE_", "COUNTERSIGN_PORT"];

/// The variables whose names are ours.
pub(super) struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// Those of this process.
    pub(super) fn of_this_process() -> Self {
        let ours = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value));
        Self(std::env::vars_os().filter_map(ours).filter(|(name, _)| name.starts_with(PREFIX)).collect())
    }

    /// The configuration file, if it is named here.
    pub(super) fn config_file(&self) -> Result<Option<PathBuf>, Usage> {
        let variable = variable(CONFIG);
        let named = self.0.get(&variable).map(PathBuf::from);
        if named.as_ref().is_some_and(|path| path.as_os_str().is_empty()) {
            return Err(unusable(&variable, "it is empty"));
        }
        Ok(named)
    }

    /// The variable that a setting is given by, if it is given here.
    pub(super) fn variable_of(&self, setting: &str) -> Option<String> {
        self.of(setting).map(|(variable, _)| variable)
    }

    /// The settings that are given here and by no flag. One at a time, so that what cannot be used is told with its name.
    pub(super) fn settings(&self, is_flag: impl Fn(&str) -> bool) -> Result<Settings, Usage> {
        let given = SETTINGS.into_iter().filter(|setting| !is_flag(setting));
        given.filter_map(|setting| Some((setting, self.of(setting)?))).try_fold(
            Settings::default(),
            |settings, (setting, (variable, value))| {
                Ok(settings.or(read(setting, value).map_err(|why| unusable(&variable, &why))?))
            },
        )
    }

    /// Names that mean nothing: mistyped ones, most likely.
    pub(super) fn unknown(&self) -> Vec<&str> {
        let is_known = |name: &str| {
            let known = SETTINGS.into_iter().chain([CONFIG]).chain(SETTINGS.into_iter().filter_map(former_name));
            known.map(variable).any(|known| known == name) || OF_KUBERNETES.iter().any(|start| name.starts_with(start))
        };
        self.0.keys().map(String::as_str).filter(|name| !is_known(name)).collect()
    }

    /// Variables that are called as settings were before, each with what it is called now.
    pub(super) fn formerly(&self) -> Vec<(String, String)> {
        let names =
            SETTINGS.into_iter().filter_map(|setting| Some((variable(former_name(setting)?), variable(setting))));
        names.filter(|(former, _)| self.0.contains_key(former)).collect()
    }

    fn of(&self, setting: &str) -> Option<(String, &OsStr)> {
        let mut names = [Some(setting), former_name(setting)].into_iter().flatten().map(variable);
        names.find_map(|name| self.0.get(&name).map(OsString::as_os_str).map(|value| (name, value)))
    }
}

/// What the variable of a setting is called.
fn variable(setting: &str) -> String {
    format!("{PREFIX}{}", setting.to_uppercase())
}

fn unusable(variable: &str, why: &str) -> Usage {
    Usage(format!("{variable} in the environment cannot be used: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect())
    }

    #[test]
    fn a_variable_that_cannot_be_used_is_named_unless_a_flag_outweighs_it() {
        for (name, value) in [("listen", "nonsense"), ("log_level", "loud"), ("clock_leeway", "-1"), ("log", "")] {
            let variable = variable(name);
            let environment = environment(&[(&variable, value)]);
            let Usage(refused) = environment.settings(|_| false).unwrap_err();
            assert!(refused.starts_with(&format!("{variable} in the environment cannot be used: ")), "{refused}");
            assert!(environment.settings(|flag| flag == name).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_file_without_a_name_is_none() {
        let Usage(refused) = environment(&[("COUNTERSIGN_CONFIG", "")]).config_file().unwrap_err();
        assert_eq!(refused, "COUNTERSIGN_CONFIG in the environment cannot be used: it is empty");
        assert_eq!(environment(&[]).config_file().unwrap(), None);
    }

    #[test]
    fn a_former_name_is_read_where_the_present_one_is_not_there() {
        let proxy = |variables: &[_]| environment(variables).settings(|_| false).unwrap().daemon_proxy;
        let (former, present) = (("COUNTERSIGN_PROXY", "http://a:1"), ("COUNTERSIGN_DAEMON_PROXY", "http://b:1"));
        assert_eq!(proxy(&[former]).as_deref(), Some("http://a:1"));
        assert_eq!(proxy(&[former, present]).as_deref(), Some("http://b:1"));
        assert_eq!(environment(&[former]).variable_of("daemon_proxy").as_deref(), Some("COUNTERSIGN_PROXY"));
        let told = [("COUNTERSIGN_PROXY".to_owned(), "COUNTERSIGN_DAEMON_PROXY".to_owned())];
        assert_eq!(environment(&[former]).formerly(), told);
        assert!(environment(&[present]).formerly().is_empty());
    }

    #[test]
    fn a_name_that_means_nothing_is_told() {
        let set = environment(&[
            ("COUNTERSIGN_CONFIG", ""),
            ("COUNTERSIGN_DATADIR", ""),
            ("COUNTERSIGN_LISTEN", ""),
            ("COUNTERSIGN_PORT_8080_TCP", ""),
            ("COUNTERSIGN_PROXY", ""),
            ("COUNTERSIGN_SERVICE_HOST", ""),
            ("COUNTERSIGN_log", ""),
        ]);
        assert_eq!(set.unknown(), ["COUNTERSIGN_DATADIR", "COUNTERSIGN_log"]);
    }
}
