//! What only GitLab has: the template of a merge request may be a parent group's or the instance's.

use countersign_tests::daemon::{Daemon, GitLabServer, Holder, MAIN, Server as _};
use countersign_tests::standin::gitlab::GitLab;
use http::Method;
use serde_json::json;

use super::with;

const SERVERS: [GitLabServer; 2] = [GitLabServer::Cloud, GitLabServer::SelfManaged];
/// In the group `acme`, as is the next.
const WIDGETS: &str = "acme/widgets";
const OF_THE_GROUP: &str = "acme/attic";
const OF_THE_INSTANCE: &str = "alice/dotfiles";

fn write(gitlab: &GitLab, full_name: &str, name: &str, content: &(impl AsRef<[u8]> + ?Sized)) {
    let path = format!(".gitlab/merge_request_templates/{name}");
    gitlab.git(full_name).commit_file("main", &path, content).unwrap();
}

/// What the description of a new merge request begins with.
async fn begins_with(daemon: &Daemon<GitLabServer>) -> String {
    let ann = with(daemon, Holder::Alice).await;
    let body = json!({
        "project": "ABC", "title": "t", "description": "Because.", "source": "develop", "target": "main",
    });
    let opened = ann.ask_for_pull_request(MAIN, WIDGETS, &body).await.expect(201);
    assert_eq!(opened.body["notes"], json!([]), "{}", opened.text);
    let made = daemon.stand_in.pull_requests(WIDGETS).pop().expect("it was made");
    daemon.stand_in.change(|world| world.repository_mut(WIDGETS).pulls.lock().unwrap().clear());
    made.description.unwrap().strip_suffix("Because.").unwrap().trim_end().to_owned()
}

#[tokio::test]
async fn the_setting_comes_before_the_group_the_instance_and_the_repository() {
    for server in SERVERS {
        let daemon = Daemon::start(server).await;
        let gitlab = &daemon.stand_in;
        assert_eq!(begins_with(&daemon).await, "");
        write(gitlab, WIDGETS, "Default settings.md", "No default.\n");
        write(gitlab, WIDGETS, "dEfAuLt.md", "The repository's.\n");
        assert_eq!(begins_with(&daemon).await, "The repository's.");
        write(gitlab, OF_THE_INSTANCE, "DEFAULT.md", "The instance's.\n");
        gitlab.change(|world| world.templates = Some(OF_THE_INSTANCE.to_owned()));
        assert_eq!(begins_with(&daemon).await, "The instance's.");
        write(gitlab, OF_THE_GROUP, "default.md", "The group's.\n");
        gitlab.change(|world| world.group_mut("acme").templates = Some(OF_THE_GROUP.to_owned()));
        assert_eq!(begins_with(&daemon).await, "The group's.");
        gitlab.change(|world| {
            world.repository_mut(WIDGETS).merge_requests_template = Some("The setting.\n".to_owned());
        });
        assert_eq!(begins_with(&daemon).await, "The setting.");
        assert_eq!(gitlab.record.matching(&Method::GET, "/templates/merge_requests").len(), 0, "asked for nothing");
    }
}

#[tokio::test]
async fn a_default_on_a_later_page_is_found() {
    let server = GitLabServer::Cloud;
    let daemon = Daemon::start_before(server, server.usual(Some(2)).await).await;
    let names = ["a.md", "b.md", "c.md", "default.md", "e.md"];
    names.into_iter().for_each(|name| write(&daemon.stand_in, WIDGETS, name, name));
    assert_eq!(begins_with(&daemon).await, "default.md");
    assert_eq!(daemon.stand_in.record.matching(&Method::GET, "/templates/merge_requests").len(), 2);
}

#[tokio::test]
async fn an_empty_one_is_none_and_so_is_one_that_is_no_text() {
    let daemon = Daemon::start(GitLabServer::Cloud).await;
    for content in [&b""[..], b"\x89PNG\xff\0"] {
        write(&daemon.stand_in, WIDGETS, "Default.md", content);
        assert_eq!(begins_with(&daemon).await, "");
    }
}

#[tokio::test]
async fn a_server_that_lists_no_such_templates_has_the_file() {
    let server = GitLabServer::SelfManaged;
    for version in ["13.2.9", "11.3.0"] {
        let scene = GitLab::self_managed(version).relative_root("/gitlab").usual();
        let stand_in = scene.doors(|doors| doors.named(server.hosts())).start().await.unwrap();
        let daemon = Daemon::start_before(server, stand_in).await;
        assert_eq!(begins_with(&daemon).await, "");
        write(&daemon.stand_in, WIDGETS, "default.md", "The repository's.\n");
        assert_eq!(begins_with(&daemon).await, "The repository's.", "{version}");
    }
}
