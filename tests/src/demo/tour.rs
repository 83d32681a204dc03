//! The tour: what an administrator and a Jira user see, played on every integration and checked step by step against
//! the API's answer, the git server's own record and the audit log; then with another user in a browser, where there is one.

mod check;
mod pages;
mod step;

use std::future::Future;

use http::Method;
use serde_json::{Value, json};

use self::check::{Miss, Outcome, expect, expect_status};
use self::step::{Stopped, step};
use super::client::{Answer, Client, segment};
use super::env;
use super::integrations::{Credential, ISSUE, PROJECT, USERS, User};
use super::running::Demo;
use super::screen::Screen;
use super::world::Place;

const BRANCH: &str = "feature/ABC-1-login";
const TITLE: &str = "ABC-1 Log in with a passkey";

/// Entries of the audit log asked for, more than the tour makes in one integration.
const AUDIT_LIMIT: usize = 100;

/// Plays it on every integration, whatever happened on the one before. True when every step came out right.
pub(super) async fn play(demo: &Demo, screen: &Screen) -> anyhow::Result<bool> {
    let client = Client::new(demo)?;
    let mut missed = 0;
    for place in &demo.world.places {
        screen.heading(&format!(
            "{} (integration {}, repository {})",
            place.row.name, place.row.id, place.row.repository
        ));
        let tour = Tour { client: &client, place, screen, user: USERS[0], credential: &place.row.users[0] };
        missed += usize::from(tour.play().await.is_err());
    }
    missed += pages::play(demo, screen).await;
    screen.heading("At the end");
    let verified = step(screen, "administrator", "verifies the audit log", verify(demo)).await;
    missed += usize::from(verified.is_err());
    screen.text(match missed {
        0 => "\nEvery step came out as promised.",
        _ => "\nNot every step came out as promised.",
    });
    Ok(missed == 0)
}

async fn verify(demo: &Demo) -> Outcome<()> {
    let verdict = demo.countersign.run(&["audit", "verify"]).await?;
    Ok(((), format!("countersign audit verify: {} entries, intact", verdict["entries"])))
}

/// The tour on one integration.
struct Tour<'a> {
    client: &'a Client<'a>,
    place: &'a Place,
    screen: &'a Screen,
    user: User,
    credential: &'a Credential,
}

impl Tour<'_> {
    async fn play(&self) -> Result<(), Stopped> {
        let (admin, user, server) = ("administrator", self.user.name, "git server");
        let rule_on = self.step(admin, "switches Require User PAT on", self.require_user_pats()).await?;
        let link = self.step(user, "asks for a branch, is told to save a PAT", self.is_sent_to_set_up()).await?;
        self.step(user, "opens the link she was given", self.opens(&link)).await?;
        self.step(user, "saves her PAT", self.saves_pat()).await?;
        self.step(user, "creates a branch", self.creates_branch()).await?;
        self.step(server, "has the branch", self.branch_stands()).await?;
        self.step(user, "pushes a commit to it", self.pushes()).await?;
        let number = self.step(user, "creates a pull request", self.creates_pull_request()).await?;
        self.step(server, "has the pull request, by her account", self.pull_request_stands(&number)).await?;
        self.step(server, "saw her PAT, never the integration's", self.only_her_pat_was_used(rule_on)).await?;
        self.step(admin, "reads all of it in the audit log", self.audited()).await
    }

    async fn step<T>(&self, who: &str, what: &str, play: impl Future<Output = Outcome<T>>) -> Result<T, Stopped> {
        step(self.screen, who, what, play).await
    }

    /// Gives how many requests the git server had until then.
    async fn require_user_pats(&self) -> Outcome<usize> {
        let path = format!("/admin/integrations/{}", self.place.row.id);
        let rule = json!({ "require_user_pat": true });
        let changed = self.client.as_administrator(Method::PATCH, &path, Some(rule)).await?;
        expect_status(&changed, 200)?;
        expect("require_user_pat", true, &changed.body["require_user_pat"])?;
        Ok((self.place.record().requests().len(), "200, require_user_pat: true".to_owned()))
    }

    /// Gives the link.
    async fn is_sent_to_set_up(&self) -> Outcome<String> {
        let refused = self.ask_for_branch().await?;
        expect_status(&refused, 403)?;
        expect("type", "urn:countersign:problem:user-pat-required", &refused.body["type"])?;
        let Some(link) = refused.body["setup_url"].as_str() else {
            return Err(Miss::new("a setup_url", &refused.text));
        };
        let branches = self.place.git().references()?;
        if branches.branch(BRANCH).is_some() {
            return Err(Miss::new("no branch", format!("{BRANCH} in the repository")));
        }
        Ok((link.to_owned(), format!("403 user-pat-required, setup_url {link}")))
    }

    async fn opens(&self, link: &str) -> Outcome<()> {
        let page = self.client.open(link).await?;
        expect_status(&page, 200)?;
        for part in ["<form", self.user.id, "Set up your "] {
            if !page.text.contains(part) {
                return Err(Miss::new(format!("a page with {part}"), &page.text));
            }
        }
        Ok(((), format!("200, a page that names her, Jira user {}", self.user.id)))
    }

    async fn saves_pat(&self) -> Outcome<()> {
        let path = format!("/integrations/{}/pat", self.place.row.id);
        let pat = json!({ "fields": env::fields(self.credential), "project": PROJECT });
        let saved = self.client.as_user(self.user, Method::PUT, &path, pat).await?;
        expect_status(&saved, 200)?;
        expect("state", "valid", &saved.body["state"])?;
        expect("account.login", self.credential.account, &saved.body["account"]["login"])?;
        Ok(((), format!("200, valid, account {}", self.credential.account)))
    }

    async fn creates_branch(&self) -> Outcome<()> {
        let created = self.ask_for_branch().await?;
        expect_status(&created, 201)?;
        expect("branch.name", BRANCH, &created.body["branch"]["name"])?;
        Ok(((), format!("201, {}", self.receipt(&created)?)))
    }

    async fn branch_stands(&self) -> Outcome<()> {
        let line = self.place.git().git(&["show-ref", "--verify", &format!("refs/heads/{BRANCH}")])?;
        Ok(((), format!("git show-ref: {}", line.trim())))
    }

    /// With git, as everybody does: pushing is no business of Countersign.
    async fn pushes(&self) -> Outcome<()> {
        let commit = self.place.git().add_commit(BRANCH, "login.txt")?;
        Ok(((), format!("commit {commit}")))
    }

    /// Gives its number.
    async fn creates_pull_request(&self) -> Outcome<String> {
        let target = self.place.row.default_branch;
        let body = json!({ "title": TITLE, "source": BRANCH, "target": target, "issue": ISSUE });
        let created = self.client.as_user(self.user, Method::POST, &self.path_to("pull-requests"), body).await?;
        expect_status(&created, 201)?;
        let number = created.body["pull_request"]["number"].as_str().unwrap_or_default().to_owned();
        let seen = format!("201, number {number}, {}", self.receipt(&created)?);
        Ok((number, seen))
    }

    async fn pull_request_stands(&self, number: &str) -> Outcome<()> {
        let shown = |number: &str, source: &str, target: &str, author: &str| {
            format!("{number}: {source} into {target}, author {author}")
        };
        let expected = shown(number, BRANCH, self.place.row.default_branch, self.credential.login);
        let all = self.place.pull_requests();
        let all: Vec<_> = all.iter().map(|one| shown(&one.number, &one.source, &one.target, &one.author)).collect();
        match &all[..] {
            [one] if *one == expected => Ok(((), expected)),
            _ => Err(Miss::new(format!("{expected} alone"), all.join("; "))),
        }
    }

    /// Looks at every request since the rule was on: those that change something and those that only ask.
    async fn only_her_pat_was_used(&self, rule_on: usize) -> Outcome<()> {
        let requests = self.place.record().requests().split_off(rule_on);
        let hers = requests.iter().filter(|recorded| self.place.carried(recorded, self.credential)).count();
        let changing = requests.iter().filter(|recorded| recorded.request.method == Method::POST).count();
        if hers != requests.len() || changing < 2 {
            let came = requests.iter().map(|recorded| {
                let account = recorded.account.as_deref().unwrap_or("nobody");
                format!("{} {} by {account}", recorded.request.method, recorded.request.path)
            });
            let came: Vec<_> = came.collect();
            return Err(Miss::new(format!("all by {}, two or more POSTs", self.credential.account), came.join("; ")));
        }
        Ok(((), format!("{hers} of {hers} requests since the rule is on, {changing} of them POST")))
    }

    async fn audited(&self) -> Outcome<()> {
        let path = format!("/admin/audit?integration={}&limit={AUDIT_LIMIT}", self.place.row.id);
        let log = self.client.as_administrator(Method::GET, &path, None).await?;
        expect_status(&log, 200)?;
        let entries = log.body["entries"].as_array().map(Vec::as_slice).unwrap_or_default();
        // Newest first in the log.
        let told: Vec<String> = entries.iter().rev().map(|entry| self.told(entry)).collect();
        let mut rest = told.iter();
        let promised = self.to_be_audited();
        if let Some(missing) = promised.iter().find(|promise| !rest.any(|entry| entry == *promise)) {
            return Err(Miss::new(format!("{missing}, after what comes before it in the tour"), told.join("; ")));
        }
        if let Some((name, _)) = self.credential.fields.iter().find(|(_, value)| log.text.contains(value)) {
            return Err(Miss::new("no secret", format!("her {name}")));
        }
        Ok(((), format!("{} entries, her receipts among them, her PAT in none", told.len())))
    }

    /// In this order, with others between them.
    fn to_be_audited(&self) -> [String; 8] {
        let account = self.credential.account;
        [
            "changed integration.add".to_owned(),
            "changed integration.change".to_owned(),
            "denied branch.create for her: user-pat-required".to_owned(),
            "changed pat.save for her".to_owned(),
            "intent branch.create for her".to_owned(),
            format!("outcome branch.create for her: done as {account}"),
            "intent pull-request.create for her".to_owned(),
            format!("outcome pull-request.create for her: done as {account}"),
        ]
    }

    /// What an entry says, to be compared.
    fn told(&self, entry: &Value) -> String {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let details = &entry["details"];
        let for_whom = match entry["actor"]["jira_user"].as_str() {
            Some(id) if id == self.user.id => " for her",
            Some(_) => " for somebody else",
            None => "",
        };
        let ending = match (details["reason"].as_str(), details["receipt"]["account"]["login"].as_str()) {
            (Some(reason), _) => format!(": {reason}"),
            (None, Some(login)) => format!(": {} as {login}", text(&details["result"])),
            (None, None) => String::new(),
        };
        format!("{} {}{for_whom}{ending}", text(&entry["event"]), text(&entry["subject"]))
    }

    async fn ask_for_branch(&self) -> anyhow::Result<Answer> {
        let body = json!({ "name": BRANCH, "from": self.place.row.default_branch, "issue": ISSUE });
        self.client.as_user(self.user, Method::POST, &self.path_to("branches"), body).await
    }

    fn path_to(&self, resource: &str) -> String {
        format!("/integrations/{}/repositories/{}/{resource}", self.place.row.id, segment(self.place.row.repository))
    }

    /// What the receipt has to say, said.
    fn receipt(&self, answer: &Answer) -> Result<String, Miss> {
        let receipt = &answer.body["receipt"];
        expect("receipt.acted_as", "user", &receipt["acted_as"])?;
        expect("receipt.account.login", self.credential.account, &receipt["account"]["login"])?;
        expect("receipt.jira_user", self.user.id, &receipt["jira_user"])?;
        Ok(format!("receipt: as the user, account {}", self.credential.account))
    }
}
