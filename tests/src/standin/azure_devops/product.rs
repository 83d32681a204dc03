//! What differs between the hosts and versions of one and the same API: paths, hosts, names of accounts, features.

use super::version::{ApiVersion, Newest};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Product {
    Services {
        organization: String,
    },
    VisualStudio {
        account: String,
    },
    Server {
        newest: Newest,
        /// Empty when it is served at the root.
        directory: String,
        collection: String,
    },
}

/// Which half of the hosted service a host name stands for. Where nothing tells, as under an address, both answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Code,
    Identities,
    Both,
}

/// Names the collection of an old account may also be addressed by.
const DEFAULT_COLLECTION: &str = "DefaultCollection";

impl Product {
    /// What stands between the origin and an API path, as the server writes it.
    pub fn prefix(&self) -> String {
        match self {
            Product::Services { organization } => format!("/{organization}"),
            Product::VisualStudio { .. } => String::new(),
            Product::Server { directory, collection, .. } if directory.is_empty() => format!("/{collection}"),
            Product::Server { directory, collection, .. } => format!("/{directory}/{collection}"),
        }
    }

    /// Names for the certificate.
    pub(super) fn hosts(&self) -> Vec<String> {
        match self {
            Product::Services { .. } => vec!["dev.azure.com".to_owned(), "vssps.dev.azure.com".to_owned()],
            Product::VisualStudio { account } => {
                vec![format!("{account}.visualstudio.com"), format!("{account}.vssps.visualstudio.com")]
            }
            Product::Server { .. } => vec!["tfs.example.com".to_owned()],
        }
    }

    /// What follows the collection in a path; none when the path is not below it. The server does not look at case.
    pub(super) fn below<'a>(&self, segments: &'a [String]) -> Option<&'a [String]> {
        let starts_with =
            |rest: &[String], first: &str| rest.first().is_some_and(|name| name.eq_ignore_ascii_case(first));
        let mut rest = segments;
        for wanted in self.prefix().split('/').filter(|wanted| !wanted.is_empty()) {
            if !starts_with(rest, wanted) {
                return None;
            }
            rest = &rest[1..];
        }
        if matches!(self, Product::VisualStudio { .. }) && starts_with(rest, DEFAULT_COLLECTION) {
            rest = &rest[1..];
        }
        Some(rest)
    }

    pub(super) fn side(&self, origin: &str) -> Side {
        match host(origin) {
            host if !self.is_hosted() || !(host.ends_with(".azure.com") || host.ends_with(".visualstudio.com")) => {
                Side::Both
            }
            host if host.starts_with("vssps.") || host.contains(".vssps.") => Side::Identities,
            _ => Side::Code,
        }
    }

    /// The origin of projects and repositories, wherever the request came in.
    pub(super) fn code_origin(&self, origin: &str) -> String {
        match self.side(origin) {
            Side::Identities => origin.replacen("vssps.", "", 1),
            _ => origin.to_owned(),
        }
    }

    /// The origin of accounts, wherever the request came in.
    pub(super) fn identity_origin(&self, origin: &str) -> String {
        match (self.side(origin), self) {
            (Side::Code, Product::VisualStudio { .. }) => origin.replacen(".visualstudio.", ".vssps.visualstudio.", 1),
            (Side::Code, _) => origin.replacen("://", "://vssps.", 1),
            _ => origin.to_owned(),
        }
    }

    pub fn is_hosted(&self) -> bool {
        !matches!(self, Product::Server { .. })
    }

    pub fn newest(&self) -> Newest {
        match self {
            Product::Server { newest, .. } => *newest,
            _ => Newest::HOSTED,
        }
    }

    /// Whether the server is at least the one that first released this version. What a server shows depends on the server, not
    /// on the version a request names.
    pub(super) fn since(&self, major: u8, minor: u8) -> bool {
        self.newest().released >= ApiVersion(major, minor)
    }

    /// Personal access tokens came with the release of 2017.
    pub(super) fn takes_pats(&self) -> bool {
        self.since(3, 0)
    }

    /// An account's name as answers and identity searches have it.
    pub fn account_name(&self, login: &str) -> String {
        match self {
            Product::Server { .. } => format!("ACME\\{login}"),
            _ => format!("{login}@example.com"),
        }
    }

    /// The path of a repository's pages. Where project and repository have the same name it is written once, except by the
    /// hosted service under its new host.
    pub(super) fn web_path(&self, project: &str, repository: &str) -> String {
        let prefix = self.prefix();
        if project == repository && !matches!(self, Product::Services { .. }) {
            return format!("{prefix}/_git/{repository}");
        }
        format!("{prefix}/{project}/_git/{repository}")
    }

    /// What the server calls itself in its messages.
    pub(super) fn name(&self) -> &'static str {
        if self.since(5, 0) { "Azure DevOps Server" } else { "Team Foundation Server" }
    }
}

fn host(origin: &str) -> &str {
    let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
    authority.split(':').next().unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_sides_of_the_hosted_service_know_each_other() {
        let services = Product::Services { organization: "acme".to_owned() };
        let old = Product::VisualStudio { account: "acme".to_owned() };
        for (product, code, identities) in [
            (&services, "https://dev.azure.com:81", "https://vssps.dev.azure.com:81"),
            (&old, "https://acme.visualstudio.com", "https://acme.vssps.visualstudio.com"),
        ] {
            assert_eq!((product.side(code), product.side(identities)), (Side::Code, Side::Identities));
            assert_eq!(
                (product.code_origin(identities), product.identity_origin(code)),
                (code.into(), identities.into())
            );
            assert_eq!(
                (product.code_origin(code), product.identity_origin(identities)),
                (code.into(), identities.into())
            );
        }
        assert_eq!(services.side("http://127.0.0.1:81"), Side::Both);
        assert_eq!(services.identity_origin("http://127.0.0.1:81"), "http://127.0.0.1:81");
    }

    #[test]
    fn the_collection_is_found_whatever_its_case() {
        let newest = Newest::of_release("2019").unwrap();
        let server =
            Product::Server { newest, directory: "tfs".to_owned(), collection: "DefaultCollection".to_owned() };
        let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(server.below(&path("tfs/defaultcollection/_apis")), Some(&path("_apis")[..]));
        assert_eq!(server.below(&path("tfs/other/_apis")), None);
        let old = Product::VisualStudio { account: "acme".to_owned() };
        assert_eq!(old.below(&path("DefaultCollection/P/_apis")), Some(&path("P/_apis")[..]));
        assert_eq!(old.below(&path("P/_apis")), Some(&path("P/_apis")[..]));
    }
}
