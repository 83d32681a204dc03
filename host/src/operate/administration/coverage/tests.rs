//! Who counts, as what, and whom the rule would keep out: on values, with a clock that stands still.

use super::*;
use model::{
    BranchNaming, Connection, Features, KindId, Mappings, NetworkRules, Offers, Origin, PersonName, Place, Projects,
    ProviderId, Rejection, Revision, Rules, Settings, SiteId, SiteProject, SiteProjects,
};

const NOW: &str = "2026-11-22T12:00:00Z";

fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

fn days_ago(days: i64) -> Timestamp {
    now().plus_ms(-days * DAY_MS)
}

/// Of the site `default`, or of another: `cloud/ann`.
fn user(text: &str) -> ActingUser {
    let (site, id) = text.split_once('/').unwrap_or(("default", text));
    ActingUser { site: SiteId::parse(site).unwrap(), id: model::JiraUser::parse(id).unwrap() }
}

fn seen(who: &str, project: &str, display_name: &str, days: i64) -> SeenUser {
    let user = user(who);
    let project = SiteProject { site: user.site.clone(), ..SiteProject::parse(project).unwrap() };
    let names = UserNames { username: None, display_name: PersonName::parse(display_name).ok() };
    SeenUser { user, project, names, first_seen_at: days_ago(days), last_seen_at: days_ago(days) }
}

fn record(url: &str, projects: &[&str]) -> IntegrationRecord {
    let only = projects.iter().map(|text| SiteProjects::parse(text).unwrap()).collect();
    IntegrationRecord {
        id: IntegrationId::parse("main").unwrap(),
        name: DisplayName::parse("Main").unwrap(),
        provider: ProviderId::parse("git").unwrap(),
        kind: KindId::parse("git").unwrap(),
        settings: Settings::new(),
        connection: Connection {
            origins: vec![Origin { url: url.into(), aws: None }],
            web_url: url.into(),
            credential_pages: vec![],
            credential_list_page: None,
            grant: None,
            user_credentials: UserCredentials::Supported,
            offers: Offers::default(),
        },
        network: NetworkRules::default(),
        projects: if projects.is_empty() { Projects::All } else { Projects::Only(only) },
        rules: Rules::default(),
        features: Features::default(),
        naming: BranchNaming::default(),
        mappings: Mappings::default(),
        own_given_to: None,
        account: None,
        own_rejection: None,
        created_at: now(),
        updated_at: now(),
        revision: Revision::FIRST,
    }
}

fn pat(place: Place, saved_days_ago: i64, used_days_ago: Option<i64>) -> PatMetadata {
    PatMetadata {
        account: Some(Account { id: "1".into(), login: "octo".into() }),
        account_before: None,
        permissions: vec![],
        expiry: Expiry::Never,
        saved_at: days_ago(saved_days_ago),
        last_checked_at: None,
        last_used_at: used_days_ago.map(days_ago),
        rejection: None,
        given_to: place,
    }
}

fn people(
    rows: Vec<SeenUser>,
    record: &IntegrationRecord,
    pats: Vec<(ActingUser, PatMetadata)>,
    days: u16,
) -> Vec<Covered> {
    SeenSince::new(rows, now(), days).people(record, pats, now())
}

fn told(people: &[Covered]) -> Vec<(String, &'static str, bool)> {
    let told =
        |one: &Covered| (format!("{}/{}", one.user.site, one.user.id), one.pat_state.as_str(), one.would_be_blocked);
    people.iter().map(told).collect()
}

#[test]
fn counted_are_those_who_were_seen_in_time_in_a_project_it_is_open_to() {
    let record = record("https://git.test", &["ABC", "cloud/*"]);
    let rows = vec![
        seen("ann", "ABC", "", 10),
        seen("bob", "XYZ", "", 10),
        seen("carol", "ABC", "", 91),
        seen("dave", "ABC", "", 90),
        seen("cloud/ann", "XYZ", "", 1),
    ];
    let counted = |days| told(&people(rows.clone(), &record, vec![], days));
    let row = |who: &str| (who.to_owned(), "missing", true);
    assert_eq!(counted(90), [row("cloud/ann"), row("default/ann"), row("default/dave")]);
    assert_eq!(counted(30), [row("cloud/ann"), row("default/ann")]);
    assert_eq!(counted(365).len(), 4);
}

#[test]
fn who_has_a_pat_counts_as_seen_when_it_was_saved_or_used_last() {
    let record = record("https://git.test", &["ABC"]);
    let pats = vec![
        (user("ann"), pat(record.place(), 100, None)),
        (user("bob"), pat(record.place(), 100, Some(20))),
        (user("carol"), pat(record.place(), 5, None)),
        (user("dave"), pat(record.place(), 300, Some(200))),
    ];
    // ann was seen in a project that it is not open to; her name is known from there.
    let rows = vec![seen("bob", "XYZ", "Bob B.", 1), seen("dave", "ABC", "Dave", 50)];
    let found = people(rows, &record, pats, 90);
    let expected = [("default/bob", 20), ("default/carol", 5), ("default/dave", 50)];
    for (person, (who, days)) in found.iter().zip(expected) {
        assert_eq!(
            (format!("{}/{}", person.user.site, person.user.id), person.last_seen_at),
            (who.into(), days_ago(days))
        );
    }
    assert_eq!(found.len(), expected.len());
    assert_eq!(found[0].names.display_name.as_ref().unwrap().as_str(), "Bob B.");
    assert_eq!(found[0].account.as_ref().unwrap().login, "octo");
}

#[test]
fn every_state_is_counted_and_those_who_could_not_create_are_told() {
    let record = record("https://git.test", &[]);
    let elsewhere = self::record("https://old.test", &[]).place();
    let base = || pat(record.place(), 1, Some(1));
    let pats = vec![
        (user("expired"), PatMetadata { expiry: Expiry::At(days_ago(1)), ..base() }),
        (user("expiring"), PatMetadata { expiry: Expiry::At(days_ago(-13)), ..base() }),
        (user("rejected"), PatMetadata { rejection: Some(Rejection { at: now(), why: String::new() }), ..base() }),
        (user("set-aside"), PatMetadata { given_to: elsewhere, ..base() }),
        (user("unchecked"), PatMetadata { account: None, last_used_at: None, ..base() }),
        (user("valid"), PatMetadata { last_used_at: None, ..base() }),
    ];
    let found = people(vec![seen("missing", "ABC", "", 1)], &record, pats.clone(), 90);
    for (who, state, blocked) in told(&found) {
        assert_eq!(who.strip_prefix("default/"), Some(state));
        assert_eq!(blocked, !["expiring", "unchecked", "valid"].contains(&state), "{state}");
    }
    let totals = Totals::of(found.iter());
    assert!(totals.by_state.values().all(|count| *count == 1) && totals.by_state.len() == 7, "{totals:?}");
    assert_eq!((totals.people, totals.never_used, totals.would_be_blocked), (7, 2, 4));

    // Where users can have none, the rule keeps everybody out.
    let mut without = record.clone();
    without.connection.user_credentials = UserCredentials::Unsupported("too old".into());
    assert_eq!(Totals::of(people(vec![], &without, pats, 90).iter()).would_be_blocked, 6);
}

#[test]
fn pages_hold_every_row_once() {
    let of = |id: &str, users: &[&str]| {
        let record = record("https://git.test", &[]);
        let rows = users.iter().map(|who| seen(who, "ABC", "", 1)).collect();
        IntegrationCoverage {
            integration: IntegrationId::parse(id).unwrap(),
            name: record.name.clone(),
            is_required: false,
            people: people(rows, &record, vec![], 90),
        }
    };
    let integrations = vec![of("a", &["ann", "bob", "cloud/ann"]), of("b", &[]), of("c", &["ann", "bob"])];
    let coverage = Coverage { as_of: now(), seen_within_days: 90, integrations };
    let (mut after, mut sizes, mut rows) = (None, Vec::new(), Vec::new());
    loop {
        let (page, has_more) = coverage.page(after.as_ref(), 2);
        let key = |row: &(&IntegrationCoverage, &Covered)| (row.0.integration.clone(), row.1.user.clone());
        rows.extend(page.iter().map(key));
        sizes.push((page.len(), has_more));
        after = rows.last().cloned();
        if !has_more {
            break;
        }
    }
    assert_eq!(sizes, [(2, true), (2, true), (1, false)]);
    assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), 5);
    assert_eq!((coverage.users(), coverage.totals().people), (3, 5));
}
