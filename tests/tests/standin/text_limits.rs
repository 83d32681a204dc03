//! Texts of a pull request are as long as the vendors take them, and not one character longer.

use serde_json::{Value, json};

use crate::azure_devops_client::{self, WIDGETS, key};
use crate::{client, gitlab_client};

fn long(characters: usize) -> String {
    "ü".repeat(characters)
}

#[tokio::test]
async fn on_github() {
    let github = client::usual().await;
    let make = async |title: usize, body: usize| {
        let pull = json!({ "title": long(title), "body": long(body), "head": "develop", "base": "main" });
        client::post(&github, "/repos/acme/widgets/pulls", pull).await
    };
    let error = |field: &str, limit: usize| {
        let message = format!("{field} is too long (maximum is {limit} characters)");
        json!({ "resource": "Issue", "code": "custom", "field": field, "message": message })
    };
    for (title, body, errors) in [
        (257, 1, json!([error("title", 256)])),
        (1, 65_537, json!([error("body", 65_536)])),
        (257, 65_537, json!([error("title", 256), error("body", 65_536)])),
    ] {
        let refused = make(title, body).await;
        assert_eq!((refused.status, refused.message(), &refused.body["errors"]), (422, "Validation Failed", &errors));
    }
    assert_eq!(make(256, 65_536).await.status, 201);
}

#[tokio::test]
async fn on_gitlab() {
    let gitlab = gitlab_client::usual().await;
    let make = async |title: usize, description: usize, source: &str| {
        let new = json!({
            "title": long(title), "description": long(description), "source_branch": source, "target_branch": "main",
        });
        gitlab_client::post(&gitlab, gitlab_client::MERGE_REQUESTS, new).await
    };
    let too_long = |limit: usize| json!([format!("is too long (maximum is {limit} characters)")]);
    for (title, description, source, message) in [
        (256, 1, "develop", json!({ "title": too_long(255) })),
        (1, 1_048_577, "develop", json!({ "description": too_long(1_048_576) })),
        (256, 1, "nope", json!({ "title": too_long(255), "source_branch": ["does not exist"] })),
    ] {
        let refused = make(title, description, source).await;
        assert_eq!((refused.status, &refused.body["message"]), (400, &message));
    }
    assert_eq!(make(255, 65_536, "develop").await.status, 201);
}

/// It counts as its runtime does: what lies beyond the first plane of Unicode is two.
#[tokio::test]
async fn on_azure_devops() {
    let azure = azure_devops_client::usual().await;
    let make = async |title: String, description: String| {
        let mut pull = azure_devops_client::pull("develop", "main");
        pull["title"] = Value::from(title);
        pull["description"] = Value::from(description);
        azure_devops_client::post(&azure, &format!("{WIDGETS}/pullrequests"), pull).await
    };
    for (title, description, reason) in [
        (long(401), long(1), "A title for a pull request must not be longer than 400 characters."),
        (long(1), long(4001), "A description for a pull request must not be longer than 4000 characters."),
        (long(1), "🚢".repeat(2001), "A description for a pull request must not be longer than 4000 characters."),
    ] {
        let refused = make(title, description).await;
        let message = format!("Invalid argument value.\r\nParameter name: {reason}");
        let expected = (400, "InvalidArgumentValueException", message.as_str());
        assert_eq!((refused.status, key(&refused), refused.message()), expected);
    }
    assert_eq!(make(long(400), "🚢".repeat(2000)).await.status, 201);
}
