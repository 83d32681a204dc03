//! The HTML of the issue view. Whatever is not ours is escaped by `maud`. Every button is a form that works by itself; the script
//! only opens in a dialog what would otherwise open in a tab.

use maud::{DOCTYPE, Markup, html};

use super::cast::{Cast, ISSUES, Issue, Made, Person};

/// What a view of an issue is made of.
pub(super) struct View<'a> {
    pub(super) cast: &'a Cast,
    pub(super) issue: &'a Issue,
    pub(super) key: &'a str,
    pub(super) person: &'a Person,
    pub(super) made: &'a [Made],
    /// Origin of the daemon's pages, the only one whose messages the page listens to.
    pub(super) daemon: &'a str,
}

/// The pages of the panel, as the daemon calls them and as people do.
const ACTIONS: &[(&str, &str)] = &[
    ("create-branch", "Create branch"),
    ("create-pull-request", "Create pull request"),
    ("repositories", "Repository browser"),
    ("tokens", "My tokens"),
];

pub(super) fn issue(view: &View<'_>) -> Markup {
    let View { cast, issue, key, .. } = view;
    layout(
        &format!("{key} {}", issue.summary),
        html! {
            (site_header(view))
            div .columns {
                (issues(view))
                main {
                    p .path { bdi { (cast.project) } " / " (issue.kind) " " (key) }
                    h1 { bdi { (issue.summary) } }
                    div .split {
                        section .description aria-labelledby="description" {
                            h2 id="description" { "Description" }
                            p { bdi { (issue.description) } }
                        }
                        div .side { (development(view)) (details(view)) }
                        div .more { (integrations(view)) (to_paste(view.person)) }
                    }
                }
            }
            (dialog(view))
        },
    )
}

pub(super) fn message(heading: &str, text: &str) -> Markup {
    layout(
        heading,
        html! {
            main .alone {
                h1 { (heading) }
                p { bdi { (text) } }
                p { a href="/" { "Back to the issues" } }
            }
        },
    )
}

fn layout(title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Jira of the demo" }
                link rel="stylesheet" href="/jira.css";
                script src="/jira.js" defer {}
            }
            body { (body) }
        }
    }
}

fn site_header(view: &View<'_>) -> Markup {
    html! {
        header .site {
            a .home href={ "/browse/" (view.cast.key(&ISSUES[0])) "?as=" (view.person.handle) } { "Jira of the demo" }
            nav aria-label="You are" {
                ul {
                    @for person in &view.cast.people {
                        li {
                            a href={ "/browse/" (view.key) "?as=" (person.handle) }
                                aria-current=[(person.handle == view.person.handle).then_some("true")] { (person.name) }
                        }
                    }
                }
            }
        }
    }
}

fn issues(view: &View<'_>) -> Markup {
    html! {
        nav .issues aria-label="Issues" {
            ul {
                @for issue in ISSUES {
                    @let key = view.cast.key(issue);
                    li {
                        a href={ "/browse/" (key) "?as=" (view.person.handle) }
                            aria-current=[(key == view.key).then_some("page")] {
                            span .key { (key) } " " bdi { (issue.summary) }
                        }
                    }
                }
            }
        }
    }
}

fn details(view: &View<'_>) -> Markup {
    html! {
        section .panel aria-labelledby="details" {
            h2 id="details" { "Details" }
            dl {
                div { dt { "Type" } dd { (view.issue.kind) } }
                div { dt { "Status" } dd { (view.issue.status) } }
                div { dt { "Assignee" } dd { (view.person.name) } }
            }
        }
    }
}

fn development(view: &View<'_>) -> Markup {
    html! {
        section .panel aria-labelledby="development" {
            h2 id="development" { "Development" }
            ul .actions { @for (page, label) in ACTIONS { li { (action(view, page, label, None)) } } }
            ul .made id="made" aria-label="Branches and pull requests" {
                @for made in view.made {
                    li {
                        span .what { (made.what) } " " bdi .name { (made.name) }
                        " at " (made.at)
                        @if let Some(by) = &made.by { ", by " strong { bdi { (by) } } }
                    }
                }
                @if view.made.is_empty() { li { "No branches and no pull requests yet." } }
            }
            p .status role="status" id="status" {}
        }
    }
}

fn integrations(view: &View<'_>) -> Markup {
    html! {
        section .panel aria-labelledby="integrations" {
            h2 id="integrations" { "Git integrations of " (view.cast.project) }
            ul .integrations {
                @for integration in &view.cast.integrations {
                    li {
                        span { strong { (integration.name) } " " bdi { (integration.repository) } }
                        (action(view, "set-up", &format!("Set up a token for {}", integration.name), Some(&integration.id)))
                    }
                }
            }
        }
    }
}

/// Two buttons of one form: over the issue, and in a tab. Without script both open a tab.
fn action(view: &View<'_>, page: &str, label: &str, integration: Option<&str>) -> Markup {
    html! {
        form .action method="post" action="/open" target="_blank" rel="noopener" data-title=(label) {
            input type="hidden" name="page" value=(page);
            input type="hidden" name="issue" value=(view.key);
            input type="hidden" name="as" value=(view.person.handle);
            @if let Some(integration) = integration { input type="hidden" name="integration" value=(integration); }
            button type="submit" { (label) }
            button .tab type="submit" data-tab="" aria-label={ (label) " in a tab" } title="In a tab" { "↗" }
        }
    }
}

fn to_paste(person: &Person) -> Markup {
    html! {
        @if !person.to_paste.is_empty() {
            details id="to-paste" {
                summary { "What " (person.name) " would copy from the git servers" }
                p { "They are stand-ins and have no pages. These credentials open nothing but this demo." }
                ul .paste {
                    @for (index, one) in person.to_paste.iter().enumerate() {
                        li {
                            label for={ "paste-" (index) } { (one.integration) ": " (one.field) }
                            input id={ "paste-" (index) } readonly value=(one.value) spellcheck="false";
                        }
                    }
                }
            }
        }
    }
}

fn dialog(view: &View<'_>) -> Markup {
    html! {
        dialog aria-labelledby="dialog-title" data-daemon=(view.daemon) {
            header {
                h2 id="dialog-title" {}
                button type="button" data-close="" { "Close" }
            }
            p .problem role="alert" hidden {}
        }
    }
}
