//! U5: pages are shown in frames of the connector's origins, and in nobody else's.

use http::Method;

use super::{filled_in, pages_of, saved};
use crate::world::{Answer, World, set_up};
use model::Visit;

const JIRA: &str = "https://jira.example.com";
const OURS: (&str, &str) = ("origin", "https://pat.example.com");

/// Who may show an answer in a frame.
fn framed_by(answer: &Answer) -> &str {
    let policy = answer.header("content-security-policy");
    policy.split("; ").find_map(|part| part.strip_prefix("frame-ancestors ")).expect("a word on frames")
}

#[tokio::test]
async fn u5_every_page_of_a_visit_is_shown_in_frames_of_its_connector_alone() {
    let world = World::new().await;
    world.add_connector("other", "https://other-jira.example.com").await;
    saved(&world, "ann").await;
    let (link, path) = (world.page_link("ann", set_up()).await, world.link("ann").await);
    let (cookie, proof) = world.kept_of(&path);
    let folder = path.rsplit_once("/set-up/").unwrap().0;
    let mut addresses = pages_of(&path);
    addresses.extend(
        [
            "set-up/acme?removal=yes",
            "set-up/none",
            "set-up/No%20Id",
            "repositories?cursor=forged",
            "tokens?revocation=yes",
            "create-branch?find=hello",
            "results/none",
        ]
        .map(|page| format!("{folder}/{page}")),
    );
    addresses.push(link.clone());
    for address in addresses {
        assert_eq!(framed_by(&world.get(&address).await), JIRA, "{address}");
    }

    let begun = world.post(&link, "").await;
    let without_cookie = world.send(Method::GET, begun.location(), &[], "").await;
    assert_eq!(framed_by(without_cookie.expect(403, &["keeps no cookies"])), JIRA);

    let with_cookie = [OURS, ("cookie", cookie.as_str())];
    let proof = format!("&proof={proof}");
    world.provider.refuses(model::FailureReason::Unavailable, "");
    for (status, form) in [
        (403, filled_in()),
        (400, format!("user=a&user=b{proof}")),
        (422, format!("{}{proof}", filled_in())),
        (400, format!("unknown=x{proof}")),
    ] {
        let answer = world.post_as(&path, &with_cookie, &form).await;
        assert_eq!(framed_by(answer.expect(status, &[])), JIRA, "{form}");
    }
    world.clock.advance_ms(Visit::IDLE_MS);
    assert_eq!(framed_by(world.get(&path).await.expect(403, &["You were away"])), JIRA);
    assert_eq!(framed_by(world.post(&path, &filled_in()).await.expect(403, &["You were away"])), JIRA);
}

#[tokio::test]
async fn u5_everything_else_is_shown_in_no_frame() {
    let world = World::new().await;
    let (link, path) = (world.page_link("ann", set_up()).await, world.link("ann").await);
    let style =
        world.get(&path).await.body.split_once("href=\"/sub/ui/").unwrap().1.split('"').next().unwrap().to_owned();
    world.begun(&link).await;
    for address in [
        link.as_str(),
        "/open/unknown",
        "/visits/unknown/tokens",
        &format!("/ui/{style}"),
        "/ui/unknown",
        "/",
        "/livez",
        "/api/v1/integrations",
    ] {
        assert_eq!(framed_by(&world.get(address).await), "'none'", "{address}");
    }
    // What is said of a link or a visit that there is not is seen in the frame of the connector whose page asks, and in no other.
    for (name, from, expected) in [
        ("referer", "https://jira.example.com/", JIRA),
        ("referer", "https://jira.example.com.evil.example/", "'none'"),
        ("origin", JIRA, JIRA),
        ("origin", "https://evil.example", "'none'"),
        ("origin", "null", "'none'"),
    ] {
        for address in [link.as_str(), "/open/unknown", &path] {
            let answer = world.send(Method::GET, address, &[(name, from)], "").await;
            assert_eq!(framed_by(&answer), expected, "{address} from {from}: {}", answer.body);
        }
    }
    // So it is where the form of a link was shown in such a frame, and the link is gone by the time it is sent.
    for (from, expected) in [(JIRA, JIRA), ("https://evil.example", "'none'"), ("null", "'none'")] {
        let sent = world.send(Method::POST, &format!("{link}?from={from}"), &[OURS], "").await;
        assert_eq!(framed_by(sent.expect(410, &[])), expected, "{from}");
    }
    let answers = [
        // Of somebody else's browser.
        world.send(Method::GET, &path, &[], "").await,
        world.post_as(&path, &[("origin", "https://evil.example")], "").await,
        world.send(Method::PUT, &path, &[], "").await,
    ];
    for answer in answers {
        assert_eq!(framed_by(&answer), "'none'", "{}", answer.body);
    }
}
