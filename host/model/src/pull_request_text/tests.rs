//! Tables of what goes in and what is said. The description's limit is small here, so that what does not fit can be read.

use super::*;
use crate::{ConnectorId, DisplayName, PublicKey, Revision, SiteId, Timestamp};

const TEMPLATE: &str = "## Why\n\n## Tested";
const LINE: &str = "Jira: [ABC-1](https://jira.example.com/browse/ABC-1)";

fn key() -> IssueKey {
    IssueKey::parse("ABC-1").unwrap()
}

fn connector(origins: &[&str]) -> Connector {
    Connector {
        id: ConnectorId::parse("jira").unwrap(),
        site: SiteId::default(),
        name: DisplayName::parse("Jira").unwrap(),
        key: PublicKey::Ed25519(vec![0; 32]),
        return_origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        created_at: Timestamp::from_unix_ms(0),
        last_used_at: None,
        revision: Revision::FIRST,
    }
}

fn mention(given: Option<&str>, origins: &[&str]) -> Result<IssueMention, NotOnTheConnector> {
    IssueMention::new(key(), given, Some(&connector(origins)))
}

fn issue() -> IssueMention {
    mention(None, &["https://jira.example.com", "https://other.example.com"]).unwrap()
}

fn bytes(bytes: usize) -> Room {
    Room { units: usize::MAX, bytes }
}

fn text(template: Option<&str>, own: Option<&str>, issue: Option<&IssueMention>) -> String {
    let composed = compose(template, own, issue, bytes(1000));
    assert_eq!(composed.notes, Vec::<String>::new());
    composed.description.map_or_else(|| "none".to_owned(), |description| description.as_str().to_owned())
}

#[test]
fn the_parts_stand_in_their_order_with_one_blank_line_between() {
    let issue = issue();
    let with = |template, own| text(template, own, Some(&issue));
    assert_eq!(with(Some(TEMPLATE), Some("Because.")), format!("{TEMPLATE}\n\nBecause.\n\n{LINE}"));
    assert_eq!(with(Some("\n\n  code\n\n"), Some("\r\nBecause. \n\n\n")), format!("  code\n\nBecause.\n\n{LINE}"));
    assert_eq!(with(Some(TEMPLATE), None), format!("{TEMPLATE}\n\n{LINE}"));
    assert_eq!(with(Some(" \n"), Some("\n")), LINE);
    assert_eq!(with(None, None), LINE);
    assert_eq!(text(Some(TEMPLATE), Some("Because."), None), format!("{TEMPLATE}\n\nBecause."));
    assert_eq!(text(None, Some("a\r\n\tb"), None), "a\r\n\tb");
    assert_eq!(text(None, Some(" \n"), None), "none");
}

#[test]
fn no_part_stands_twice() {
    let issue = issue();
    let with = |own| text(Some(TEMPLATE), Some(own), Some(&issue));
    let filled_in = format!("{TEMPLATE}: yes");
    assert_eq!(with(&filled_in), format!("{filled_in}\n\n{LINE}"));
    let by_browser = filled_in.replace('\n', "\r\n");
    assert_eq!(with(&by_browser), format!("{by_browser}\n\n{LINE}"));
    let quoted = format!("As in:\n{TEMPLATE}");
    assert_eq!(with(&quoted), format!("{TEMPLATE}\n\n{quoted}\n\n{LINE}"));

    for named in ["See https://jira.example.com/browse/ABC-1.", "<https://jira.example.com/browse/ABC-1?focus=2>", LINE]
    {
        assert_eq!(with(named), format!("{TEMPLATE}\n\n{named}"));
    }
    for another in [
        "https://jira.example.com/browse/ABC-12",
        "https://jira.example.com/browse/ABC-1-2",
        "https://other.example.com/browse/ABC-1",
        "ABC-1",
    ] {
        assert_eq!(with(another), format!("{TEMPLATE}\n\n{another}\n\n{LINE}"));
    }
}

#[test]
fn without_an_address_the_key_alone_is_named() {
    for connector in [None, Some(&connector(&[]))] {
        let issue = IssueMention::new(key(), None, connector).unwrap();
        let with = |own| text(None, Some(own), Some(&issue));
        assert_eq!(with("Because."), "Because.\n\nJira: ABC-1");
        assert_eq!(with("Because of ABC-1."), "Because of ABC-1.");
        for another in ["ABC-12", "XABC-1", "feature/ABC-1-login"] {
            assert_eq!(with(another), format!("{another}\n\nJira: ABC-1"));
        }
    }
}

#[test]
fn a_given_address_has_to_be_on_the_connector_and_cannot_break_out_of_its_link() {
    let origins = ["https://jira.example.com", "http://[::1]:2990"];
    for (given, shown) in [
        ("https://jira.example.com/jira/browse/ABC-1", "https://jira.example.com/jira/browse/ABC-1"),
        ("HTTPS://Jira.Example.com:443/x?y=z#w", "https://jira.example.com/x?y=z#w"),
        ("http://[::1]:2990/browse/ABC-1", "http://[::1]:2990/browse/ABC-1"),
        ("https://jira.example.com/a)b(c \\d<e>`f", "https://jira.example.com/a%29b%28c%20/d%3Ce%3E%60f"),
        ("https://jira.example.com/?q=a)b\\c`d ![x](y)", "https://jira.example.com/?q=a%29b%5Cc%60d%20![x]%28y%29"),
        (
            "https://jira.example.com/\n![x](https://evil.example)",
            "https://jira.example.com/![x]%28https://evil.example%29",
        ),
    ] {
        let line = format!("Jira: [ABC-1]({shown})");
        assert_eq!(mention(Some(given), &origins).unwrap().line(), line);
    }
    let long = format!("https://jira.example.com/{}", "x".repeat(2048));
    for refused in [
        "https://evil.example/browse/ABC-1",
        "https://jira.example.com.evil.example/",
        "https://jira.example.com@evil.example/",
        "https://u@jira.example.com/",
        "https://:p@jira.example.com/",
        "http://jira.example.com/",
        "https://jira.example.com:8443/",
        "//jira.example.com/",
        "javascript:alert(1)",
        "/browse/ABC-1",
        "",
        &long,
    ] {
        assert_eq!(mention(Some(refused), &origins), Err(NotOnTheConnector), "{refused}");
        assert_eq!(IssueMention::new(key(), Some(refused), None), Err(NotOnTheConnector));
    }
}

#[test]
fn what_is_too_long_is_cut_the_template_first_and_the_issue_never() {
    let issue = issue();
    let check = |template: &str, own: &str, max_bytes: usize, expected: &str, notes: usize| {
        let composed = compose(Some(template), Some(own), Some(&issue), bytes(max_bytes));
        let found = composed.description.unwrap();
        assert_eq!((found.as_str(), composed.notes.len()), (expected, notes), "{:?}", composed.notes);
        assert!(found.as_str().len() <= max_bytes && found.as_str().ends_with(LINE));
    };
    let line = LINE.len();
    let whole = "éé éé\n\nown words\n\n".len() + line;
    check("éé éé", "own words", whole, &format!("éé éé\n\nown words\n\n{LINE}"), 0);
    // A character is never cut in two, and no gap is left before the mark.
    check("aéaé é", "own words", whole - 1, &format!("aéa…\n\nown words\n\n{LINE}"), 1);
    check("éé éé", "own words", whole - 1, &format!("éé…\n\nown words\n\n{LINE}"), 1);
    check("éé éé", "own words", "own words\n\n".len() + line + 4, &format!("own words\n\n{LINE}"), 1);
    check("éé éé", "own words", "own words\n\n".len() + line, &format!("own words\n\n{LINE}"), 1);
    check("éé éé", "own words", "own word\n\n".len() + line, &format!("own w…\n\n{LINE}"), 2);
    check("éé éé", "own words", "own wor\n\n".len() + line, &format!("own…\n\n{LINE}"), 2);
    check("éé éé", "own words", line, LINE, 2);
}

#[test]
fn characters_are_counted_as_the_narrowest_server_counts_them() {
    let limits = TextLimits { title_chars: 150, description_chars: 1000 };
    let own = PullRequestDescription::parse("é🦀".repeat(1000)).unwrap();
    let composed = PullRequestDescription::compose(Some(&own), Some(&own), Some(&issue()), &limits);
    let found = composed.description.unwrap();
    assert!(found.as_str().encode_utf16().count() <= 1000 && found.as_str().ends_with(LINE));
    assert!(found.as_str().encode_utf16().count() > 995, "all the room there is");
    assert!(found.as_str().starts_with("é🦀é🦀"));

    assert!(Title::parse("🦀".repeat(75)).unwrap().fits(&limits).is_ok());
    let refused = Title::parse("🦀".repeat(76)).unwrap().fits(&limits).unwrap_err();
    assert_eq!(refused.to_string(), "has at most 150 characters on this git server");
}

#[test]
fn the_longest_description_keeps_its_issue() {
    const WIDE: TextLimits = TextLimits { title_chars: 255, description_chars: u32::MAX };
    let own = PullRequestDescription::parse("x".repeat(MAX_DESCRIPTION_BYTES)).unwrap();
    let composed = PullRequestDescription::compose(Some(&own), Some(&own), Some(&issue()), &WIDE);
    let found = composed.description.unwrap();
    assert!(found.as_str().len() == MAX_DESCRIPTION_BYTES && found.as_str().ends_with(LINE));
    // The template is what the description begins with, and so left out, not cut.
    assert_eq!(composed.notes.len(), 1);
}

#[test]
fn a_title_is_made_of_the_issue() {
    fn title(summary: Option<&str>) -> String {
        Title::of_issue(&key(), summary).as_str().to_owned()
    }
    assert_eq!(title(Some("Sign in, please")), "ABC-1 Sign in, please");
    assert_eq!(title(Some("  Sign\r\n\tin,\u{a0}\u{1b}[31m\0 please \u{2028}")), "ABC-1 Sign in, [31m please");
    for nothing in [None, Some(""), Some(" \n\0")] {
        assert_eq!(title(nothing), "ABC-1");
    }
    let long = title(Some(&"é🦀 ".repeat(1000)));
    assert!((147..=150).contains(&long.encode_utf16().count()) && long.ends_with("🦀 é🦀…"), "{long}");
    assert_eq!(title(Some(&"x".repeat(144))), format!("ABC-1 {}", "x".repeat(144)));
    assert_eq!(title(Some(&"x".repeat(145))), format!("ABC-1 {}…", "x".repeat(143)));
}
