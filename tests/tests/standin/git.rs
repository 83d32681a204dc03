//! The repositories stand-ins work on: real to git, deaf to names that look like options, one winner in a race.

use countersign_tests::standin::git::{GitError, NotCreated, Repository, Seed};

struct Scene {
    repository: Repository,
    /// Tip of `main`.
    main: String,
    _dir: tempfile::TempDir,
}

fn scene() -> Scene {
    let dir = tempfile::tempdir().unwrap();
    let seed = Seed::Branches { ahead: "feature/ahead".to_owned() };
    let repository = Repository::create(&dir.path().join("r.git"), &seed).unwrap();
    let main = repository.references().unwrap().branch("main").unwrap().oid.clone();
    Scene { repository, main, _dir: dir }
}

#[test]
fn a_seeded_repository_is_the_same_on_every_machine() {
    let (one, other) = (scene(), scene());
    assert_eq!(one.main, other.main);
    let shown = one.repository.git(&["show-ref"]).unwrap();
    assert!(shown.contains("refs/heads/main") && shown.contains("refs/heads/feature/ahead"), "{shown}");
    one.repository.git(&["fsck", "--strict"]).unwrap();
}

#[test]
fn an_empty_repository_has_no_reference_and_no_object() {
    let dir = tempfile::tempdir().unwrap();
    let repository = Repository::create(&dir.path().join("e.git"), &Seed::Empty).unwrap();
    assert!(repository.references().unwrap().is_empty());
    assert_eq!(repository.git(&["count-objects"]).unwrap().split(' ').next(), Some("0"));
}

#[test]
fn a_created_reference_is_seen_by_git_and_a_pushed_one_by_us() {
    let scene = scene();
    scene.repository.create_reference("refs/heads/ABC-1", &scene.main).unwrap();
    assert_eq!(scene.repository.git(&["rev-parse", "refs/heads/ABC-1"]).unwrap().trim(), scene.main);

    scene.repository.git(&["update-ref", "refs/heads/pushed", &scene.main]).unwrap();
    assert_eq!(scene.repository.references().unwrap().branch("pushed").unwrap().oid, scene.main);
}

#[test]
fn why_a_reference_was_not_created_is_told_apart() {
    let Scene { repository, main, .. } = &scene();
    let refused = |name: &str, oid: &str| repository.create_reference(name, oid).unwrap_err();
    assert!(matches!(refused("refs/heads/main", main), NotCreated::Exists));
    assert!(matches!(refused("refs/heads/main/below", main), NotCreated::Clash(other) if other == "refs/heads/main"));
    assert!(matches!(refused("refs/heads/feature", main), NotCreated::Clash(_)));
    assert!(matches!(refused("refs/heads/x", &"d".repeat(40)), NotCreated::NoSuchObject));
    for name in
        ["refs/heads/a..b", "refs/heads/a b", "refs/heads/", "refs/heads/.a", "--all", "heads/x", "refs/heads/a\0b"]
    {
        assert!(matches!(refused(name, main), NotCreated::NotAName), "{name:?}");
    }
}

#[test]
fn a_name_with_a_nul_writes_nothing_else() {
    let Scene { repository, main, .. } = &scene();
    let before = repository.git(&["show-ref"]).unwrap();
    let smuggled = format!("refs/heads/x\0{main}\0delete refs/heads/main");
    assert!(matches!(repository.create_reference(&smuggled, main), Err(NotCreated::NotAName)));
    assert!(matches!(repository.delete_reference(&smuggled, main), Err(GitError::NotAName)));
    assert_eq!(repository.git(&["show-ref"]).unwrap(), before);
}

#[test]
fn of_eight_who_create_the_same_reference_one_wins_and_seven_learn_that_it_exists() {
    let scene = scene();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let create = || scene.repository.create_reference("refs/heads/race", &scene.main);
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(create)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let exists = |outcome: &&Result<(), NotCreated>| matches!(outcome, Err(NotCreated::Exists));
    assert_eq!(outcomes.iter().filter(exists).count(), 7, "{outcomes:?}");
}

#[test]
fn a_reference_that_moved_is_not_deleted() {
    let scene = scene();
    let moved = scene.repository.add_commit("main", "more.txt").unwrap();
    assert!(scene.repository.delete_reference("refs/heads/main", &scene.main).is_err());
    scene.repository.delete_reference("refs/heads/main", &moved).unwrap();
    assert!(scene.repository.references().unwrap().branch("main").is_none());
}

#[test]
fn a_comparison_counts_commits_files_and_lines() {
    let Scene { repository, main, .. } = &scene();
    let ahead = repository.references().unwrap().branch("feature/ahead").unwrap().oid.clone();
    let comparison = repository.compare(main, &ahead).unwrap();
    assert_eq!((comparison.commits, comparison.changed_files, comparison.additions), (1, 1, 1));
    assert_eq!(repository.compare(&ahead, main).unwrap().commits, 0);
    let commit = repository.commit(&ahead).unwrap();
    assert_eq!((commit.parents.as_slice(), commit.message.as_str()), ([main.clone()].as_slice(), "Go ahead"));
    assert_eq!(commit.author.date, "2023-11-14T22:13:20Z");
}

#[test]
fn a_file_is_read_as_it_stands_in_a_commit_and_a_folder_is_none() {
    let Scene { repository, main, .. } = &scene();
    let commit = repository.commit_file("main", ".templates/größe*.md", "## Why\n").unwrap();
    let (blob, content) = repository.file(&commit, ".templates/größe*.md").unwrap().unwrap();
    assert_eq!(content, "## Why\n");
    assert_eq!(repository.git(&["rev-parse", &format!("{commit}:.templates/größe*.md")]).unwrap().trim(), blob);
    for absent in ["nope", ".templates", ".templates/", ".templates/gr*", ""] {
        assert_eq!(repository.file(&commit, absent).ok().flatten(), None, "{absent}");
    }
    assert_eq!(repository.file(main, ".templates/größe*.md").unwrap(), None);
    assert!(matches!(repository.file("main", "README.md"), Err(GitError::NotAName)));
}

#[test]
fn a_first_commit_needs_nothing_to_start_from() {
    let dir = tempfile::tempdir().unwrap();
    let repository = Repository::create(&dir.path().join("e.git"), &Seed::Empty).unwrap();
    let oid = repository.commit_file("main", "README.md", "# e\n").unwrap();
    assert!(repository.commit(&oid).unwrap().parents.is_empty());
}

#[test]
fn where_branches_parted_and_which_are_merged_is_gits_own_finding() {
    let Scene { repository, main, .. } = &scene();
    let ahead = repository.references().unwrap().branch("feature/ahead").unwrap().oid.clone();
    assert_eq!(repository.merge_base(main, &ahead).unwrap().as_ref(), Some(main));
    assert_eq!(repository.merged_into(main).unwrap(), ["refs/heads/main"]);
    assert_eq!(repository.merged_into(&ahead).unwrap(), ["refs/heads/feature/ahead", "refs/heads/main"]);
    let tree = repository.commit(main).unwrap().tree;
    let orphan = repository.git(&["commit-tree", "-m", "Orphan", &tree]).unwrap();
    assert_eq!(repository.merge_base(main, orphan.trim()).unwrap(), None);
}

#[test]
fn what_a_commit_holds_is_read_by_path_and_to_the_byte() {
    let Scene { repository, main, .. } = &scene();
    let content = "* { }\r\n\u{e9}\0 no newline";
    let commit = repository.commit_file("main", "docs/-a [b]*.md", content).unwrap();
    let found = repository.entry(&commit, "docs/-a [b]*.md").unwrap().unwrap();
    assert_eq!((found.mode.as_str(), found.kind.as_str(), found.size), ("100644", "blob", content.len() as u64));
    assert_eq!(repository.blob(&found.oid).unwrap(), content.as_bytes());
    let names = |path: &str| -> Vec<String> {
        let tree = repository.entry(&commit, path).unwrap().unwrap();
        repository.tree(&tree.oid).unwrap().into_iter().map(|entry| entry.name).collect()
    };
    assert_eq!(names(""), ["README.md", "docs"]);
    assert_eq!(names("docs"), ["-a [b]*.md"]);
    for absent in ["docs/*", "docs/", "/docs", "README.md/x", ".", "..", "docs/-a [b]*.md\0"] {
        assert_eq!(repository.entry(&commit, absent).unwrap(), None, "{absent:?}");
    }
    assert_eq!(repository.entry(main, "docs").unwrap(), None, "not in the commit before");
    for no_oid in ["main", "--help", "HEAD"] {
        assert!(matches!(repository.tree(no_oid), Err(GitError::NotAName)));
        assert!(matches!(repository.blob(no_oid), Err(GitError::NotAName)));
    }
}
