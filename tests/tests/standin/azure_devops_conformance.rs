//! What the stand-in answers fits the vendor's descriptions, and the check has teeth.

use countersign_tests::standin::azure_devops::{AzureDevOps, Builder, deviations, faults, token};
use countersign_tests::standin::conformance::{Conformance, Reality, spec_file};
use countersign_tests::standin::faults::When;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::azure_devops_client::{WIDGETS, ZEROS, call, get, post, pull, tip, usual};
use crate::client::{http, send};

fn described_by(document: &str, reality: &'static Reality) -> Option<Conformance> {
    let path = spec_file(&format!("openapi/azure/{document}"))?;
    Some(Conformance::open(&path, reality).unwrap())
}

fn services() -> Option<Conformance> {
    described_by("as-served-services-7.1.oas3.json", &deviations::SERVICES)
}

/// A product, its newest version, and whether it pages references.
struct Visit {
    azure: AzureDevOps,
    version: &'static str,
    pages: bool,
}

impl Visit {
    async fn to(builder: Builder, version: &'static str) -> Visit {
        let azure = builder.usual().page_cap(1).start().await.unwrap();
        Visit { azure, version, pages: version >= "5.0" }
    }

    fn versioned(&self, path: &str) -> String {
        let separator = if path.contains('?') { '&' } else { '?' };
        format!("{path}{separator}api-version={}", self.version)
    }

    async fn get(&self, path: &str) {
        get(&self.azure, &self.versioned(path)).await;
    }

    async fn send(&self, method: Method, path: &str, token: &str, body: Value) {
        call(&self.azure, method, &self.versioned(path), Some(token), Some(body)).await;
    }

    /// Every endpoint with requests that succeed, as a good client sends them.
    async fn tour_of_successes(&self) {
        let main = tip(&self.azure, "main");
        let id = self.azure.change(|world| world.repository_mut("Platform/widgets").id.clone());
        let update =
            |old: &str, new: &str| json!([{ "name": "refs/heads/feature/x", "oldObjectId": old, "newObjectId": new }]);
        let refs = format!("{WIDGETS}/refs");
        self.send(Method::POST, &refs, token::ALICE, update(ZEROS, &main)).await;
        let lock = format!("{refs}?filter=heads/feature/x");
        self.send(Method::PATCH, &lock, token::ALICE, json!({ "isLocked": true })).await;
        self.send(Method::PATCH, &lock, token::ALICE, json!({ "isLocked": false })).await;
        self.send(Method::POST, &format!("{WIDGETS}/pullrequests"), token::ALICE, pull("develop", "main")).await;
        let bob = countersign_tests::standin::azure_devops::account_guid(102);
        let reviewer = format!("{WIDGETS}/pullrequests/1/reviewers/{bob}");
        self.send(Method::PUT, &reviewer, token::ALICE, json!({ "vote": 0 })).await;
        get(&self.azure, "/_apis/connectionData?api-version=3.0-preview").await;
        get(&self.azure, "/_apis/ResourceAreas?api-version=3.0-preview").await;
        call(&self.azure, Method::OPTIONS, &self.versioned("/_apis"), Some(token::ALICE), None).await;
        for path in [
            "/_apis/projects?$top=1&$skip=1",
            "/_apis/projects/Platform",
            "/_apis/git/repositories",
            "/Platform/_apis/git/repositories",
            "/_apis/git/pullrequests?searchCriteria.status=active",
            "/_apis/git/pullrequests/1",
            "/_apis/identities?searchFilter=General&filterValue=bob",
        ] {
            self.get(path).await;
        }
        self.get(&format!("/_apis/git/repositories/{id}")).await;
        for path in [
            "",
            "/refs?filter=heads/",
            "/stats/branches?name=develop",
            "/stats/branches?name=main&baseVersionDescriptor.version=develop&baseVersionDescriptor.versionType=branch",
            "/stats/branches",
            "/pullrequests?searchCriteria.status=active&searchCriteria.sourceRefName=refs/heads/develop&$top=100&$skip=0",
            "/pullrequests/1",
            "/pullrequests/1/reviewers",
            "/items?path=/README.md&versionDescriptor.version=main",
        ] {
            self.get(&format!("{WIDGETS}{path}")).await;
        }
        if self.pages {
            self.get(&format!("{WIDGETS}/refs?filter=heads/&$top=1&filterContains=a")).await;
        }
        self.send(Method::POST, &refs, token::ALICE, update(&main, ZEROS)).await;
    }

    /// Every sort of refusal, those inside a 200 last.
    async fn tour_of_failures(&self) {
        let azure = &self.azure;
        let main = tip(azure, "main");
        let change =
            |name: &str, old: &str, new: &str| json!([{ "name": name, "oldObjectId": old, "newObjectId": new }]);
        let (refs, pulls) = (format!("{WIDGETS}/refs"), format!("{WIDGETS}/pullrequests"));
        get(azure, &format!("{WIDGETS}?api-version=9.9")).await;
        for path in [
            "/Nope/_apis/git/repositories",
            "/_apis/projects/00000000-0000-4000-8000-000000000000",
            "/Platform/_apis/git/repositories/nope",
            "/_apis/git/pullrequests/99",
            "/Platform/_apis/git/repositories/widgets/stats/branches?name=nope",
            "/Platform/_apis/git/repositories/widgets/items?path=/nope",
            "/Platform/_apis/git/repositories/empty/items?path=/nope",
            "/Platform/_apis/git/repositories/gadgets/refs",
        ] {
            self.get(path).await;
        }
        for token in [token::ALICE_EXPIRED, token::ALICE_REVOKED, token::ALICE_NO_SCOPE] {
            call(azure, Method::GET, &self.versioned(&refs), Some(token), None).await;
        }
        call(azure, Method::GET, &self.versioned("/_apis/projects"), None, None).await;
        let unsuppressed = format!("{}{}", azure.url(), self.versioned("/_apis/projects"));
        send(http().get(&unsuppressed).basic_auth("", Some(token::ALICE_REVOKED))).await;
        send(http().get(&unsuppressed)).await;
        self.send(Method::DELETE, &refs, token::ALICE, json!([])).await;
        self.send(Method::POST, &refs, token::ALICE_READ_ONLY, change("refs/heads/x", ZEROS, &main)).await;
        self.send(Method::POST, &refs, token::ALICE, json!({})).await;
        self.send(Method::PATCH, &format!("{refs}?filter=heads/main"), token::BOB, json!({ "isLocked": true })).await;
        for (token, body) in [
            (token::ALICE, pull("develop", "main")),
            (token::ALICE, pull("nope", "main")),
            (token::ALICE, pull("main", "main")),
            (token::BOB, pull("develop", "main")),
        ] {
            self.send(Method::POST, &pulls, token, body).await;
        }
        for fault in [faults::blocked(1, 1), faults::outage(StatusCode::SERVICE_UNAVAILABLE), faults::sign_in_page()] {
            azure.faults.once(When::any(), fault);
            self.get(&refs).await;
        }
        let refused = azure.record.requests().len();
        for (token, body) in [
            (token::ALICE, change("refs/heads/main", ZEROS, &main)),
            (token::ALICE, change("refs/heads/a..b", ZEROS, &main)),
            (token::ALICE, change("refs/heads/x", ZEROS, &"d".repeat(40))),
            (token::ALICE, change("refs/heads/release/1", ZEROS, &main)),
            (token::ALICE, change("refs/heads/main/x", ZEROS, &main)),
            (token::BOB, change("refs/heads/x", ZEROS, &main)),
            (token::BOB, change("refs/heads/main", &main, ZEROS)),
        ] {
            self.send(Method::POST, &refs, token, body).await;
        }
        for (number, recorded) in azure.record.requests().iter().enumerate() {
            let answer = recorded.answer.as_ref().unwrap();
            let target = recorded.request.target();
            if number < refused {
                assert!(answer.status != 200 && answer.status != 201, "{} {target}", answer.status);
            } else {
                assert_eq!(answer.json_body().unwrap()["value"][0]["success"], false, "{target}");
            }
        }
    }

    async fn fits(self, conformance: &Conformance) {
        self.tour_of_successes().await;
        let successes = self.azure.record.requests();
        for recorded in &successes {
            let answer = recorded.answer.as_ref().unwrap();
            assert!(matches!(answer.status.as_u16(), 200 | 201), "{} {}", answer.status, recorded.request.target());
        }
        assert!(successes.len() >= 24, "only {}", successes.len());
        let found: Vec<String> =
            successes.iter().filter_map(|recorded| conformance.check_exchange(recorded).err()).flatten().collect();
        assert!(found.is_empty(), "{found:#?}");

        self.azure.record.clear();
        self.tour_of_failures().await;
        let failures = self.azure.record.requests();
        let found: Vec<String> =
            failures.iter().filter_map(|recorded| conformance.check_answer(recorded).err()).flatten().collect();
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[tokio::test]
async fn every_answer_fits_the_description_of_the_hosted_service() {
    let Some(conformance) = services() else { return };
    Visit::to(AzureDevOps::services("acme"), "7.1").await.fits(&conformance).await;
    let document = "as-served-services-5.0.oas3.json";
    let Some(conformance) = described_by(document, &deviations::SERVICES) else { return };
    Visit::to(AzureDevOps::services("acme"), "5.0").await.fits(&conformance).await;
}

#[tokio::test]
async fn every_answer_fits_under_the_old_host_too() {
    let document = "as-served-services-7.1.oas3.json";
    let Some(conformance) = described_by(document, &deviations::VISUAL_STUDIO) else { return };
    Visit::to(AzureDevOps::visual_studio("acme"), "7.1").await.fits(&conformance).await;
    let azure = AzureDevOps::visual_studio("acme").usual().start().await.unwrap();
    for path in ["/DefaultCollection/_apis/projects", &format!("/DefaultCollection{WIDGETS}/refs")] {
        assert_eq!(get(&azure, path).await.status, 200);
    }
    let found: Vec<_> = azure.record.requests().iter().map(|recorded| conformance.check_exchange(recorded)).collect();
    assert_eq!(found, [Ok(()), Ok(())]);
}

#[tokio::test]
async fn every_answer_fits_the_descriptions_of_servers_of_ones_own() {
    for (release, version, document) in
        [("2018.2", "4.1", "as-served-tfs-4.1.oas3.json"), ("2022.1", "7.1", "as-served-server-7.1.oas3.json")]
    {
        let Some(conformance) = described_by(document, &deviations::SERVER) else { return };
        let server = AzureDevOps::server(release, "tfs", "DefaultCollection");
        Visit::to(server, version).await.fits(&conformance).await;
    }
}

#[tokio::test]
async fn an_answer_of_another_shape_is_found() {
    let Some(conformance) = services() else { return };
    let azure = usual().await;
    get(&azure, &format!("{WIDGETS}/refs")).await;
    post(&azure, &format!("{WIDGETS}/pullrequests"), pull("nope", "main")).await;
    let recorded = azure.record.requests();
    for (recorded, change, expected) in [
        (&recorded[0], json!({ "value": [{ "objectId": 1 }] }), "/value/0/objectId: 1 is not of type \"string\""),
        (&recorded[0], json!([]), "[] is not of type \"object\""),
        (&recorded[1], json!({ "message": "no" }), "\"typeKey\" is a required property"),
    ] {
        let mut recorded = recorded.clone();
        recorded.answer.as_mut().unwrap().body = change.to_string().into();
        let found = conformance.check_answer(&recorded).unwrap_err().join("\n");
        assert!(found.contains(expected), "wanted {expected}, found {found}");
    }
    let mut empty = recorded[1].clone();
    empty.answer.as_mut().unwrap().body.clear();
    let found = conformance.check_answer(&empty).unwrap_err().join("\n");
    assert!(found.contains("the body of 400 is not JSON"), "{found}");
}

#[tokio::test]
async fn requests_that_leave_the_description_are_found() {
    let Some(conformance) = services() else { return };
    let azure = usual().await;
    get(&azure, &format!("{WIDGETS}/refs?filters=heads/")).await;
    get(&azure, &format!("{WIDGETS}/pullrequests?searchCriteria.status=open")).await;
    get(&azure, &format!("{WIDGETS}/refs?$top=many")).await;
    post(&azure, &format!("{WIDGETS}/refs"), json!({ "name": "refs/heads/x" })).await;
    get(&azure, &format!("{WIDGETS}/reffs")).await;
    send(http().get(format!("{}{WIDGETS}/refs", azure.url())).basic_auth("", Some(token::ALICE))).await;
    let expected = [
        "query parameter filters is not described",
        "query parameter searchCriteria.status: \"open\" is not one of",
        "query parameter $top: \"many\" is not of type \"integer\"",
        "is not of type \"array\"",
        "/reffs is not described",
        "query parameter api-version is missing",
    ];
    let recorded = azure.record.requests();
    assert_eq!(recorded.len(), expected.len());
    for (recorded, expected) in recorded.iter().zip(expected) {
        let found = conformance.check_request(recorded).unwrap_err().join("\n");
        assert!(found.contains(expected), "wanted {expected}, found {found}");
    }
}
