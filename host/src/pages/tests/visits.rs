//! A visit is the browser's that began it: its cookie, its forms, its end with the connector that vouched for it.

use http::Method;

use super::{filled_in, pages_of, saved};
use crate::world::{World, create_branch, set_up};

const NOT_OPEN: &str = "This page is not open in this browser";
const OURS: (&str, &str) = ("origin", "https://pat.example.com");

/// The forms of all pages that have one, with what would be done.
const FORMS: [(&str, &str); 5] = [
    ("set-up/acme", "user=ann&token=pat_9876543210"),
    ("create-branch", "attempt=1&act-as=user&repository=acme+octo-org/hello&from=main&name=x"),
    ("create-pull-request", "attempt=1&act-as=user&repository=acme+octo-org/hello&source=x&target=main&title=x"),
    ("repositories", "star=acme+octo-org/hello&name=hello"),
    ("tokens", "revoke-all=yes"),
];

fn folder(path: &str) -> &str {
    path.rsplit_once("/set-up/").unwrap().0
}

/// Nothing was made, starred or taken away, and nobody was asked.
async fn nothing_was_done(world: &World) {
    assert_eq!(world.provider.made(), [""; 0]);
    assert_eq!(world.provider.unused_answers(), 1);
    assert_eq!(world.saved_account("ann").await.as_deref(), Some("octo"));
    let audit = format!("{:?}", world.store.audit_page(&Default::default(), None, 500).await.unwrap());
    for subject in ["branch.create", "pull-request.create", "pat.remove"] {
        assert!(!audit.contains(subject), "{subject}");
    }
    assert_eq!(world.store.favourites(&crate::world::acting("ann")).await.unwrap(), []);
}

/// With a PAT of ann's saved, a repository, and an answer nobody is to ask for.
async fn world() -> World {
    let world = World::new().await;
    saved(&world, "ann").await;
    world.provider.holds("octo-org/hello");
    world.provider.knows("hexa");
    world
}

#[tokio::test]
async fn u7_the_cookie_of_another_visit_is_refused_on_every_page() {
    let world = world().await;
    let (hers, again, his) = (world.link("ann").await, world.link("ann").await, world.link("bob").await);
    let (own, proof) = world.kept_of(&hers);
    let (others, of_bob) = (world.kept_of(&again).0, world.kept_of(&his).0);
    let name = own.split('=').next().unwrap();
    let strange =
        [String::new(), format!("{name}="), format!("{name}={}", "x".repeat(200)), own.replace(name, "other")];
    for cookie in [&others, &of_bob].into_iter().chain(&strange) {
        for page in pages_of(&hers) {
            let answer = world.send(http::Method::GET, &page, &[("cookie", cookie)], "").await;
            answer.expect(403, &[NOT_OPEN]).lacks(&["<form", "<bdi>ann", "octo"]);
        }
        for (page, form) in FORMS {
            let form = format!("{form}&proof={proof}");
            let path = format!("{}/{page}", folder(&hers));
            world.post_as(&path, &[OURS, ("cookie", cookie)], &form).await.expect(403, &[NOT_OPEN]);
        }
    }
    nothing_was_done(&world).await;
    world.get(&hers).await.expect(200, &["<bdi>octo</bdi>"]);
}

#[tokio::test]
async fn u7_a_visit_that_there_is_not_looks_like_one_of_somebody_else() {
    let world = World::new().await;
    let (hers, his) = (world.link("ann").await, world.link("bob").await);
    let (cookie, _) = world.kept_of(&his);
    let expected = world.send(http::Method::GET, &hers, &[("cookie", &cookie)], "").await;
    for visit in ["0".repeat(32), "acme".into(), "%ff".into(), "A".repeat(32), "a".repeat(33)] {
        let answer =
            world.send(http::Method::GET, &format!("/visits/{visit}/tokens"), &[("cookie", &cookie)], "").await;
        assert_eq!((answer.status, answer.body), (expected.status, expected.body.clone()), "{visit}");
    }
}

#[tokio::test]
async fn u7_a_cookie_fixed_before_opens_nothing() {
    let world = World::new().await;
    let name = "__Secure-countersign-visit";
    let planted = format!("{name}=planted");
    let link = world.page_link("ann", set_up()).await;
    let begun = world.post_as(&link, &[OURS, ("cookie", &planted)], "").await;
    begun.expect(303, &[]);
    assert!(begun.cookie().starts_with(&format!("{name}=")) && begun.cookie() != planted);
    let handover = begun.location().split_once("?opened=").unwrap().1.to_owned();
    let path = world.keeps(&begun).await;
    let (own, proof) = world.kept_of(&path);
    // Whatever else somebody may have seen of it or set does not open it.
    let (token, visit) = (link.trim_start_matches("/open/"), path.split('/').nth(2).unwrap());
    for known in ["planted", token, visit, &proof, &handover] {
        let cookie = format!("{name}={known}");
        let answer = world.send(http::Method::GET, &path, &[("cookie", &cookie)], "").await;
        answer.expect(403, &[NOT_OPEN]);
    }
    // Nor does it stand in the way of her own.
    let both = format!("{planted}; {own}");
    world.send(http::Method::GET, &path, &[("cookie", &both)], "").await.expect(200, &["<bdi>ann</bdi>"]);
}

#[tokio::test]
async fn u7_an_attackers_own_visit_set_in_her_browser_is_not_mistaken_for_hers() {
    let world = World::new().await;
    let (hers, attackers) = (world.link("ann").await, world.link("mallory").await);
    let both = format!("{}; {}", world.kept_of(&attackers).0, world.kept_of(&hers).0);
    let page = world.send(http::Method::GET, &hers, &[("cookie", &both)], "").await;
    page.expect(200, &["<bdi>ann</bdi>"]).lacks(&["mallory"]);
    // The attacker's pages say whose they are.
    let page = world.send(http::Method::GET, &attackers, &[("cookie", &both)], "").await;
    page.expect(200, &["Jira user <strong><bdi>mallory</bdi></strong>"]).lacks(&["<bdi>ann</bdi>"]);
}

#[tokio::test]
async fn u7_a_form_with_the_proof_of_another_visit_or_none_does_nothing() {
    let world = world().await;
    let (hers, again, his) = (world.link("ann").await, world.link("ann").await, world.link("bob").await);
    let (cookie, own) = world.kept_of(&hers);
    let flipped = if own.starts_with('A') { own.replacen('A', "B", 1) } else { format!("A{}", &own[1..]) };
    let wrong = [
        String::new(),
        format!("&proof={}", world.kept_of(&again).1),
        format!("&proof={}", world.kept_of(&his).1),
        "&proof=".into(),
        "&proof=AAAA".into(),
        format!("&proof={flipped}"),
        format!("&proof={own}="),
    ];
    for (page, form) in FORMS {
        for proof in &wrong {
            let path = format!("{}/{page}", folder(&hers));
            let answer = world.post_as(&path, &[OURS, ("cookie", &cookie)], &format!("{form}{proof}")).await;
            answer.expect(403, &["This form is not of this page", "Nothing was done."]);
        }
    }
    nothing_was_done(&world).await;
}

#[tokio::test]
async fn u1_a_form_from_elsewhere_does_nothing_although_it_has_all_it_needs() {
    let world = world().await;
    let path = world.link("ann").await;
    let (cookie, proof) = world.kept_of(&path);
    for elsewhere in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[OURS, ("origin", "https://evil.example")],
        // It may have a link opened, and fills in no form.
        &[("origin", "https://jira.example.com")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ] {
        for (page, form) in FORMS {
            let path = format!("{}/{page}", folder(&path));
            let headers = [elsewhere, &[("cookie", cookie.as_str())]].concat();
            let answer = world.post_as(&path, &headers, &format!("{form}&proof={proof}")).await;
            answer.expect(403, &["sent from another site"]);
        }
    }
    nothing_was_done(&world).await;
    // A browser that says nothing of where it comes from has the cookie and the proof of the page.
    let (form, cookie) = (format!("{}&proof={proof}", filled_in()), [("cookie", cookie.as_str())]);
    world.post_as(&path, &[], &form).await.expect(403, &[NOT_OPEN]);
    world.post_as(&path, &cookie, &filled_in()).await.expect(403, &["not of this page"]);
    let saved = world.post_as(&path, &cookie, &form).await;
    world.send(Method::GET, saved.location(), &cookie, "").await.expect(200, &["hexa"]);
}

#[tokio::test]
async fn two_users_visits_in_one_browser_do_not_meet() {
    let world = World::new().await;
    let (anns, bobs) = (world.page_link("ann", set_up()).await, world.page_link("bob", set_up()).await);
    let (anns, bobs) = (world.post(&anns, "").await, world.post(&bobs, "").await);
    let folders = [&anns, &bobs].map(|begun| {
        let line = begun.header("set-cookie");
        let path = line.split("; ").find_map(|part| part.strip_prefix("Path=")).expect("a path").to_owned();
        assert!(begun.header("location").starts_with(&path), "{line}");
        assert!(line.contains("; HttpOnly; Secure; SameSite=None; Partitioned"), "{line}");
        assert!(!line.contains("Domain"), "{line}");
        path
    });
    assert_ne!(folders[0], folders[1]);
    let (ann, bob) = (world.keeps(&anns).await, world.keeps(&bobs).await);
    world.provider.knows("octo");
    world.post_and_see(&ann, &filled_in()).await.expect(200, &["Jira user <strong><bdi>ann</bdi></strong>"]);
    world.get(&bob).await.expect(200, &["<bdi>bob</bdi>"]).lacks(&["octo", ", saved <time", "<bdi>ann</bdi>"]);
    assert_eq!(world.saved_account("bob").await, None);
    world.provider.knows("hexa");
    world.post_and_see(&bob, &filled_in()).await.expect(200, &["Jira user <strong><bdi>bob</bdi></strong>"]);
    assert_eq!(world.saved_account("ann").await.as_deref(), Some("octo"));
    assert_eq!(world.saved_account("bob").await.as_deref(), Some("hexa"));
}

#[tokio::test]
async fn removing_the_connector_ends_its_visits_and_its_links() {
    let world = world().await;
    let (link, path) = (world.page_link("ann", set_up()).await, world.link("ann").await);
    let dialog = world.begun(&world.page_link("ann", create_branch("ABC-1")).await).await;
    world.remove_connector().await;
    world.get(&link).await.expect(410, &[]);
    world.post(&link, "").await.expect(410, &[]);
    for page in pages_of(&path).into_iter().chain(pages_of(&dialog)) {
        world.get(&page).await.expect(403, &[NOT_OPEN]).lacks(&["<bdi>ann"]);
    }
    for (page, form) in FORMS {
        world.post(&format!("{}/{page}", folder(&path)), form).await.expect(403, &[NOT_OPEN]);
    }
    nothing_was_done(&world).await;
}

#[tokio::test]
async fn a_visit_reaches_no_integration_that_is_closed_to_its_project_meanwhile() {
    let world = world().await;
    let path = world.link("ann").await;
    let unknown = world.get(&format!("{}/set-up/none", folder(&path))).await;
    world.change_integration(|integration| integration.projects = model::Projects::Only(Vec::new())).await;
    let closed = world.get(&path).await;
    closed.expect(404, &[]).lacks(&["Acme", "octo"]);
    assert_eq!((closed.status, closed.body), (unknown.status, unknown.body));
    world.post(&path, &filled_in()).await.expect(404, &[]);
    nothing_was_done(&world).await;
}

#[tokio::test]
async fn u8_a_branch_is_made_once_however_often_the_button_is_pressed() {
    let world = world().await;
    let path = world.begun(&world.page_link("ann", create_branch("ABC-1")).await).await;
    let form = "attempt=1&act-as=user&repository=acme+octo-org/hello&from=main&name=feature/ABC-1";
    let (first, second) = tokio::join!(world.post(&path, form), world.post(&path, form));
    let again = world.post(&path, form).await;
    for answer in [&first, &second, &again] {
        answer.expect(303, &[]);
        assert_eq!(answer.location(), first.location());
    }
    assert_eq!(world.provider.made(), ["feature/ABC-1 from main"]);
    world.get(first.location()).await.expect(200, &["Branch created", "feature/ABC-1", "Credited to", "octo"]);
}
