//! Files and directories of the real repository, in the three shapes they are asked for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_tests::standin::github::{GitHub, token};
use http::Method;
use serde_json::{Value, json};

use crate::client::{Reply, call, get, request, send, usual};

const CONTENTS: &str = "/repos/acme/widgets/contents";
/// What GitHub's documentation requires of every entry ("Get repository content").
const MEMBERS: [&str; 10] =
    ["type", "size", "name", "path", "sha", "url", "git_url", "html_url", "download_url", "_links"];

async fn as_media_type(github: &GitHub, path: &str, media_type: &str) -> Reply {
    let url = format!("{}{path}", github.url());
    send(request(Method::GET, &url, Some(token::ALICE), None).header("accept", media_type)).await
}

fn is_whole(entry: &Value) {
    for member in MEMBERS {
        assert!(entry.get(member).is_some(), "{member} is missing in {entry}");
    }
    for link in ["self", "git", "html"] {
        assert!(entry["_links"][link].is_string(), "{entry}");
    }
}

async fn with_template() -> GitHub {
    let github = usual().await;
    github.git("acme/widgets").commit_file("main", ".github/PULL_REQUEST_TEMPLATE.md", "## Why\n").unwrap();
    github
}

#[tokio::test]
async fn a_directory_is_a_list_of_what_git_has_in_it() {
    let github = with_template().await;
    let root = get(&github, CONTENTS).await;
    assert_eq!((root.each("name"), root.each("type")), (vec![".github", "README.md"], vec!["dir", "file"]));
    root.body.as_array().unwrap().iter().for_each(is_whole);
    let (dir, file) = (&root.body[0], &root.body[1]);
    assert_eq!((&dir["size"], &dir["download_url"], &file["size"]), (&json!(0), &json!(null), &json!(7)));
    let sha = github.git("acme/widgets").git(&["rev-parse", "main:README.md"]).unwrap();
    assert_eq!(file["sha"], sha.trim());

    let below = get(&github, &format!("{CONTENTS}/.github")).await;
    assert_eq!(below.each("path"), [".github/PULL_REQUEST_TEMPLATE.md"]);
    let own = below.body[0]["url"].as_str().unwrap();
    let file = send(request(Method::GET, own, Some(token::ALICE), None)).await;
    assert_eq!((file.status, &file.body["path"]), (200, &json!(".github/PULL_REQUEST_TEMPLATE.md")));

    let object = as_media_type(&github, &format!("{CONTENTS}/.github"), "application/vnd.github.object+json").await;
    assert_eq!((&object.body["type"], &object.body["entries"]), (&json!("dir"), &below.body));
    is_whole(&object.body);
}

#[tokio::test]
async fn a_file_is_an_object_or_its_bytes() {
    let github = with_template().await;
    let long = "ä line\r\n".repeat(20);
    github.git("acme/widgets").commit_file("develop", "a dir/100%#1.txt", &long).unwrap();
    let path = format!("{CONTENTS}/a%20dir/100%25%231.txt?ref=develop");
    let object = get(&github, &path).await;
    is_whole(&object.body);
    assert_eq!((&object.body["type"], &object.body["encoding"]), (&json!("file"), &json!("base64")));
    let content = object.body["content"].as_str().unwrap();
    assert!(content.lines().all(|line| line.len() <= 60) && content.ends_with('\n'));
    assert_eq!(STANDARD.decode(content.replace('\n', "")).unwrap(), long.as_bytes());

    let raw = as_media_type(&github, &path, "application/vnd.github.raw+json").await;
    assert_eq!((raw.status, raw.text.as_str()), (200, long.as_str()));
    assert_eq!(raw.header("content-type"), Some("application/vnd.github.raw+json; charset=utf-8"));
    // It is on no other branch, and a directory has no bytes.
    assert_eq!(get(&github, &format!("{CONTENTS}/a%20dir/100%25%231.txt")).await.status, 404);
    let list = as_media_type(&github, &format!("{CONTENTS}/.github"), "application/vnd.github.raw+json").await;
    assert_eq!(list.each("type"), ["file"]);
}

#[tokio::test]
async fn a_link_to_a_file_is_answered_like_the_file() {
    let github = with_template().await;
    let repository = github.git("acme/widgets");
    let tip = repository.references().unwrap().branch("main").unwrap().oid.clone();
    // A tree with two links: one to the template, one out of the repository.
    let dir = tempfile::tempdir().unwrap();
    let hashed = |name: &str, target: &str| {
        let file = dir.path().join(name);
        std::fs::write(&file, target).unwrap();
        repository.git(&["hash-object", "-w", &file.to_string_lossy()]).unwrap().trim().to_owned()
    };
    let (inside, outside) = (hashed("a", "../.github/PULL_REQUEST_TEMPLATE.md"), hashed("b", "../../etc/passwd"));
    let index = format!("--git-dir={}", repository.dir().display());
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new("git")
            .env("GIT_INDEX_FILE", dir.path().join("index"))
            .args([&index, "-c", "user.name=x", "-c", "user.email=x@example.com"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    run(&["read-tree", &tip]);
    for (path, oid) in [("docs/in.md", &inside), ("docs/out.md", &outside)] {
        run(&["update-index", "--add", "--cacheinfo", &format!("120000,{oid},{path}")]);
    }
    let tree = run(&["write-tree"]);
    let commit = run(&["commit-tree", &tree, "-p", &tip, "-m", "Link"]);
    run(&["update-ref", "refs/heads/main", &commit]);

    assert_eq!(get(&github, &format!("{CONTENTS}/docs")).await.each("type"), ["symlink", "symlink"]);
    let raw = as_media_type(&github, &format!("{CONTENTS}/docs/in.md"), "application/vnd.github.raw+json").await;
    assert_eq!(raw.text, "## Why\n");
    let out = get(&github, &format!("{CONTENTS}/docs/out.md")).await;
    assert_eq!((&out.body["type"], &out.body["target"]), (&json!("symlink"), &json!("../../etc/passwd")));
}

#[tokio::test]
async fn what_is_not_there_and_who_may_not_look_are_told_as_everywhere() {
    let github = with_template().await;
    for (path, message) in [
        ("/repos/acme/widgets/contents/nope", "Not Found"),
        ("/repos/acme/widgets/contents/README.md/nope", "Not Found"),
        ("/repos/acme/widgets/contents/.github/pull_request_template.md", "Not Found"),
        ("/repos/acme/widgets/contents/README.md?ref=nope", "No commit found for the ref nope"),
        ("/repos/acme/empty/contents", "This repository is empty."),
    ] {
        let missing = get(&github, path).await;
        assert_eq!((missing.status, missing.message()), (404, message), "{path}");
    }
    let of = |token| call(&github, Method::GET, CONTENTS, Some(token), None);
    assert_eq!(of(token::MALLORY).await.status, 404);
    assert_eq!(of(token::ALICE_FINE_READ).await.status, 200);
    github.change(|world| world.token_mut(token::ALICE_FINE_READ).sort = no_contents());
    let refused = of(token::ALICE_FINE_READ).await;
    assert_eq!((refused.status, refused.header("x-accepted-github-permissions")), (403, Some("contents=read")));
}

fn no_contents() -> countersign_tests::standin::github::TokenSort {
    use countersign_tests::standin::github::{Access, TokenSort};
    TokenSort::FineGrained { contents: Access::None, pull_requests: Access::Write, selected: None }
}
