//! The whole matrix of the policy, as a table to read.

use super::*;
use crate::operation::{
    CompareBranches, CreateBranch, CreatePullRequest, DeleteBranch, GetRepository, GetTemplate, ListBranches,
    ListRepositories,
};
use crate::{Features, IntegrationId, JiraUser, KindId, Place, Rules, SiteId, Timestamp};

const PATS: [PatState; 7] = [
    PatState::Missing,
    PatState::SetAside,
    PatState::Valid,
    PatState::Expiring,
    PatState::Unchecked,
    PatState::Expired,
    PatState::Rejected,
];
const ACT_AS: [(&str, ActAs); 3] = [("auto", ActAs::Auto), ("user", ActAs::User), ("integration", ActAs::Integration)];

const OFF: Rules = Rules { require_user_pat: false, require_user_pat_from: None, enforce_git_permissions: false };
/// *Require User PAT* alone.
const ON: Rules = Rules { require_user_pat: true, ..OFF };
/// *Enforce git service permissions* with it.
const ENFORCED: Rules = Rules { enforce_git_permissions: true, ..ON };

fn now() -> Timestamp {
    Timestamp::parse("2026-12-01T00:00:00Z").unwrap()
}

/// With a grace date so many milliseconds from now.
fn from(rules: Rules, ms: i64) -> Rules {
    Rules { require_user_pat_from: Some(now().plus_ms(ms)), ..rules }
}

struct Case {
    destination: Arc<Destination>,
    user: ActingUser,
    user_credentials: UserCredentials,
}

impl Case {
    fn new() -> Self {
        let nowhere = r#"{"origins":[],"connect_to":{},"allow_private":false,"allow_http":false}"#;
        let destination = Destination {
            integration: IntegrationId::parse("main").unwrap(),
            revision: None,
            kind: KindId::parse("git-server").unwrap(),
            settings: Default::default(),
            place: serde_json::from_str::<Place>(nowhere).unwrap(),
            ca_pem: None,
        };
        Self {
            destination: Arc::new(destination),
            user: ActingUser { site: SiteId::default(), id: JiraUser::parse("ann").unwrap() },
            user_credentials: UserCredentials::Supported,
        }
    }

    fn facts(&self, pat: PatState) -> Facts<'_> {
        Facts {
            destination: &self.destination,
            user: &self.user,
            now: now(),
            global_rules: OFF,
            integration_rules: OFF,
            features: Features::default(),
            user_credentials: &self.user_credentials,
            pat,
            own_credential: OwnCredentialState::Usable,
        }
    }
}

fn admitted(facts: Facts<'_>) -> Admitted<Facts<'_>> {
    admit(true, Some(Unseen::new(facts))).unwrap()
}

fn lends<O>(decided: Result<Permit<O>, Denial>) -> Result<Lends, Denial> {
    decided.map(|permit| permit.lends())
}

fn verdict(decided: Result<Lends, Denial>) -> String {
    match decided {
        Ok(Lends::UserPat) => "as the user".to_owned(),
        Ok(Lends::IntegrationAccount) => "as the integration".to_owned(),
        Ok(Lends::Candidate) => "candidate".to_owned(),
        Ok(Lends::SetAsidePat) => "set-aside PAT".to_owned(),
        Err(denial) => denial.code().to_owned(),
    }
}

fn check<O: Use>(set: impl Fn(&mut Facts<'_>), expected: &str) {
    let case = Case::new();
    let mut table = String::new();
    for pat in PATS {
        let row = ACT_AS.map(|(_, act_as)| {
            let mut facts = case.facts(pat);
            set(&mut facts);
            verdict(lends(decide::<O>(&admitted(facts), act_as)))
        });
        table += &format!("{:<10}| {:<18} | {:<18} | {}\n", pat.as_str(), row[0], row[1], row[2]);
    }
    let expected: String =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect();
    assert_eq!(table, expected, "\n{table}");
}

/// Everything the rule covers.
fn check_ruled(set: impl Fn(&mut Facts<'_>) + Copy, expected: &str) {
    check::<CreateBranch>(set, expected);
    check::<DeleteBranch>(set, expected);
    check::<CreatePullRequest>(set, expected);
}

/// Looking.
fn check_looking(set: impl Fn(&mut Facts<'_>) + Copy, expected: &str) {
    check::<ListRepositories>(set, expected);
    check::<GetRepository>(set, expected);
    check::<ListBranches>(set, expected);
    check::<GetTemplate>(set, expected);
    check::<CompareBranches>(set, expected);
}

const NOT_REQUIRED: &str = "
    missing   | as the integration | user-pat-missing   | as the integration
    set-aside | as the integration | user-pat-missing   | as the integration
    valid     | as the user        | as the user        | as the integration
    expiring  | as the user        | as the user        | as the integration
    unchecked | as the user        | as the user        | as the integration
    expired   | user-pat-rejected  | user-pat-rejected  | as the integration
    rejected  | user-pat-rejected  | user-pat-rejected  | as the integration
";
const REQUIRED: &str = "
    missing   | user-pat-required  | user-pat-required  | user-pat-required
    set-aside | user-pat-required  | user-pat-required  | user-pat-required
    valid     | as the user        | as the user        | user-pat-required
    expiring  | as the user        | as the user        | user-pat-required
    unchecked | as the user        | as the user        | user-pat-required
    expired   | user-pat-rejected  | user-pat-rejected  | user-pat-required
    rejected  | user-pat-rejected  | user-pat-rejected  | user-pat-required
";

#[test]
fn the_rule_off() {
    check_ruled(|_| {}, NOT_REQUIRED);
}

#[test]
fn the_rule_on_for_the_integration() {
    check_ruled(|facts| facts.integration_rules = ON, REQUIRED);
}

#[test]
fn the_global_rule_overrides_an_integration_where_it_is_off() {
    check_ruled(|facts| facts.global_rules = ON, REQUIRED);
    check_ruled(|facts| (facts.global_rules, facts.integration_rules) = (ON, ON), REQUIRED);
}

#[test]
fn looking_is_not_ruled_but_a_refused_pat_is_never_passed_over() {
    check_looking(|facts| (facts.global_rules, facts.integration_rules) = (ON, ON), NOT_REQUIRED);
}

#[test]
fn under_enforcement_at_either_level_looking_is_decided_like_creating() {
    for (global, own) in [(ENFORCED, OFF), (OFF, ENFORCED), (ENFORCED, ON), (ON, ENFORCED), (ENFORCED, ENFORCED)] {
        check_looking(|facts| (facts.global_rules, facts.integration_rules) = (global, own), REQUIRED);
        check_ruled(|facts| (facts.global_rules, facts.integration_rules) = (global, own), REQUIRED);
    }
}

/// A PAT that was refused stops its user; the integration's own credential is everybody's, and only using it tells when it is good
/// again.
#[test]
fn a_refused_credential_of_the_integration_is_lent_like_a_usable_one() {
    for (rules, creating) in [(OFF, NOT_REQUIRED), (ON, REQUIRED), (ENFORCED, REQUIRED)] {
        let refused = |facts: &mut Facts<'_>| {
            (facts.integration_rules, facts.own_credential) = (rules, OwnCredentialState::Rejected);
        };
        check_ruled(refused, creating);
        check_looking(refused, if rules == ENFORCED { creating } else { NOT_REQUIRED });
    }
}

/// What the other level demands is no part of a level's own enforcement: it needs the rule of its own level.
#[test]
fn enforcement_without_the_rule_of_its_level_is_no_enforcement() {
    let alone = Rules { enforce_git_permissions: true, ..OFF };
    for (global, own) in [(alone, OFF), (OFF, alone), (ON, alone), (alone, ON)] {
        check_looking(|facts| (facts.global_rules, facts.integration_rules) = (global, own), NOT_REQUIRED);
    }
}

#[test]
fn before_its_grace_date_a_rule_denies_nothing_and_from_that_instant_it_does() {
    for (ms, creating) in [(1, NOT_REQUIRED), (0, REQUIRED), (-1, REQUIRED)] {
        for rules in [ON, ENFORCED] {
            let looking = if rules == ENFORCED { creating } else { NOT_REQUIRED };
            check_ruled(|facts| facts.global_rules = from(rules, ms), creating);
            check_ruled(|facts| facts.integration_rules = from(rules, ms), creating);
            check_looking(|facts| facts.global_rules = from(rules, ms), looking);
            check_looking(|facts| facts.integration_rules = from(rules, ms), looking);
        }
    }
    // A date at one level does not put off the other.
    check_ruled(|facts| (facts.global_rules, facts.integration_rules) = (from(ON, 1), ON), REQUIRED);
    check_ruled(|facts| (facts.global_rules, facts.integration_rules) = (ON, from(ON, 1)), REQUIRED);
    check_looking(|facts| (facts.global_rules, facts.integration_rules) = (from(ENFORCED, 1), ON), NOT_REQUIRED);
    check_looking(|facts| (facts.global_rules, facts.integration_rules) = (ON, from(ENFORCED, 1)), NOT_REQUIRED);
}

#[test]
fn the_nearest_grace_date_is_told_while_no_rule_holds() {
    let case = Case::new();
    let told = |global_rules, integration_rules| {
        let facts = Facts { global_rules, integration_rules, ..case.facts(PatState::Missing) };
        facts.pat_required_from().map(|from| from.unix_ms() - now().unix_ms())
    };
    assert_eq!([told(OFF, OFF), told(ON, OFF), told(OFF, from(ON, 0))], [None; 3]);
    assert_eq!([told(from(ON, 5), OFF), told(OFF, from(ON, 5)), told(from(ON, 9), from(ON, 5))], [Some(5); 3]);
    assert_eq!([told(from(ON, 5), ON), told(ON, from(ON, 5)), told(from(ON, 5), from(ON, -5))], [None; 3]);
}

const SWITCHED_OFF: &str = "
    missing   | switched-off       | switched-off       | switched-off
    set-aside | switched-off       | switched-off       | switched-off
    valid     | switched-off       | switched-off       | switched-off
    expiring  | switched-off       | switched-off       | switched-off
    unchecked | switched-off       | switched-off       | switched-off
    expired   | switched-off       | switched-off       | switched-off
    rejected  | switched-off       | switched-off       | switched-off
";

#[test]
fn what_is_switched_off_is_denied_before_the_pat_is_looked_at_and_nothing_else_is() {
    for (rules, others) in [(OFF, NOT_REQUIRED), (ON, REQUIRED)] {
        let branches = |facts: &mut Facts<'_>| {
            (facts.integration_rules, facts.features.create_branches) = (rules, false);
        };
        check::<CreateBranch>(branches, SWITCHED_OFF);
        check::<DeleteBranch>(branches, others);
        check::<CreatePullRequest>(branches, others);
        let deletion = |facts: &mut Facts<'_>| {
            (facts.integration_rules, facts.features.delete_branches) = (rules, false);
        };
        check::<DeleteBranch>(deletion, SWITCHED_OFF);
        check::<CreateBranch>(deletion, others);
        check::<CreatePullRequest>(deletion, others);
        let pull_requests = |facts: &mut Facts<'_>| {
            (facts.integration_rules, facts.features.create_pull_requests) = (rules, false);
        };
        check::<CreatePullRequest>(pull_requests, SWITCHED_OFF);
        check::<CreateBranch>(pull_requests, others);
        check::<DeleteBranch>(pull_requests, others);
    }
    let nothing = Features { create_branches: false, delete_branches: false, create_pull_requests: false };
    check_looking(|facts| facts.features = nothing, NOT_REQUIRED);
    let told = Denial::SwitchedOff(OperationKind::CreateBranch).to_string();
    assert!(told.starts_with("Creating branches is switched off") && told.contains("administrator"), "{told}");
}

#[test]
fn every_operation_of_a_repository_is_in_these_tables() {
    let ruled = OperationKind::ALL.into_iter().filter(|kind| kind.is_ruled());
    assert_eq!(ruled.collect::<Vec<_>>(), [CreateBranch::KIND, DeleteBranch::KIND, CreatePullRequest::KIND]);
    let alone = [CheckCredential::KIND, RevokeCredential::KIND];
    let looking = OperationKind::ALL.into_iter().filter(|kind| !kind.is_ruled() && !alone.contains(kind));
    assert_eq!(
        looking.collect::<Vec<_>>(),
        [ListRepositories::KIND, GetRepository::KIND, ListBranches::KIND, CompareBranches::KIND, GetTemplate::KIND]
    );
}

#[test]
fn without_the_jira_permission_nobody_is_admitted_whatever_there_is() {
    for found in [None, Some(Unseen::new("an integration"))] {
        assert_eq!(admit(false, found).unwrap_err(), Denial::PermissionMissing);
    }
}

#[test]
fn a19_what_is_not_open_to_the_project_is_as_absent() {
    assert_eq!(admit::<()>(true, None).unwrap_err(), Denial::NotOpenToProject);
    assert_eq!(*admit(true, Some(Unseen::new("an integration"))).unwrap(), "an integration");
}

#[test]
fn where_users_cannot_have_pats_the_rule_shuts_and_says_why() {
    let case = Case { user_credentials: UserCredentials::Unsupported("too old".into()), ..Case::new() };
    let unsupported = Denial::UserPatsUnsupported("too old".into());
    // Whatever was saved before that was known.
    for pat in PATS {
        let ask = |rule, act_as| {
            let facts = Facts { global_rules: if rule { ON } else { OFF }, ..case.facts(pat) };
            lends(decide::<CreateBranch>(&admitted(facts), act_as))
        };
        assert_eq!(ask(true, ActAs::Auto), Err(unsupported.clone()));
        assert_eq!(ask(true, ActAs::User), Err(unsupported.clone()));
        assert_eq!(ask(true, ActAs::Integration), Err(Denial::UserPatRequired(pat)));
        assert_eq!(ask(false, ActAs::User), Err(unsupported.clone()));
        assert_eq!(ask(false, ActAs::Auto), Ok(Lends::IntegrationAccount));
    }
    assert_eq!(users_may_have_pats(&case.user_credentials), Err(unsupported.clone()));
    assert_eq!(lends(decide_candidate(&admitted(case.facts(PatState::Missing)))), Err(unsupported));
}

#[test]
fn without_a_credential_of_the_integration_only_users_act() {
    let case = Case::new();
    for state in [OwnCredentialState::Missing, OwnCredentialState::SetAside] {
        let ask = |pat, act_as| {
            let facts = Facts { own_credential: state, ..case.facts(pat) };
            lends(decide::<CreateBranch>(&admitted(facts), act_as))
        };
        let missing = Err(Denial::IntegrationAccountMissing(state));
        assert_eq!(ask(PatState::Missing, ActAs::Auto), missing);
        assert_eq!(ask(PatState::SetAside, ActAs::Auto), missing);
        assert_eq!(ask(PatState::Valid, ActAs::Integration), missing);
        assert_eq!(ask(PatState::Valid, ActAs::Auto), Ok(Lends::UserPat));
    }
}

/// What may be done with a credential itself: typed in, checked again, confirmed, revoked.
#[test]
fn a_credential_itself() {
    const EXPECTED: &str = "
        missing   | candidate | user-pat-missing | nothing-to-confirm | user-pat-missing
        set-aside | candidate | user-pat-missing | set-aside PAT      | user-pat-missing
        valid     | candidate | as the user      | nothing-to-confirm | as the user
        expiring  | candidate | as the user      | nothing-to-confirm | as the user
        unchecked | candidate | as the user      | nothing-to-confirm | as the user
        expired   | candidate | as the user      | nothing-to-confirm | as the user
        rejected  | candidate | as the user      | nothing-to-confirm | as the user
    ";
    let case = Case::new();
    for rules in [OFF, ON, ENFORCED] {
        let mut table = String::new();
        for pat in PATS {
            let facts = admitted(Facts { global_rules: rules, integration_rules: rules, ..case.facts(pat) });
            let [candidate, check, confirm, revoke] = [
                lends(decide_candidate(&facts)),
                lends(decide_check(&facts)),
                lends(decide_confirmation(&facts, true)),
                lends(decide_revocation(&facts)),
            ]
            .map(verdict);
            table += &format!("{:<10}| {candidate:<9} | {check:<16} | {confirm:<18} | {revoke}\n", pat.as_str());
        }
        let expected: String =
            EXPECTED.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect();
        assert_eq!(table, expected, "\n{table}");
    }
}

#[test]
fn a_users_own_credential_can_be_revoked_where_users_can_have_none_any_more() {
    let case = Case { user_credentials: UserCredentials::Unsupported("too old".into()), ..Case::new() };
    let permit = decide_revocation(&admitted(case.facts(PatState::Valid))).unwrap();
    assert_eq!(
        format!("{permit:?}"),
        r#"Permit<pat.revoke>(main, Some(ActingUser { site: "default", id: "ann" }), UserPat)"#
    );
}

#[test]
fn s11_whoever_began_to_vouch_after_a_pat_was_saved_confirms_it_for_nobody() {
    let case = Case::new();
    let confirmed = |pat| lends(decide_confirmation(&admitted(case.facts(pat)), false));
    assert_eq!(confirmed(PatState::SetAside), Err(Denial::ConnectorTooNew));
    assert_eq!(confirmed(PatState::Valid), Err(Denial::NothingToConfirm(PatState::Valid)));
}
