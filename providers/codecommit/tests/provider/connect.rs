//! Settings to addresses, and the description they belong to.

use countersign_provider_codecommit::CodeCommit;
use countersign_sdk::Provider;
use countersign_sdk::testing::post;
use countersign_sdk::types::{AwsKeys, Connection, FailureReason, FieldError, Input, Scheme};
use serde_json::json;

use crate::{integration, ok, script};

fn connect(settings: &[(&str, &str)]) -> Result<Connection, Vec<FieldError>> {
    CodeCommit.connect("codecommit", &integration(settings).settings)
}

/// Each origin with what is signed for there.
fn origins(settings: &[(&str, &str)]) -> Vec<String> {
    let origins = connect(settings).unwrap().origins.into_iter();
    origins
        .map(|origin| {
            let aws = origin.aws.unwrap();
            format!("{} {} {}", origin.url, aws.service, aws.region)
        })
        .collect()
}

/// The field an error is of, which says what would be right.
fn wrong(settings: &[(&str, &str)]) -> String {
    let errors = connect(settings).unwrap_err();
    assert_eq!(errors.len(), 1, "{settings:?}");
    assert!(errors[0].message.ends_with('.'), "{}", errors[0].message);
    errors[0].field.clone()
}

#[test]
fn a_region_is_enough() {
    let both = [
        "https://codecommit.us-east-1.amazonaws.com codecommit us-east-1",
        "https://sts.us-east-1.amazonaws.com sts us-east-1",
    ];
    assert_eq!(origins(&[("region", "us-east-1")]), both);
    assert_eq!(origins(&[("region", " US-East-1 "), ("endpoint", " "), ("sts_endpoint", "")]), both);
}

#[test]
fn china_and_govcloud_have_domains_and_consoles_of_their_own() {
    for (region, domain, console) in [
        ("eu-central-1", "amazonaws.com", "https://eu-central-1.console.aws.amazon.com"),
        ("us-gov-west-1", "amazonaws.com", "https://us-gov-west-1.console.amazonaws-us-gov.com"),
        ("cn-northwest-1", "amazonaws.com.cn", "https://cn-northwest-1.console.amazonaws.cn"),
    ] {
        let [codecommit, sts] =
            ["codecommit", "sts"].map(|name| format!("https://{name}.{region}.{domain} {name} {region}"));
        assert_eq!(origins(&[("region", region)]), [codecommit, sts]);
        let connection = connect(&[("region", region)]).unwrap();
        assert_eq!(connection.web_url, format!("{console}/codesuite/codecommit/repositories?region={region}"));
        let page = format!("{console}/iam/home#/security_credentials");
        assert_eq!((&connection.credential_pages[0].url, connection.credential_list_page), (&page, Some(page.clone())));
    }
}

#[test]
fn addresses_of_ones_own_are_taken_as_they_are() {
    for endpoint in [
        "https://codecommit-fips.us-east-1.amazonaws.com",
        "https://vpce-0a1b-c2.codecommit.us-east-1.vpce.amazonaws.com",
        "https://codecommit.example.com:8443",
        "http://127.0.0.1:8080",
    ] {
        let expected = format!("{endpoint} codecommit us-east-1");
        assert_eq!(origins(&[("region", "us-east-1"), ("endpoint", &format!("{endpoint}/"))])[0], expected);
    }
}

#[test]
fn sts_may_be_asked_in_another_region_and_is_signed_for_it() {
    for (address, region) in [
        ("https://sts.amazonaws.com", "us-east-1"),
        ("https://sts-fips.us-west-2.amazonaws.com", "us-west-2"),
        ("https://vpce-0a1b-c2.sts.eu-west-3.vpce.amazonaws.com", "eu-west-3"),
        ("https://sts.us-west-2.example.com", "eu-west-1"),
        ("http://127.0.0.1:8080", "eu-west-1"),
    ] {
        let found = origins(&[("region", "eu-west-1"), ("sts_endpoint", address)]);
        assert_eq!(found[1], format!("{address} sts {region}"));
        assert_eq!(found[0], "https://codecommit.eu-west-1.amazonaws.com codecommit eu-west-1");
    }
}

#[test]
fn a_region_that_cannot_be_right_is_an_error_of_its_field() {
    for region in
        ["", "us-east", "us-east-1a", "US East (N. Virginia)", "us_east_1", "east-1", "us-east-111", "a/../b-c-1"]
    {
        assert_eq!(wrong(&[("region", region)]), "region", "{region}");
    }
    for without_codecommit in ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "eusc-de-east-1"] {
        assert_eq!(wrong(&[("region", without_codecommit)]), "region", "{without_codecommit}");
    }
    assert_eq!(wrong(&[]), "region");
    assert!(CodeCommit.connect("github", &integration(&[("region", "us-east-1")]).settings).is_err());
}

#[test]
fn an_address_that_cannot_be_right_is_an_error_of_its_field() {
    for endpoint in [
        "codecommit.us-east-1.amazonaws.com",
        "https://user@codecommit.us-east-1.amazonaws.com",
        "https://codecommit.us-east-1.amazonaws.com/v1",
        "https://git-codecommit.us-east-1.amazonaws.com",
        "https://codecommit-fips.us-west-2.amazonaws.com",
    ] {
        assert_eq!(wrong(&[("region", "us-east-1"), ("endpoint", endpoint)]), "endpoint", "{endpoint}");
    }
    for sts in ["sts", "https://sts.amazonaws.com/x", "https://CODECOMMIT.us-east-1.amazonaws.com:443"] {
        assert_eq!(wrong(&[("region", "us-east-1"), ("sts_endpoint", sts)]), "sts_endpoint", "{sts}");
    }
}

#[test]
fn requests_go_to_their_service_with_the_headers_it_wants() {
    let own =
        [("region", "us-east-1"), ("endpoint", "http://127.0.0.1:8080"), ("sts_endpoint", "http://127.0.0.1:8081")];
    let agent = format!("countersign-provider-codecommit/{}", env!("CARGO_PKG_VERSION"));
    let sts = post("http://127.0.0.1:8081")
        .form("Action=GetCallerIdentity&Version=2011-06-15")
        .header("content-type", "application/x-www-form-urlencoded");
    let lists = post("http://127.0.0.1:8080")
        .json(json!({ "sortBy": "repositoryName", "order": "ascending" }))
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "CodeCommit_20150413.ListRepositories");
    let who = json!({ "GetCallerIdentityResponse": { "GetCallerIdentityResult": { "Arn": crate::ANN } } });
    let script = script([
        (sts.header("user-agent", &agent).reading(), ok(who)),
        (lists.header("user-agent", &agent).reading(), ok(json!({ "repositories": [] }))),
    ]);
    assert_eq!(CodeCommit.whoami(&integration(&own), &script).unwrap().account.login, "ann");
}

#[test]
fn settings_that_cannot_be_used_fail_the_call_and_reach_nothing() {
    let failure = CodeCommit.whoami(&integration(&[]), &script([])).unwrap_err();
    assert_eq!(failure.reason, FailureReason::UnexpectedReply);
}

#[test]
fn the_form_of_a_credential_fits_the_scheme() {
    let description = CodeCommit.describe();
    let [kind] = description.kinds.as_slice() else { panic!("one kind") };
    let Scheme::AwsSigv4(AwsKeys { access_key_id, secret_access_key, session_token }) = &kind.scheme else {
        panic!("{:?}", kind.scheme)
    };
    let input = |name: &str| {
        let field = kind.credential.iter().find(|field| field.name == name).unwrap();
        (field.input.clone(), field.required)
    };
    assert_eq!(input(access_key_id), (Input::Text, true));
    assert_eq!(input(secret_access_key), (Input::Secret, true));
    assert_eq!(input(session_token.as_ref().unwrap()), (Input::Secret, false));
}

#[test]
fn the_least_policy_names_every_action_and_the_region() {
    let grant = connect(&[("region", "eu-west-3")]).unwrap().grant.unwrap();
    let policy: serde_json::Value = serde_json::from_str(&grant.text).unwrap();
    let actions = [
        "BatchGetRepositories",
        "CreateBranch",
        "CreatePullRequest",
        "DeleteBranch",
        "GetBranch",
        "GetMergeConflicts",
        "GetPullRequest",
        "GetRepository",
        "ListBranches",
        "ListPullRequests",
        "ListRepositories",
    ];
    let statement = serde_json::json!({
        "Effect": "Allow",
        "Action": actions.map(|action| format!("codecommit:{action}")),
        "Resource": "*",
        "Condition": { "StringEquals": { "aws:RequestedRegion": "eu-west-3" } },
    });
    assert_eq!(policy, serde_json::json!({ "Version": "2012-10-17", "Statement": [statement] }));
}
