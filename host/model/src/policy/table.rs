//! The whole matrix of the policy, as a table to read.

use super::*;

const PATS: [PatState; 6] = [
    PatState::Missing,
    PatState::Valid,
    PatState::Expiring,
    PatState::Unchecked,
    PatState::Expired,
    PatState::Rejected,
];
const ACT_AS: [(&str, ActAs); 3] = [("auto", ActAs::Auto), ("user", ActAs::User), ("integration", ActAs::Integration)];

struct Case {
    integration: IntegrationId,
    user: JiraUser,
    user_credentials: UserCredentials,
}

impl Case {
    fn new() -> Self {
        Self {
            integration: IntegrationId::parse("main").unwrap(),
            user: JiraUser::parse("ann").unwrap(),
            user_credentials: UserCredentials::Supported,
        }
    }

    fn facts(&self, pat: PatState) -> Facts<'_> {
        Facts {
            integration: &self.integration,
            user: &self.user,
            may_view_development_tools: true,
            is_open_to_project: true,
            global_rule: false,
            integration_rule: false,
            user_credentials: &self.user_credentials,
            pat,
            has_integration_account: true,
        }
    }
}

fn verdict(decided: Result<Permit, Denial>) -> String {
    match decided {
        Ok(permit) => match permit.lends() {
            Lends::UserPat => "as the user".to_owned(),
            Lends::IntegrationAccount => "as the integration".to_owned(),
            Lends::Candidate => "candidate".to_owned(),
        },
        Err(denial) => denial.code().to_owned(),
    }
}

fn check(set: impl Fn(&mut Facts<'_>), operation: OperationKind, expected: &str) {
    let case = Case::new();
    let mut table = String::new();
    for pat in PATS {
        let row = ACT_AS.map(|(_, act_as)| {
            let mut facts = case.facts(pat);
            set(&mut facts);
            verdict(decide(&facts, operation, act_as))
        });
        table += &format!("{:<10}| {:<18} | {:<18} | {}\n", pat.as_str(), row[0], row[1], row[2]);
    }
    let expected: String =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect();
    assert_eq!(table, expected, "\n{table}");
}

const RULED: [OperationKind; 3] =
    [OperationKind::CreateBranch, OperationKind::DeleteBranch, OperationKind::CreatePullRequest];

const NOT_REQUIRED: &str = "
    missing   | as the integration | user-pat-missing   | as the integration
    valid     | as the user        | as the user        | as the integration
    expiring  | as the user        | as the user        | as the integration
    unchecked | as the user        | as the user        | as the integration
    expired   | user-pat-rejected  | user-pat-rejected  | as the integration
    rejected  | user-pat-rejected  | user-pat-rejected  | as the integration
";
const REQUIRED: &str = "
    missing   | user-pat-required  | user-pat-required  | user-pat-required
    valid     | as the user        | as the user        | user-pat-required
    expiring  | as the user        | as the user        | user-pat-required
    unchecked | as the user        | as the user        | user-pat-required
    expired   | user-pat-rejected  | user-pat-rejected  | user-pat-required
    rejected  | user-pat-rejected  | user-pat-rejected  | user-pat-required
";

#[test]
fn the_rule_off() {
    for operation in RULED {
        check(|_| {}, operation, NOT_REQUIRED);
    }
}

#[test]
fn the_rule_on_for_the_integration() {
    for operation in RULED {
        check(|facts| facts.integration_rule = true, operation, REQUIRED);
    }
}

#[test]
fn the_global_rule_overrides_an_integration_where_it_is_off() {
    for operation in RULED {
        check(|facts| facts.global_rule = true, operation, REQUIRED);
        check(|facts| (facts.global_rule, facts.integration_rule) = (true, true), operation, REQUIRED);
    }
}

#[test]
fn looking_is_not_ruled_but_a_refused_pat_is_never_passed_over() {
    for operation in [OperationKind::ListRepositories, OperationKind::GetRepository, OperationKind::ListBranches] {
        check(|facts| facts.global_rule = true, operation, NOT_REQUIRED);
    }
}

#[test]
fn without_the_jira_permission_everything_is_denied_before_anything_is_told() {
    const DENIED: &str = "
        missing   | permission-missing | permission-missing | permission-missing
        valid     | permission-missing | permission-missing | permission-missing
        expiring  | permission-missing | permission-missing | permission-missing
        unchecked | permission-missing | permission-missing | permission-missing
        expired   | permission-missing | permission-missing | permission-missing
        rejected  | permission-missing | permission-missing | permission-missing
    ";
    for operation in OperationKind::ALL {
        let set = |facts: &mut Facts<'_>| (facts.may_view_development_tools, facts.is_open_to_project) = (false, false);
        check(set, operation, DENIED);
        let case = Case::new();
        let mut facts = case.facts(PatState::Valid);
        facts.may_view_development_tools = false;
        assert_eq!(decide_check(&facts, true), Err(Denial::PermissionMissing));
        assert_eq!(decide_check(&facts, false), Err(Denial::PermissionMissing));
    }
}

#[test]
fn an_integration_closed_to_the_project_is_as_absent() {
    for operation in OperationKind::ALL {
        for pat in PATS {
            let case = Case::new();
            let facts = Facts { is_open_to_project: false, ..case.facts(pat) };
            assert_eq!(decide(&facts, operation, ActAs::Auto), Err(Denial::NotOpenToProject));
        }
    }
}

#[test]
fn where_users_cannot_have_pats_the_rule_shuts_and_says_why() {
    let case = Case { user_credentials: UserCredentials::Unsupported("too old".into()), ..Case::new() };
    let unsupported = Denial::UserPatsUnsupported("too old".into());
    let ask = |rule, act_as| {
        let facts = Facts { global_rule: rule, ..case.facts(PatState::Missing) };
        decide(&facts, OperationKind::CreateBranch, act_as).map(|permit| permit.lends())
    };
    assert_eq!(ask(true, ActAs::Auto), Err(unsupported.clone()));
    assert_eq!(ask(true, ActAs::Integration), Err(Denial::UserPatRequired));
    assert_eq!(ask(false, ActAs::User), Err(unsupported.clone()));
    assert_eq!(ask(false, ActAs::Auto), Ok(Lends::IntegrationAccount));
    assert_eq!(users_may_have_pats(&case.user_credentials), Err(unsupported.clone()));
    assert_eq!(decide_check(&case.facts(PatState::Missing), false), Err(unsupported));
}

#[test]
fn without_an_integration_account_only_users_act() {
    let case = Case::new();
    let ask = |pat, act_as| {
        let facts = Facts { has_integration_account: false, ..case.facts(pat) };
        decide(&facts, OperationKind::CreateBranch, act_as).map(|permit| permit.lends())
    };
    assert_eq!(ask(PatState::Missing, ActAs::Auto), Err(Denial::IntegrationAccountMissing));
    assert_eq!(ask(PatState::Valid, ActAs::Integration), Err(Denial::IntegrationAccountMissing));
    assert_eq!(ask(PatState::Valid, ActAs::Auto), Ok(Lends::UserPat));
}

#[test]
fn a_refused_pat_may_be_checked_again_and_a_missing_one_not() {
    let case = Case::new();
    for pat in [PatState::Rejected, PatState::Expired, PatState::Valid] {
        assert_eq!(decide_check(&case.facts(pat), true).unwrap().lends(), Lends::UserPat);
    }
    assert_eq!(decide_check(&case.facts(PatState::Missing), true), Err(Denial::UserPatMissing));
    assert_eq!(decide_check(&case.facts(PatState::Missing), false).unwrap().lends(), Lends::Candidate);
}

#[test]
fn only_a_users_own_pat_is_ever_revoked() {
    for rule in [false, true] {
        let own = "
            missing   | user-pat-missing   | user-pat-missing   | user-pat-missing
            valid     | as the user        | as the user        | as the user
            expiring  | as the user        | as the user        | as the user
            unchecked | as the user        | as the user        | as the user
            expired   | as the user        | as the user        | as the user
            rejected  | as the user        | as the user        | as the user
        ";
        check(|facts| facts.global_rule = rule, OperationKind::RevokeCredential, own);
    }
    let case = Case { user_credentials: UserCredentials::Unsupported("too old".into()), ..Case::new() };
    let permit = decide_revocation(&case.facts(PatState::Valid)).unwrap();
    assert_eq!((permit.operation(), permit.lends()), (OperationKind::RevokeCredential, Lends::UserPat));
}
