//! What a token lacks, in words, and the form in which one is made that has it.
//!
//! Of the two sorts of tokens, classic ones have scopes and fine-grained ones permissions: GitHub names them in headers of their
//! own, and shows a form for each.

use countersign_sdk::{BaseUrl, Reply};

use crate::description::NEEDED_SCOPE;
use crate::error_body::ErrorBody;
use crate::integration::{classic_page, fine_grained_page};

/// What GitHub's sentences call the permission for workflow files, whatever the token.
const WORKFLOW: [&str; 2] = ["workflow", "workflows"];

/// What would have been enough, in GitHub's words; none where it does not say. The header of fine-grained permissions comes with
/// every answer: it names one and is no sign that it is missing.
pub fn permission(reply: &Reply, error: &ErrorBody) -> Option<String> {
    let shown =
        |needs: &Vec<&str>| needs.iter().map(|need| need.replacen('=', ": ", 1)).collect::<Vec<_>>().join(" and ");
    let permissions = || {
        let shown: Vec<String> = alternatives(reply).iter().map(shown).collect();
        Some(shown.join(" or ")).filter(|shown| !shown.is_empty())
    };
    error.named_permission().or_else(permissions).or_else(|| scopes_that_do(reply).map(str::to_owned))
}

/// The scopes of which a classic token needs one, where it holds none of them.
pub fn scopes_that_do(reply: &Reply) -> Option<&str> {
    let accepted = header(reply, "x-accepted-oauth-scopes")?;
    let held = reply.header("x-oauth-scopes")?;
    let holds = |scope: &str| held.split(',').any(|one| one.trim() == scope);
    (!accepted.split(',').any(|scope| holds(scope.trim()))).then_some(accepted)
}

/// The form for a token of the same sort that has what this one lacks; none where its sort is not known, or has no form.
pub fn token_page(reply: &Reply, error: &ErrorBody, web: &BaseUrl) -> Option<String> {
    let named = error.named_permission().unwrap_or_default();
    let is_fine_grained =
        header(reply, "x-accepted-github-permissions").is_some() || error.says("by personal access token");
    if error.says("by integration") || error.says("a github app") {
        return None;
    }
    if reply.header("x-oauth-scopes").is_none() && is_fine_grained {
        let mut needs = alternatives(reply).into_iter().next().unwrap_or_default();
        needs.extend(WORKFLOW.contains(&named.as_str()).then_some("workflows=write"));
        return Some(fine_grained_page(web, &needs));
    }
    let is_scope = named.bytes().all(|byte| byte.is_ascii_lowercase() || b":_".contains(&byte));
    match named.as_str() {
        "" | NEEDED_SCOPE => reply.header("x-oauth-scopes").map(|_classic| classic_page(web, NEEDED_SCOPE)),
        other => is_scope.then(|| classic_page(web, &format!("{NEEDED_SCOPE},{other}"))),
    }
}

/// What is needed, in each way that would do: `contents=write; contents=write,workflows=write`. What another way does with less
/// is left out.
fn alternatives(reply: &Reply) -> Vec<Vec<&str>> {
    let ways = header(reply, "x-accepted-github-permissions").unwrap_or_default().split(';');
    let mut all: Vec<Vec<&str>> = Vec::new();
    for way in ways {
        let needs: Vec<&str> = way.split(',').map(str::trim).filter(|need| is_permission(need)).collect();
        let does = |less: &[&str], more: &[&str]| less.iter().all(|need| more.contains(need));
        if needs.is_empty() || all.iter().any(|known| does(known, &needs)) {
            continue;
        }
        all.retain(|known| !does(&needs, known));
        all.push(needs);
    }
    all
}

/// `pull_requests=write`: it goes into an address.
fn is_permission(text: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    text.split_once('=').is_some_and(|(name, level)| is_name(name) && is_name(level))
}

fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    reply.header(name).map(str::trim).filter(|value| !value.is_empty())
}
