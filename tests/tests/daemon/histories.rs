//! Random histories of two administrators and two users who all act at once. Of each it holds:
//!
//! - no acknowledged change is lost: the changes, in the order of their revisions, make every state that was answered, and
//!   the one at the end;
//! - no credential goes to a git server that it was not given to: wherever one was seen, it was being saved for that place at
//!   the time, or its user had confirmed it for that place, naming it.
//!
//! `COUNTERSIGN_HISTORIES` is how many are tried, `COUNTERSIGN_HISTORY` the only one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use countersign_tests::daemon::{Answer, Call, Daemon, GitHubServer, MAIN, User, WIDGETS, at};
use countersign_tests::standin::certificate::Authority;
use countersign_tests::standin::github::{GitHub, Token, token};
use http::Method;
use serde_json::{Map, Value, json};

const HISTORIES: u64 = 4;
const ROUNDS: usize = 30;
/// Tokens of each sort: each saving takes one of its own, so that it is known where each was given to.
const TOKENS: usize = ROUNDS + 1;
const USERS: [&str; 2] = ["ann", "bob"];

/// SplitMix64: the same history for the same number.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }
}

/// A git server under one of its names, and what leads an integration there.
struct Spot {
    server: GitHub,
    /// What a change holds that leads there.
    way: Value,
}

/// Four: two under one name, one under another, one without encryption.
async fn spots() -> Vec<Spot> {
    let authority = Arc::new(Authority::new().unwrap());
    let mut spots = Vec::new();
    for (host, scheme) in
        [("a.example.com", "https"), ("a.example.com", "https"), ("b.example.com", "https"), ("a.example.com", "http")]
    {
        let builder = GitHub::enterprise("3.16.2").usual();
        let named = builder.doors(|doors| doors.named(&[host]).issued_by(authority.clone()));
        let server = (0..TOKENS).fold(named, |builder, number| {
            let with = |builder: countersign_tests::standin::github::Builder, login: &str, who: &str| {
                builder.token(login, Token::classic(&secret(who, number), &["repo", "user"]))
            };
            let builder = with(builder, "jira-integration", "own");
            USERS.iter().fold(builder, |builder, user| with(builder, "alice", user))
        });
        let server = server.start().await.unwrap();
        let (port, address) = match scheme {
            "https" => (443, server.tls_addr().to_string()),
            _ => (80, server.url().trim_start_matches("http://").split('/').next().unwrap().to_owned()),
        };
        let way = json!({
            "settings": { "base_url": format!("{scheme}://{host}") },
            "network": {
                "ca_pem": server.ca_pem(),
                "connect_to": { format!("{host}:{port}"): address },
                "allow_http": scheme == "http",
            },
        });
        spots.push(Spot { server, way });
    }
    spots
}

fn secret(of: &str, number: usize) -> String {
    format!("ghp_history{of}{number:04}")
}

/// As it is answered.
fn mapping(repository: &str) -> Value {
    json!({ "project": "ABC", "component": null, "repository": repository, "base": null, "branch_template": null })
}

/// What is known of the integration, and what every patch makes of it.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    members: Map<String, Value>,
    spot: usize,
    /// Where the integration's own credential was given to.
    own: Option<usize>,
}

/// One thing an administrator asks for.
#[derive(Debug, Clone)]
struct Patch {
    members: Map<String, Value>,
    spot: Option<usize>,
    /// A new credential by its number, or none.
    credential: Option<Option<usize>>,
}

impl Patch {
    fn rolled(dice: &mut Dice, round: usize, whose: usize) -> Patch {
        let mut members = Map::new();
        let mut set = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
        match dice.roll(6) {
            0 => set("name", json!(format!("Round {round} of {whose}"))),
            1 => set("require_user_pat", json!(dice.one_in(2))),
            2 => set("branch_separator", json!(["-", "_", "."][dice.roll(3)])),
            3 => set("branch_max_length", json!(20 + dice.roll(200))),
            4 => set("projects", if dice.one_in(3) { json!(["ABC", "OPS"]) } else { Value::Null }),
            _ => set("mappings", json!([mapping(&format!("acme/of-{round}-{whose}"))])),
        }
        let spot = dice.one_in(3).then(|| dice.roll(4));
        // One administrator at a time gives a credential, so that the number says which it was.
        let credential = (whose == 0 && dice.one_in(4)).then(|| (!dice.one_in(4)).then_some(round));
        Patch { members, spot, credential }
    }

    fn body(&self, spots: &[Spot]) -> Value {
        let mut body = self.members.clone();
        if let Some(spot) = self.spot {
            body.extend(spots[spot].way.as_object().unwrap().clone());
        }
        if let Some(credential) = self.credential {
            let fields = credential.map(|number| json!({ "token": secret("own", number) }));
            body.insert("credential".to_owned(), json!(fields));
        }
        Value::Object(body)
    }

    fn applied_to(&self, known: &Known) -> Known {
        let mut after = known.clone();
        after.members.extend(self.members.clone());
        after.spot = self.spot.unwrap_or(after.spot);
        match self.credential {
            None => {}
            Some(None) => after.own = None,
            Some(Some(_)) => after.own = Some(after.spot),
        }
        after
    }
}

/// What was asked in a round.
enum Asked {
    Change(Patch),
    Policy(bool),
    /// Of a user: the token that would be kept from then on.
    Save(usize, String),
    Confirm(usize, Vec<String>),
    Remove(usize),
    Use,
}

/// What has happened so far.
struct History {
    spots: Vec<Spot>,
    known: Known,
    policy: (i64, bool),
    /// Token to the places it was given to.
    given: HashMap<String, BTreeSet<usize>>,
    /// User to her token.
    kept: BTreeMap<usize, String>,
}

#[tokio::test]
async fn a15_s11_no_change_is_lost_and_no_credential_goes_astray_in_random_histories() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let numbers = match number("COUNTERSIGN_HISTORY") {
        Some(only) => only..only + 1,
        None => 0..number("COUNTERSIGN_HISTORIES").unwrap_or(HISTORIES),
    };
    let mut changes = (0, 0);
    for number in numbers {
        println!("history {number}");
        let (made, collided) = history(number).await;
        changes = (changes.0 + made, changes.1 + collided);
    }
    println!("{} changes made, {} collided", changes.0, changes.1);
    assert!(changes.0 > 0);
}

/// Each within a few milliseconds of the others, so that they meet at every station of their ways.
async fn nearly_at_once(dice: &mut Dice, calls: Vec<Call>) -> Vec<Answer> {
    let sent = calls.into_iter().map(|call| {
        let pause = Duration::from_millis(dice.roll(12) as u64);
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            call.await
        })
    });
    let mut answers = Vec::new();
    for answer in sent.collect::<Vec<_>>() {
        answers.push(answer.await.expect("a call does not panic"));
    }
    answers
}

/// How many changes were made, and how many collided.
async fn history(number: u64) -> (usize, usize) {
    let mut dice = Dice(number);
    let daemon = Daemon::start(GitHubServer::Enterprise).await;
    let spots = spots().await;
    let mut first = spots[0].way.clone();
    first["credential"] = json!({ "token": secret("own", ROUNDS) });
    let begun = daemon.as_admin(Method::PATCH, "/integrations/main", Some(first)).await.expect(200);
    let members = ["name", "require_user_pat", "branch_separator", "branch_max_length", "projects", "mappings"];
    let members = members.iter().map(|name| ((*name).to_owned(), begun.body[*name].clone())).collect();
    let mut history = History {
        known: Known { members, spot: 0, own: Some(0) },
        policy: (0, false),
        given: HashMap::from([(secret("own", ROUNDS), BTreeSet::from([0]))]),
        kept: BTreeMap::new(),
        spots,
    };
    history.seen(&BTreeSet::from([0]), &[]);
    let users: Vec<User> = USERS.iter().map(|user| daemon.as_user(user)).collect();
    let (mut made, mut collided) = (0, 0);
    for round in 0..ROUNDS {
        let mut tag = None;
        if dice.one_in(3) {
            let now = daemon.as_admin(Method::GET, "/integrations/main", None).await.expect(200);
            tag = now.header("etag").map(str::to_owned);
        }
        let mut asked: Vec<(Asked, Call)> = Vec::new();
        for whose in 0..3 {
            let patch = Patch::rolled(&mut dice, round, whose);
            let call = daemon.as_admin(Method::PATCH, "/integrations/main", Some(patch.body(&history.spots)));
            let call = match &tag {
                Some(tag) => call.header("if-match", tag),
                None => call,
            };
            asked.push((Asked::Change(patch), call));
        }
        if dice.one_in(3) {
            let on = dice.one_in(4);
            let call = daemon.as_admin(Method::PUT, "/policy", Some(json!({ "require_user_pat": on })));
            asked.push((Asked::Policy(on), call));
        }
        for (user, who) in users.iter().enumerate() {
            asked.push(history.rolled(&mut dice, round, user, who).await);
        }
        let (asked, calls): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        let answers = nearly_at_once(&mut dice, calls).await;
        let (in_order, refused) = history.changes(&asked, &answers);
        (made, collided) = (made + in_order, collided + refused);
        for (user, who) in users.iter().enumerate() {
            history.pat_is_as_known(user, who).await;
        }
        let now = daemon.as_admin(Method::GET, "/integrations/main", None).await.expect(200);
        history.is_as_known(&now.body);
        let policy = daemon.as_admin(Method::GET, "/policy", None).await.expect(200);
        assert_eq!(policy.body["require_user_pat"], history.policy.1, "round {round}");
    }
    let verdict = daemon.as_admin(Method::GET, "/audit/verification", None).await.expect(200);
    assert_eq!(verdict.body["intact"], true);
    (made, collided)
}

impl History {
    /// What a user does next.
    async fn rolled(&self, dice: &mut Dice, round: usize, user: usize, who: &User) -> (Asked, Call) {
        match dice.roll(8) {
            0 | 1 => {
                let token = secret(USERS[user], round);
                let call = who.save_pat(MAIN, &token);
                (Asked::Save(user, token), call)
            }
            2 | 3 => {
                let addresses = who.pat(MAIN).await.expect(200).body["moved"]["to"].clone();
                let addresses: Vec<String> = serde_json::from_value(addresses).unwrap_or_default();
                let body = json!({ "project": "ABC", "addresses": addresses });
                let call = who.post(&at(&["integrations", MAIN, "pat", "confirm"]), &body);
                (Asked::Confirm(user, addresses), call)
            }
            4 => (Asked::Remove(user), who.revoke_pat(MAIN)),
            5 => (Asked::Use, who.check_pat(MAIN)),
            6 => (Asked::Use, who.repositories(MAIN)),
            _ => (Asked::Use, who.create_branch(MAIN, WIDGETS, &format!("round-{round}-{user}"), "main")),
        }
    }

    /// Takes in what was answered in a round, and holds it to what was known. How many changes were made, and refused.
    fn changes(&mut self, asked: &[Asked], answers: &[Answer]) -> (usize, usize) {
        // One that asks for what is there already is answered with the revision of then.
        let mut made: BTreeMap<i64, Vec<(&Patch, &Answer)>> = BTreeMap::new();
        let mut refused = 0;
        for (asked, answer) in asked.iter().zip(answers) {
            match asked {
                Asked::Change(patch) if answer.status == 200 => {
                    let revision = answer.body["revision"].as_i64().expect("a revision");
                    let same = made.entry(revision).or_default();
                    let is_one = |(_, other): &(&Patch, &Answer)| other.body["updated_at"] == answer.body["updated_at"];
                    assert!(same.iter().all(is_one), "two changes with one revision");
                    same.push((patch, answer));
                }
                Asked::Change(_) => {
                    assert!(matches!(answer.status, 409 | 412), "{}", answer.text);
                    refused += 1;
                }
                Asked::Policy(on) if answer.status == 200 => {
                    self.policy = (answer.body["revision"].as_i64().expect("a revision"), *on);
                }
                Asked::Policy(_) => assert_eq!(answer.code(), "changed-meanwhile"),
                Asked::Save(..) | Asked::Confirm(..) | Asked::Remove(_) | Asked::Use => {
                    assert!(answer.status < 500, "{}", answer.text);
                }
            }
        }
        let mut possible = BTreeSet::from([self.known.spot]);
        // A credential is asked about before the change that it comes with is made, or refused.
        for asked in asked {
            if let Asked::Change(Patch { spot: Some(spot), .. }) = asked {
                possible.insert(*spot);
            }
        }
        for same in made.values() {
            self.known = same.iter().fold(self.known.clone(), |known, (patch, _)| patch.applied_to(&known));
            same.iter().for_each(|(_, answer)| self.is_as_known(&answer.body));
        }
        self.seen(&possible, asked);
        for (asked, answer) in asked.iter().zip(answers) {
            match asked {
                Asked::Save(user, token) if answer.status == 200 => drop(self.kept.insert(*user, token.clone())),
                Asked::Remove(user) if matches!(answer.status, 200 | 204) => drop(self.kept.remove(user)),
                _ => {}
            }
        }
        (made.len(), refused)
    }

    /// What the record is said to be is what the changes made of it.
    fn is_as_known(&self, body: &Value) {
        for (name, value) in &self.known.members {
            assert_eq!(&body[name.as_str()], value, "{name} of {body}");
        }
        let way = &self.spots[self.known.spot].way;
        assert_eq!(body["settings"], way["settings"]);
        assert_eq!(body["network"]["connect_to"], way["network"]["connect_to"]);
        let own = match self.known.own {
            None => "missing",
            Some(spot) if spot == self.known.spot => "usable",
            Some(_) => "set-aside",
        };
        assert_eq!(body["own_credential"], own, "{:?}", self.known);
    }

    /// Whether every token that came to a git server since the last look was given to it.
    fn seen(&mut self, possible: &BTreeSet<usize>, asked: &[Asked]) {
        for spot in 0..self.spots.len() {
            let seen: BTreeSet<String> =
                self.spots[spot].server.record.requests().iter().filter_map(|request| request.token()).collect();
            self.spots[spot].server.record.clear();
            for token in seen {
                let is_new = !self.given.contains_key(&token);
                let places = self.given.entry(token.clone()).or_default();
                // A new one is given to wherever the integration leads as it is saved.
                let saved_now = is_new && possible.contains(&spot);
                let confirmed_now = asked.iter().any(|asked| match asked {
                    Asked::Confirm(user, addresses) => {
                        self.kept.get(user) == Some(&token) && names(addresses, &self.spots[spot].way)
                    }
                    _ => false,
                });
                if saved_now || confirmed_now {
                    places.insert(spot);
                }
                assert!(places.contains(&spot), "{token} came to place {spot}, and was given to {places:?}");
            }
        }
    }

    /// Whether it is usable exactly where it was given to.
    async fn pat_is_as_known(&self, user: usize, who: &User) {
        let shown = who.pat(MAIN).await.expect(200);
        let state = shown.text_at("/state");
        let Some(token) = self.kept.get(&user) else {
            assert_eq!(state, "missing");
            return;
        };
        let places = &self.given[token];
        match state {
            "valid" => assert!(places.contains(&self.known.spot), "{token}: {places:?}, {:?}", self.known),
            "set-aside" => {}
            // Revoked at the git server, or refused there.
            "rejected" => {}
            other => panic!("{other}"),
        }
        if places.len() == 1 && places.contains(&self.known.spot) {
            assert_ne!(state, "set-aside", "{token}: {places:?}, {:?}", self.known);
        }
    }
}

/// Whether the addresses that a user saw are those of this place.
fn names(addresses: &[String], way: &Value) -> bool {
    let base_url = way["settings"]["base_url"].as_str().unwrap();
    let dialled = way["network"]["connect_to"].as_object().unwrap().values().next().unwrap().as_str().unwrap();
    matches!(addresses, [address] if address.starts_with(base_url) && address.contains(&format!("dialled at {dialled}")))
}

/// The dice are no dice where they always fall the same.
#[test]
fn histories_differ() {
    let rolls = |number: u64| -> Vec<usize> {
        let mut dice = Dice(number);
        (0..100).map(|_| dice.roll(6)).collect()
    };
    assert_eq!(rolls(1), rolls(1));
    assert_ne!(rolls(1), rolls(2));
    assert!((0..6).all(|side| rolls(3).contains(&side)));
    assert!(!token::ALL.contains(&secret("ann", 1).as_str()));
}
