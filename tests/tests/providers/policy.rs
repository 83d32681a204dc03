//! The policy's table, cell by cell, at the git server itself: in whose name a branch was made, or that nothing was sent.

use countersign_tests::daemon::{Answer, Daemon, End, Holder, MAIN, Server, User};
use countersign_tests::standin::StandIn as _;
use serde_json::json;

use super::widgets;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Pat {
    Usable,
    Missing,
    Rejected,
}

/// Required, the user's PAT, then what `auto`, `user` and `integration` come to: whose name, or which problem.
const MATRIX: [(bool, Pat, [&str; 3]); 6] = [
    (false, Pat::Usable, ["user", "user", "integration"]),
    (false, Pat::Missing, ["integration", "user-pat-missing", "integration"]),
    (false, Pat::Rejected, ["user-pat-rejected", "user-pat-rejected", "integration"]),
    (true, Pat::Usable, ["user", "user", "user-pat-required"]),
    (true, Pat::Missing, ["user-pat-required"; 3]),
    (true, Pat::Rejected, ["user-pat-rejected", "user-pat-rejected", "user-pat-required"]),
];

pub async fn the_matrix<S: Server>(server: S) {
    for (required, pat, expected) in MATRIX {
        let daemon = Daemon::start(server).await;
        if required {
            daemon.require_user_pat(MAIN).await;
        }
        let ann = prepared(&daemon, server, pat).await;
        for (act_as, expected) in ["auto", "user", "integration"].into_iter().zip(expected) {
            println!("required {required}, PAT {pat:?}, act as {act_as}");
            daemon.stand_in().record().clear();
            let answer = branch(&ann, server, act_as).await;
            let made = daemon.stand_in().who_made_branch(server.full_name(super::Place::Widgets), act_as);
            match expected {
                "user" | "integration" => {
                    let who = if expected == "user" { Holder::Alice } else { Holder::Integration };
                    let made_as = answer.expect(201);
                    assert_eq!(made_as.text_at("/receipt/acted_as"), expected);
                    assert_eq!(made_as.text_at("/receipt/account/login"), server.account(who));
                    assert_eq!(made.as_deref(), Some(server.login(who)));
                }
                code => {
                    let denied = answer.problem(403, code);
                    assert_eq!(denied.text_at("/whose"), "user");
                    assert!(!denied.text_at("/setup_url").is_empty());
                    assert!(daemon.stand_in().record().requests().is_empty(), "nothing was sent");
                }
            }
        }
        if required {
            assert_eq!(daemon.unseals().await.1, 0, "the integration's credential was never opened");
        }
    }
}

async fn prepared<S: Server>(daemon: &Daemon<S>, server: S, pat: Pat) -> User {
    let ann = daemon.as_user("ann");
    if pat != Pat::Missing {
        ann.save_credential(MAIN, &daemon.credential(Holder::Alice)).await.expect(200);
    }
    if pat == Pat::Rejected {
        server.end(daemon.stand_in(), Holder::Alice, End::Revoked);
        branch(&ann, server, "user").await.problem(403, "user-pat-rejected");
    }
    ann
}

/// A branch called like the choice it was made by.
async fn branch<S: Server>(ann: &User, server: S, act_as: &str) -> Answer {
    let body = json!({ "name": act_as, "from": "main", "project": "ABC", "act_as": act_as });
    ann.ask_for_branch(MAIN, widgets(server), &body).await
}
