//! The pages over a real store and a provider that answers by a script. Named after the adversaries they meet.

mod administration;
mod collisions;
mod crossed;
mod ended;
mod forms;
mod frames;
mod links;
mod meanwhile;
mod moved;
mod saved_meanwhile;
mod scripts;
mod secrets;
mod typed;
mod visits;
mod windows;

use crate::world::{SENT_PAT, World};

/// The form where a PAT is saved, as it is filled in.
fn filled_in() -> String {
    format!("user=ann&realm=&token={SENT_PAT}&expires-at=")
}

/// Paths of all pages of the visit that a path is of, with all that their addresses name filled in.
fn pages_of(path: &str) -> Vec<String> {
    let visit = path.split('/').nth(2).unwrap();
    let pages = super::paths().into_iter().filter(|page| page.starts_with("/visits/"));
    let pages = pages.filter(|page| !page.ends_with("/window"));
    let result = "0".repeat(32);
    pages.map(|page| page.replace("{visit}", visit).replace("{integration}", "acme").replace("{id}", &result)).collect()
}

/// Saves a PAT for somebody.
async fn saved(world: &World, user: &str) {
    world.provider.knows("octo");
    world.post_and_see(&world.link(user).await, &filled_in()).await.expect(200, &["octo"]);
}
