//! The two doors: plain and TLS, fixed ports, and an end when the stand-in is dropped.

use std::sync::Arc;
use std::time::Duration;

use countersign_tests::standin::certificate::Authority;
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::{GitHub, token};
use http::Version;

use crate::client::{http, main_tip, usual};

fn trusting(github: &GitHub, name: &str) -> reqwest::Client {
    http();
    let authority = reqwest::Certificate::from_pem(github.ca_pem().as_bytes()).unwrap();
    let builder = reqwest::Client::builder().no_proxy().user_agent("countersign-tests").tls_certs_only([authority]);
    builder.resolve(name, github.tls_addr()).build().unwrap()
}

#[tokio::test]
async fn tls_is_served_under_the_real_name_and_answers_point_back_to_it() {
    let github = usual().await;
    let url = format!("https://api.github.com:{}/repos/acme/widgets", github.tls_addr().port());
    let response = trusting(&github, "api.github.com").get(url).bearer_auth(token::ALICE).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.version()), (200, Version::HTTP_2));
    let text = response.text().await.unwrap();
    let origin = format!("https://api.github.com:{}", github.tls_addr().port());
    assert!(text.contains(&format!("\"url\":\"{origin}/repos/acme/widgets\"")));
    assert!(text.contains(&format!("\"html_url\":\"{}/acme/widgets\"", origin.replace("api.", ""))));
}

#[tokio::test]
async fn the_certificate_is_for_its_name_only_and_trusted_only_with_its_authority() {
    let github =
        GitHub::enterprise("3.16.2").usual().doors(|doors| doors.named(&["ghe.example.com"])).start().await.unwrap();
    let url = |name: &str| format!("https://{name}:{}/api/v3/meta", github.tls_addr().port());
    let right = trusting(&github, "ghe.example.com").get(url("ghe.example.com")).send().await.unwrap();
    assert_eq!(right.status(), 200);
    trusting(&github, "other.example.com").get(url("other.example.com")).send().await.unwrap_err();
    let stranger = usual().await;
    let authority = reqwest::Certificate::from_pem(stranger.ca_pem().as_bytes()).unwrap();
    let builder = reqwest::Client::builder().no_proxy().tls_certs_only([authority]);
    let client = builder.resolve("ghe.example.com", github.tls_addr()).build().unwrap();
    client.get(url("ghe.example.com")).send().await.unwrap_err();
}

#[tokio::test]
async fn one_authority_can_issue_for_several() {
    let authority = Arc::new(Authority::new().unwrap());
    let one = GitHub::cloud().doors(|doors| doors.issued_by(Arc::clone(&authority))).start().await.unwrap();
    let other = GitHub::enterprise("3.16.2").doors(|doors| doors.issued_by(authority)).start().await.unwrap();
    assert_eq!(one.ca_pem(), other.ca_pem());
}

#[tokio::test]
async fn a_dropped_stand_in_stops_listening_and_its_ports_are_free_again() {
    let github = usual().await;
    let url = format!("{}/meta", github.url());
    let directory = github.git("acme/widgets").dir().to_owned();
    let port = url.split(':').nth(2).and_then(|rest| rest.split('/').next()).unwrap().parse().unwrap();
    assert_eq!(http().get(&url).send().await.unwrap().status(), 200);
    drop(github);
    let gone = async {
        while http().get(&url).send().await.is_ok() || directory.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone).await.expect("gone within its grace");
    let again = GitHub::cloud().usual().doors(|doors| doors.ports(port, 0)).start().await.unwrap();
    assert_eq!(format!("{}/meta", again.url()), url);
}

#[tokio::test]
async fn a_reply_lost_over_http_2_is_no_answer_and_no_second_request() {
    let github = usual().await;
    github.faults.once(When::any(), Fault::ReplyLost);
    let url = format!("https://api.github.com:{}/repos/acme/widgets/git/refs", github.tls_addr().port());
    let body = serde_json::json!({ "ref": "refs/heads/new", "sha": main_tip(&github) });
    let request = trusting(&github, "api.github.com").post(url).bearer_auth(token::ALICE).json(&body);
    request.send().await.unwrap_err();
    assert!(github.git("acme/widgets").references().unwrap().branch("new").is_some());
    assert_eq!(github.record.requests().len(), 1);
}
