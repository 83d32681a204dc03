//! Where GitHub itself leaves its official description, as recordings and its documentation's prose show.

use crate::standin::conformance::{Alias, Deviation, Reality, Unlisted};

/// GitHub.com against `api.github.com.json`.
pub static CLOUD: Reality = Reality {
    prefix: "",
    long_parameters: LONG_PARAMETERS,
    aliases: ALIASES,
    more_queries: &[],
    days: &[],
    unlisted: UNLISTED,
    deviations: DEVIATIONS,
};

/// Enterprise Server against a `ghes-*.json`.
pub static ENTERPRISE: Reality = Reality {
    prefix: "/api/v3",
    long_parameters: LONG_PARAMETERS,
    aliases: ALIASES,
    more_queries: &[],
    days: &[],
    unlisted: UNLISTED,
    deviations: DEVIATIONS,
};

const LONG_PARAMETERS: &[&str] = &["ref", "branch", "path", "basehead"];

const ALIASES: &[Alias] = &[Alias {
    from: "/repositories/*",
    to: "/repos/-/-",
    reason: "redirects of renamed repositories and the links to next pages use numeric routes, which no document lists",
}];

const UNLISTED: &[Unlisted] = &[
    Unlisted {
        method: "POST",
        template: "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
        answers: &[(201, "pull-request-simple"), (422, "basic-error")],
        reason: "documented, but not among the operations the slices hold",
    },
    Unlisted {
        method: "GET",
        template: "/repos/{owner}/{repo}/git/refs/{ref}",
        answers: &[(200, "git-ref"), (409, "basic-error")],
        reason: "the route of Enterprise Server 2.18 and of the vendor's older clients; still answered",
    },
    Unlisted {
        method: "GET",
        template: "/repos/{owner}/{repo}/compare/{basehead}",
        answers: &[],
        reason: "documented, but not among the operations the slices hold",
    },
    Unlisted {
        method: "GET",
        template: "/search/repositories",
        answers: &[(422, "validation-error")],
        reason: "documented, but not among the operations the slices hold",
    },
    Unlisted {
        method: "GET",
        template: "/repos/{owner}/{repo}/contents",
        answers: &[],
        reason: "documented, but not among the operations the slices hold",
    },
    Unlisted {
        method: "GET",
        template: "/repos/{owner}/{repo}/contents/{path}",
        answers: &[],
        reason: "documented, but not among the operations the slices hold",
    },
];

/// The slices have no component for it either; its members are tested by themselves.
const fn content(template: &'static str) -> Deviation {
    let reason = "a list, an object or the bytes of a file, by media type";
    Deviation { method: "GET", template, status: 200, component: None, reason }
}

const fn everywhere(status: u16, reason: &'static str) -> Deviation {
    Deviation { method: "*", template: "*", status, component: Some("basic-error"), reason }
}

const DEVIATIONS: &[Deviation] = &[
    Deviation {
        method: "GET",
        template: "/search/repositories",
        status: 200,
        component: None,
        reason: "the slices have no component for what was found; its members are tested by themselves",
    },
    Deviation {
        method: "GET",
        template: "/repos/{owner}/{repo}/compare/{basehead}",
        status: 200,
        component: None,
        reason: "the slices have no component for a comparison; its members are tested by themselves",
    },
    content("/repos/{owner}/{repo}/contents"),
    content("/repos/{owner}/{repo}/contents/{path}"),
    everywhere(400, "an unsupported API version and a body that is no JSON object are refused on every path"),
    everywhere(401, "bad credentials are refused on every path, also where the description has no 401"),
    everywhere(403, "single sign-on, organisation policy, archived repositories and limits refuse on every path"),
    everywhere(404, "what the caller may not see is not found, also on POST git/refs, POST pulls and DELETE git/refs"),
    Deviation {
        method: "*",
        template: "/repos/{owner}/{repo}/pulls",
        status: 410,
        component: Some("basic-error"),
        reason: "what an owner switched off is gone, as issues are",
    },
    everywhere(415, "a media type that is not JSON is refused before the route is looked at"),
    everywhere(429, "rate limits are answered with 403 or 429, neither of them described"),
    everywhere(451, "repositories taken down for legal reasons"),
    everywhere(301, "a renamed repository redirects reads on every path below it"),
    everywhere(307, "a renamed repository redirects changes with their method"),
    Deviation {
        method: "*",
        template: "*",
        status: 502,
        component: None,
        reason: "outages are answered in HTML by a load balancer",
    },
    Deviation {
        method: "*",
        template: "*",
        status: 503,
        component: None,
        reason: "outages are answered in HTML by a load balancer",
    },
    Deviation {
        method: "GET",
        template: "*",
        status: 304,
        component: None,
        reason: "conditional requests work on every GET; some documents leave it out",
    },
];
