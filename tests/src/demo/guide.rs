//! What a person is told once everything runs: where to look first, and what to type in another terminal where that is wanted.
//!
//! Every command is one line that works as it is, in any directory and in any order of copying.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::administer::CONNECTOR;
use super::client::segment;
use super::env;
use super::integrations::{Credential, ISSUE, PROJECT, USERS, User};
use super::running::Demo;
use super::screen::Screen;
use super::world::Place;

/// Width of the column that says what there is to look at, in characters.
const WHAT_CHARS: usize = 26;

/// The branch a person makes with it; the tour makes another.
const BRANCH: &str = "feature/ABC-1-by-hand";

/// `curl` is whether there is something to type too.
pub(super) fn print(demo: &Demo, dir: &Path, curl: bool, screen: &Screen) {
    where_to_look(demo, dir, screen);
    if !curl {
        screen.text(
            "\nCtrl-C here stops everything and removes it. With DEMO_TOUR=curl there is a walk to copy and paste.\n",
        );
        return;
    }
    who_and_what(demo, screen);
    let Some(place) = demo.world.places.first() else { return };
    let guide = Guide { demo, place, user: USERS[0], credential: &place.row.users[0] };
    screen.heading("Now in a second terminal, one after the other. Ctrl-C here stops everything and removes it.");
    for (number, (why, command)) in (1..).zip(guide.commands()) {
        screen.text(&format!("\n{number}. {why}\n\n  {command}"));
    }
    screen.text("");
}

fn where_to_look(demo: &Demo, dir: &Path, screen: &Screen) {
    screen.heading("Open in a browser");
    for (what, place) in [
        ("Jira, as its users see it", demo.jira.page()),
        ("the administrator's pages", demo.administered.admin_login_link.clone()),
        ("the API", format!("{}/openapi.json", demo.daemon.api_url())),
        ("for programs", seen_from_here(&dir.join("env.json"))),
        ("daemon's log", seen_from_here(&dir.join("daemon.log"))),
    ] {
        screen.text(&format!("  {what:WHAT_CHARS$} {place}"));
    }
}

/// What the commands are about.
fn who_and_what(demo: &Demo, screen: &Screen) {
    screen.heading("Running");
    let users: Vec<_> = USERS.iter().map(|user| format!("{} ({})", user.name, user.id)).collect();
    screen.text(&format!("  {:WHAT_CHARS$} project {PROJECT}; users {}", "Jira", users.join(" and ")));
    for place in &demo.world.places {
        let (row, url) = (place.row, place.client_url());
        let what = row.name;
        screen.text(&format!(
            "  {what:WHAT_CHARS$} integration {}, stand-in {url}, repository {}",
            row.id, row.repository
        ));
    }
}

struct Guide<'a> {
    demo: &'a Demo,
    place: &'a Place,
    user: User,
    credential: &'a Credential,
}

impl Guide<'_> {
    /// Why, and what to type. The last one makes a branch.
    fn commands(&self) -> [(String, String); 4] {
        let Guide { demo, place, user, credential } = self;
        let (row, name) = (place.row, user.name);
        let repository = segment(row.repository);
        let admin = &demo.administered.admin_token;
        let rule = json!({ "require_user_pat": true });
        let pat = json!({ "fields": env::fields(credential), "project": PROJECT });
        let branch = json!({ "name": BRANCH, "from": row.default_branch, "issue": ISSUE });
        let git_dir = quoted(&place.git_dir().display().to_string());
        [
            (
                format!("The administrator switches Require User PAT on for {}:", row.name),
                self.curl("PATCH", &format!("/admin/integrations/{}", row.id), admin, &rule),
            ),
            (
                format!("{name} saves a PAT (without one, step 4 is refused with a link to the page for it):"),
                self.curl("PUT", &format!("/integrations/{}/pat", row.id), &self.token(), &pat),
            ),
            (
                "The branches in the repository itself; look again after step 4:".to_owned(),
                format!("git --git-dir {git_dir} show-ref"),
            ),
            (
                format!("{name} creates a branch as {}, and the receipt says so:", credential.account),
                self.curl(
                    "POST",
                    &format!("/integrations/{}/repositories/{repository}/branches", row.id),
                    &self.token(),
                    &branch,
                ),
            ),
        ]
    }

    fn curl(&self, method: &str, path: &str, bearer: &str, body: &Value) -> String {
        let url = quoted(&format!("{}{path}", self.demo.daemon.api_url()));
        let body = quoted(&body.to_string());
        format!(
            "curl -sS -X {method} {url} -H \"Authorization: Bearer {bearer}\" -H 'Content-Type: application/json' -d {body}"
        )
    }

    /// A token of the connector for this user, made when the command runs.
    fn token(&self) -> String {
        let Demo { countersign, administered, .. } = self.demo;
        let path = |path: &Path| quoted(&path.display().to_string());
        format!(
            "$({} connector sign {CONNECTOR} --config {} --key {} --user {} --project {PROJECT})",
            path(countersign.program()),
            path(&countersign.config_path()),
            path(&administered.key_path),
            quoted(self.user.id),
        )
    }
}

/// As a POSIX shell reads one word.
fn quoted(text: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_./:%".contains(character);
    if text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// Without the current directory in front, where it is below that.
fn seen_from_here(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| path.strip_prefix(here).ok().map(PathBuf::from));
    below.as_deref().unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_the_shell_stays_one_word() {
        for text in ["plain/path-1.git", "with space", "it's", "$(rm)", "`x`", "a\"b", ""] {
            let printed =
                std::process::Command::new("sh").args(["-c", &format!("printf %s {}", quoted(text))]).output();
            assert_eq!(String::from_utf8(printed.unwrap().stdout).unwrap(), text);
        }
    }
}
