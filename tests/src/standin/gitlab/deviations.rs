//! Where GitLab itself leaves its official description, as recordings, its documentation's prose and its source show.

use crate::standin::conformance::{Day, Deviation, MoreQuery, Reality, Unlisted};

/// GitLab at the root of its host.
pub static AT_THE_ROOT: Reality = Reality {
    prefix: "",
    long_parameters: &[],
    aliases: &[],
    more_queries: MORE_QUERIES,
    days: DAYS,
    unlisted: UNLISTED,
    deviations: DEVIATIONS,
};

/// GitLab below `/gitlab`.
pub static BELOW_GITLAB: Reality = Reality {
    prefix: "/gitlab",
    long_parameters: &[],
    aliases: &[],
    more_queries: MORE_QUERIES,
    days: DAYS,
    unlisted: UNLISTED,
    deviations: DEVIATIONS,
};

const MORE_QUERIES: &[MoreQuery] = &[
    MoreQuery { name: "id", reason: "links to next pages repeat the parameter of the path in the query" },
    MoreQuery { name: "pagination", reason: "keyset pagination is described in prose only" },
];

const DAYS: &[Day] = &[
    Day { member: "expires_at", reason: "the documentation's own examples have a day, and so have recordings" },
    Day { member: "last_activity_on", reason: "recordings have a day" },
];

const UNLISTED: &[Unlisted] = &[
    Unlisted {
        method: "DELETE",
        template: "/api/v4/personal_access_tokens/self",
        answers: &[],
        reason: "documented, but not among the operations the slice holds",
    },
    Unlisted {
        method: "GET",
        template: "/api/v4/projects/{id}/repository/commits",
        answers: &[],
        reason: "documented, but not among the operations the slice holds",
    },
    Unlisted {
        method: "GET",
        template: "/api/v4/users",
        answers: &[],
        reason: "documented, but not among the operations the slice holds",
    },
    Unlisted {
        method: "GET",
        template: "/api/v4/users/{id}",
        answers: &[(200, "APIEntitiesUserPublic")],
        reason: "documented, but not among the operations the slice holds",
    },
    Unlisted {
        method: "GET",
        template: "/api/v4/projects/{id}/repository/files/{file_path}",
        answers: &[],
        reason: "documented, but not among the operations the slice holds",
    },
    Unlisted {
        method: "GET",
        template: "/api/v4/projects/{id}/repository/files/{file_path}/raw",
        answers: &[],
        reason: "documented, but not among the operations the slice holds",
    },
    Unlisted {
        method: "GET",
        template: "/api/v4/projects/{id}/templates/{type}",
        answers: &[],
        reason: "documented, but not among the operations the slice holds",
    },
    Unlisted {
        method: "GET",
        template: "/api/v4/projects/{id}/templates/{type}/{name}",
        answers: &[],
        reason: "documented, but not among the operations the slice holds",
    },
];

const fn everywhere(status: u16, component: Option<&'static str>, reason: &'static str) -> Deviation {
    Deviation { method: "*", template: "*", status, component, reason }
}

const OUTSIDE_THE_SLICE: &str = "success of the operations that are not in the slice";

const DEVIATIONS: &[Deviation] = &[
    Deviation {
        method: "GET",
        template: "/api/v4/projects/{id}/repository/commits",
        status: 200,
        component: None,
        reason: OUTSIDE_THE_SLICE,
    },
    Deviation { method: "GET", template: "/api/v4/users", status: 200, component: None, reason: OUTSIDE_THE_SLICE },
    Deviation {
        method: "DELETE",
        template: "/api/v4/personal_access_tokens/self",
        status: 204,
        component: None,
        reason: OUTSIDE_THE_SLICE,
    },
    Deviation {
        method: "GET",
        template: "/api/v4/projects/{id}/repository/files/{file_path}",
        status: 200,
        component: None,
        reason: OUTSIDE_THE_SLICE,
    },
    Deviation {
        method: "GET",
        template: "/api/v4/projects/{id}/repository/files/{file_path}/raw",
        status: 200,
        component: None,
        reason: OUTSIDE_THE_SLICE,
    },
    Deviation {
        method: "GET",
        template: "/api/v4/projects/{id}/templates/{type}",
        status: 200,
        component: None,
        reason: OUTSIDE_THE_SLICE,
    },
    Deviation {
        method: "GET",
        template: "/api/v4/projects/{id}/templates/{type}/{name}",
        status: 200,
        component: None,
        reason: OUTSIDE_THE_SLICE,
    },
    Deviation {
        method: "GET",
        template: "/api/v4/projects/{id}/templates/{type}/{name}",
        status: 500,
        component: Some("ErrorBody"),
        reason: "a template that is no text is none for JSON either",
    },
    everywhere(400, Some("ErrorBody"), "wrong parameters are refused on every path"),
    everywhere(401, Some("ErrorBody"), "a token that is not accepted is refused on every path"),
    everywhere(403, Some("ErrorBody"), "scopes, roles and blocked accounts refuse on every path"),
    everywhere(404, Some("ErrorBody"), "unknown routes, and what the caller may not see"),
    everywhere(
        405,
        Some("ErrorBody"),
        "changes at the former name of a project, and pages beyond what can be numbered",
    ),
    everywhere(301, None, "a project that moved redirects reads, in plain text"),
    everywhere(502, None, "outages are answered in HTML by the web server in front"),
    everywhere(503, None, "outages are answered in HTML by the web server in front"),
];
