//! Where Azure DevOps itself leaves the descriptions at hand, as recordings and reports show.

use crate::standin::conformance::{Alias, Deviation, Reality, Unlisted};

/// The hosted service under `dev.azure.com/{organization}`.
pub static SERVICES: Reality = Reality {
    prefix: "",
    long_parameters: &[],
    aliases: &[Alias {
        from: "/*/_apis/git/repositories/*",
        to: "/-/-/_apis/git/repositories/-",
        reason: "a repository named by its id needs no project in the path, which is marked optional and described with one",
    }],
    more_queries: &[],
    days: &[],
    unlisted: UNLISTED,
    deviations: DEVIATIONS,
};

/// The hosted service under `{account}.visualstudio.com`.
pub static VISUAL_STUDIO: Reality = Reality {
    prefix: "",
    long_parameters: &[],
    aliases: &[
        Alias {
            from: "/DefaultCollection/_apis",
            to: "/-/_apis",
            reason: "the collection may be named; the description has the organisation in its place",
        },
        Alias {
            from: "/DefaultCollection/*/_apis",
            to: "/-/-/_apis",
            reason: "the collection may be named; the description has the organisation in its place",
        },
        Alias {
            from: "/_apis",
            to: "/-/_apis",
            reason: "the organisation is in the host's name; the description has it in the path",
        },
        Alias {
            from: "/*/_apis",
            to: "/-/-/_apis",
            reason: "the organisation is in the host's name; the description has it in the path",
        },
    ],
    more_queries: &[],
    days: &[],
    unlisted: UNLISTED,
    deviations: DEVIATIONS,
};

/// A server of one's own under `/tfs/{collection}`.
pub static SERVER: Reality = Reality {
    prefix: "/tfs",
    long_parameters: &[],
    aliases: SERVICES.aliases,
    more_queries: &[],
    days: &[],
    unlisted: UNLISTED,
    deviations: DEVIATIONS,
};

const ITEMS: &str = "/{organization}/{project}/_apis/git/repositories/{repositoryId}/items";
const REVIEWERS: &str =
    "/{organization}/{project}/_apis/git/repositories/{repositoryId}/pullrequests/{pullRequestId}/reviewers";
const REVIEWER: &str = "/{organization}/{project}/_apis/git/repositories/{repositoryId}/pullrequests/{pullRequestId}/reviewers/{reviewerId}";
const IDENTITIES: &str = "/{organization}/_apis/identities";
const AREAS: &str = "/{organization}/_apis/ResourceAreas";
const RESOURCES: &str = "/{organization}/_apis";

const fn unlisted(method: &'static str, template: &'static str) -> Unlisted {
    Unlisted {
        method,
        template,
        answers: &[],
        reason: "documented or recorded, but not among the operations the slices hold",
    }
}

const UNLISTED: &[Unlisted] = &[
    unlisted("GET", ITEMS),
    unlisted("GET", REVIEWERS),
    Unlisted { answers: &[(200, "IdentityRefWithVote")], ..unlisted("PUT", REVIEWER) },
    unlisted("GET", IDENTITIES),
    unlisted("GET", AREAS),
    unlisted("OPTIONS", RESOURCES),
];

/// A status with a body no component describes.
const fn any_body(method: &'static str, template: &'static str, status: u16, reason: &'static str) -> Deviation {
    Deviation { method, template, status, component: None, reason }
}

/// A status described for most operations, with the body it has there.
const fn an_error(status: u16, reason: &'static str) -> Deviation {
    Deviation { method: "*", template: "*", status, component: Some("VssError"), reason }
}

const WRAPPED_LIST: &str = "a list of what no component describes, or described elsewhere";

const DEVIATIONS: &[Deviation] = &[
    any_body("GET", ITEMS, 200, "a file's content as it is, or JSON about it"),
    any_body("GET", REVIEWERS, 200, WRAPPED_LIST),
    any_body("GET", IDENTITIES, 200, WRAPPED_LIST),
    any_body("GET", AREAS, 200, WRAPPED_LIST),
    any_body("OPTIONS", RESOURCES, 200, WRAPPED_LIST),
    any_body("*", "*", 203, "the sign-in page in place of an answer, on every path"),
    any_body("*", "*", 302, "the way to the sign-in page, on every path"),
    any_body(
        "*",
        "*",
        401,
        "a refused credential or scope is often an empty body, or the page of the web server in front",
    ),
    any_body("*", "*", 403, "a refused scope is often an empty body"),
    any_body("*", "*", 405, "a method a resource does not have is refused in a shape of its own"),
    any_body("*", "*", 503, "outages are answered in HTML by what stands in front"),
    an_error(400, "versions are refused on every path, also where the description has no 400"),
    an_error(404, "what the caller may not see, and what does not exist, is not found on every path"),
    an_error(429, "blocked requests, on every path"),
];
