//! Templates that are refused, names that come out, and texts nobody would want in one.

use super::super::{BranchName, BranchRules, IssueKey};
use super::{BranchTemplate, Facts};

const RULES: BranchRules = BranchRules {
    max_bytes: 244,
    refuses_commit_ids: true,
    case_insensitive: false,
};

fn suggest(template: &str, key: &str, summary: &str, issue_type: Option<&str>, base: Option<&str>) -> String {
    let (template, issue) = (BranchTemplate::parse(template).unwrap(), IssueKey::parse(key).unwrap());
    let facts = Facts {
        issue: &issue,
        summary,
        issue_type,
        base,
    };
    template.suggest(&facts, '-', &RULES).to_string()
}

#[test]
fn the_default_names_type_key_and_summary() {
    let issue = IssueKey::parse("ABC-7").unwrap();
    let suggest = |issue_type, summary| {
        let facts = Facts {
            issue: &issue,
            summary,
            issue_type,
            base: None,
        };
        BranchTemplate::default().suggest(&facts, '-', &RULES).to_string()
    };
    assert_eq!(
        suggest(Some("Story"), "Sign in, please!"),
        "feature/ABC-7-sign-in-please"
    );
    assert_eq!(
        suggest(Some("Bug"), "Größe der Straße"),
        "bugfix/ABC-7-größe-der-straße"
    );
    assert_eq!(suggest(Some("Epic"), "İstanbul 東京"), "task/ABC-7-istanbul-東京");
    assert_eq!(suggest(None, " ?!… "), "task/ABC-7");
}

#[test]
fn every_variable_is_filled_in_and_empty_ones_leave_no_gap() {
    let all = "${projectkey}/${issuetype}/${issuekey}_${summary}_${basebranch}";
    assert_eq!(
        suggest(all, "A_B-1", "Fix  it", Some("New Feature"), Some("release/1.2")),
        "A_B/New-Feature/A_B-1_fix-it_release-1-2"
    );
    assert_eq!(suggest(all, "A_B-1", "", None, None), "A_B/A_B-1");
    assert_eq!(suggest("-x..y-/.${issuekey}.lock", "AB-1", "", None, None), "x.y/AB-1");
    assert_eq!(
        suggest("${issuetype:Bug=fix/now}/${issuekey}", "AB-1", "", Some("Bug"), None),
        "fix/now/AB-1"
    );
    assert_eq!(
        suggest("${issuetype:Bug=fix}/${issuekey}", "AB-1", "", Some("Task"), None),
        "AB-1"
    );
    assert_eq!(
        suggest("refs/${basebranch}/${issuekey}", "AB-1", "", None, Some("heads")),
        "AB-1"
    );
}

#[test]
fn a_refusal_names_the_position_and_what_is_allowed() {
    let refusal = |template: &str| BranchTemplate::parse(template).unwrap_err().to_string();
    for (template, expected) in [
        ("", "a template has to contain ${issuekey}"),
        ("${summary}", "a template has to contain ${issuekey}"),
        (
            "ü ${issuekey}",
            "character 2: ' ' cannot stand in a branch name here; letters, digits,",
        ),
        ("${issuekey}$", "character 12: '$' cannot stand"),
        ("ü${issuekey}@{1}", "character 13: '@' cannot stand"),
        (
            "x/${issuekey",
            "character 3: the variable that starts here is not closed",
        ),
        (
            "x${IssueKey}",
            "character 2: there is no such variable; there are ${issuekey}, ${summary},",
        ),
        (
            "${issuekey}${issuetype:}",
            "character 24: issue types are mapped as in ${issuetype:Story=feature,",
        ),
        (
            "${issuetype:Bug=fix,Bug=bug}/${issuekey}",
            "character 21: issue types are mapped as in",
        ),
        ("${issuetype:Bug=a b}/${issuekey}", "character 18: ' ' cannot stand"),
    ] {
        assert!(
            refusal(template).contains(expected),
            "{template}: {}",
            refusal(template)
        );
    }
    assert_eq!(
        refusal(&"x".repeat(1025)),
        "a template has at most 1024 bytes; this one has 1025"
    );
}

#[test]
fn the_summary_is_cut_first_and_the_key_survives() {
    let issue = IssueKey::parse("ABC-123").unwrap();
    let facts = Facts {
        issue: &issue,
        summary: "äöü äöü äöü",
        issue_type: None,
        base: Some("main"),
    };
    let within = |max_bytes| {
        let template = BranchTemplate::parse("${basebranch}/${issuekey}-${summary}").unwrap();
        template
            .suggest(&facts, '-', &BranchRules { max_bytes, ..RULES })
            .to_string()
    };
    assert_eq!(within(22), "main/ABC-123-äöü-ä");
    assert_eq!(within(21), "main/ABC-123-äöü");
    assert_eq!(within(13), "main/ABC-123");
    assert_eq!(within(11), "mai/ABC-123");
    for tiny in [8, 7, 0] {
        assert_eq!(within(tiny), "ABC-123");
    }
}

#[test]
fn a14_whatever_the_issue_says_the_name_is_valid_short_enough_and_holds_the_key() {
    let (long, accents) = ("long words ".repeat(1000), "e\u{301}".repeat(10_000));
    let nasty = [
        "",
        " ",
        "..",
        "...",
        "@{",
        "@",
        "-",
        "/",
        "//",
        "a/b",
        "\\",
        "~^:?*[",
        "\0",
        "a\0b\r\nc",
        "\u{1b}[31m",
        ".lock",
        "x.lock",
        "x.lock.lock",
        "HEAD",
        "refs/heads/x",
        "🦀🦀",
        "ab🦀cd",
        "שלום עולם",
        "\u{202e}abc",
        "日本語の要約",
        "-x-",
        "%2e%2e",
        "İİİ",
        "ﬃ",
        "١٢٣",
        "<script>",
        "${issuekey}",
        "\u{feff}",
        "a\u{200d}b",
        &long,
        &accents,
    ];
    let templates = [
        "${issuekey}",
        "${summary}${issuekey}",
        "${summary}/${issuekey}",
        "${issuekey}.${summary}.lock",
        "refs/heads/${issuekey}/${summary}",
        "refs/${basebranch}/${summary}/${issuekey}",
        "/${summary}//${issuekey}/.",
        "${summary}-${summary}-${issuekey}-${summary}",
        "${issuetype:${issuekey}",
        "-${basebranch}..${issuetype}.${issuekey}",
        "${projectkey}/${basebranch}_${issuekey}",
        "${issuetype:default=HEAD}/${issuekey}/${summary}.lock/${basebranch}",
    ];
    let keys = ["A-1", &format!("A{}-123456789012345678", "_".repeat(63))].map(|key| IssueKey::parse(key).unwrap());
    let mut suggested = 0;
    for template in templates
        .iter()
        .filter_map(|template| BranchTemplate::parse(template).ok())
    {
        for (text, other) in nasty
            .iter()
            .flat_map(|text| nasty.iter().map(move |other| (*text, *other)))
        {
            let issue = &keys[suggested % keys.len()];
            let separator = ['-', '_', '.', '/', ' ', '\0', '🦀'][suggested % 7];
            let rules = BranchRules {
                max_bytes: [244, 255, 100, 83][suggested % 4],
                ..RULES
            };
            let facts = Facts {
                issue,
                summary: text,
                issue_type: Some(other),
                base: Some(other),
            };
            let name = template.suggest(&facts, separator, &rules);
            assert!(BranchName::parse(name.as_str()).is_ok(), "{name}");
            assert!(
                name.fits(&rules).is_ok() && name.as_str().contains(issue.as_str()),
                "{name}"
            );
            suggested += 1;
        }
    }
    assert_eq!(suggested, 11 * nasty.len() * nasty.len());
}
