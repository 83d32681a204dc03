//! Where credentials may go: what a user or an administrator gave one to, and what a request is sent to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Connection, Origin};

/// How the daemon may reach an integration's origins, beyond what the public internet needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkRules {
    /// Whether an origin may resolve to a private address (RFC 1918, loopback, link-local and the like). Addresses of cloud
    /// metadata services are refused all the same.
    pub allow_private: bool,
    /// Whether an origin may be `http:`, where credentials travel unencrypted.
    pub allow_http: bool,
    /// Certificates to trust beside the system's, in PEM.
    pub ca_pem: Option<String>,
    /// `host:port` of an origin to the `address:port` to dial instead of asking DNS. The origin's name stays the one that
    /// is checked, sent and verified by TLS.
    pub connect_to: BTreeMap<String, String>,
    /// The HTTP proxy that dials for it, as in `http://proxy.example.com:3128`. It resolves the origins' names; TLS goes on to
    /// the origin. [`NO_PROXY`]: none does, whatever the daemon's own is.
    pub proxy: Option<String>,
    /// The daemon's own proxy, as it was when the daemon was started last. Nobody but the daemon sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inherited_proxy: Option<String>,
}

/// In place of a proxy: the integration is reached directly.
pub const NO_PROXY: &str = "none";

impl NetworkRules {
    /// The proxy that dials. Where an administrator said which address to dial, the daemon's own does not.
    fn effective_proxy(&self, is_dialled_at_an_address: bool) -> Option<&str> {
        match self.proxy.as_deref() {
            Some(NO_PROXY) => None,
            Some(own) => Some(own),
            None if is_dialled_at_an_address => None,
            None => self.inherited_proxy.as_deref(),
        }
    }
}

/// The origins a credential is given to, and how they are dialled. Part of what a sealed credential is bound to: it opens
/// for this place or a part of it, and for no other.
///
/// Certificates to trust are no part of it: they say who may answer under a name, and are renewed without anybody having
/// to confirm anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// In the order of their URLs.
    origins: Vec<Origin>,
    /// `host:port` of an origin to the `address:port` that is dialled for it.
    connect_to: BTreeMap<String, String>,
    /// Whether an origin may be dialled at a private address.
    allow_private: bool,
    /// Whether an origin may be reached without encryption.
    allow_http: bool,
    /// The proxy that dials instead, as in `http://proxy.example.com:3128`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proxy: Option<String>,
}

impl Place {
    /// Where an integration with this connection and network leads.
    pub fn new(connection: &Connection, network: &NetworkRules) -> Self {
        let mut origins = connection.origins.clone();
        origins.sort_by(|one, other| one.url.cmp(&other.url));
        origins.dedup();
        let ours = |from: &str| origins.iter().any(|origin| origin.host_and_port().as_deref() == Some(from));
        let entries = network.connect_to.iter().map(|(from, to)| (from.to_ascii_lowercase(), to.clone()));
        let connect_to: BTreeMap<_, _> = entries.filter(|(from, _)| ours(from)).collect();
        Self {
            allow_private: network.allow_private,
            allow_http: network.allow_http,
            proxy: network.effective_proxy(!connect_to.is_empty()).map(str::to_owned),
            connect_to,
            origins,
        }
    }

    /// Whether what was given to this place may go to the other one: it is the same, or less of it.
    pub fn covers(&self, other: &Place) -> bool {
        let same = |origin: &Origin| self.origins.contains(origin) && self.dialled(origin) == other.dialled(origin);
        other.origins.iter().all(same)
            && (self.allow_private || !other.allow_private)
            && (self.allow_http || !other.allow_http)
            && self.proxy == other.proxy
    }

    /// In the order of their URLs.
    pub fn origins(&self) -> &[Origin] {
        &self.origins
    }

    /// For people: each origin, with how it is reached where that is not the usual way. Two places with the same addresses
    /// differ in nothing that anybody could tell.
    pub fn addresses(&self) -> Vec<String> {
        let granted = [(self.allow_private, "at private addresses too"), (self.allow_http, "unencrypted too")];
        let granted: Vec<_> = granted.into_iter().filter(|(is_so, _)| *is_so).map(|(_, how)| how.to_owned()).collect();
        let address = |origin: &Origin| {
            let dialled = self.dialled(origin).map(|address| format!("dialled at {address}"));
            let aws = origin.aws.as_ref().map(|aws| format!("signed for {} in {}", aws.service, aws.region));
            let through = self.proxy.as_ref().map(|proxy| format!("through the proxy {proxy}"));
            let how: Vec<String> =
                dialled.into_iter().chain(through).chain(aws).chain(granted.iter().cloned()).collect();
            if how.is_empty() { origin.url.clone() } else { format!("{} ({})", origin.url, how.join(", ")) }
        };
        self.origins.iter().map(address).collect()
    }

    /// `host:port` of an origin to the `address:port` that is dialled for it, where DNS is not asked.
    pub fn connect_to(&self) -> &BTreeMap<String, String> {
        &self.connect_to
    }

    /// Whether an origin may be dialled at a private address.
    pub fn allows_private(&self) -> bool {
        self.allow_private
    }

    /// Whether an origin may be reached without encryption.
    pub fn allows_http(&self) -> bool {
        self.allow_http
    }

    /// The proxy that dials for it.
    pub fn proxy(&self) -> Option<&str> {
        self.proxy.as_deref()
    }

    fn dialled(&self, origin: &Origin) -> Option<&str> {
        self.connect_to.get(&origin.host_and_port()?).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AwsOrigin, Offers, UserCredentials};

    fn place(origins: &[&str], connect_to: &[(&str, &str)], permissions: &str) -> Place {
        let origins = origins.iter().map(|url| match url.split_once('@') {
            Some((region, url)) => {
                let aws = AwsOrigin { service: "git".into(), region: region.into() };
                Origin { url: url.into(), aws: Some(aws) }
            }
            None => Origin { url: (*url).into(), aws: None },
        });
        let connection = Connection {
            origins: origins.collect(),
            web_url: "https://a.test".into(),
            credential_pages: Vec::new(),
            credential_list_page: None,
            grant: None,
            user_credentials: UserCredentials::Supported,
            offers: Offers::default(),
        };
        let network = NetworkRules {
            allow_private: permissions.contains("private"),
            allow_http: permissions.split(' ').any(|text| text == "http"),
            ca_pem: None,
            connect_to: connect_to.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect(),
            proxy: permissions.split(' ').find(|text| text.starts_with("http://")).map(str::to_owned),
            inherited_proxy: None,
        };
        Place::new(&connection, &network)
    }

    #[test]
    fn s11_what_was_given_to_a_place_goes_there_or_to_less_of_it_and_nowhere_else() {
        let here = place(&["https://a.test", "https://b.test:8443"], &[("a.test:443", "10.0.0.1:443")], "private");
        let fine = [
            place(&["https://b.test:8443", "https://a.test"], &[("A.test:443", "10.0.0.1:443")], "private"),
            place(&["https://a.test"], &[("a.test:443", "10.0.0.1:443")], ""),
            place(&["https://b.test:8443"], &[], ""),
            place(&["https://b.test:8443"], &[("a.test:443", "10.9.9.9:443")], ""),
        ];
        for other in fine {
            assert!(here.covers(&other), "{other:?}");
        }
        let elsewhere = [
            place(&["https://evil.test"], &[], ""),
            place(&["https://a.test", "https://evil.test"], &[("a.test:443", "10.0.0.1:443")], ""),
            place(&["http://a.test"], &[], "http"),
            place(&["https://a.test:8443"], &[], ""),
            place(&["https://a.test"], &[], ""),
            place(&["https://a.test"], &[("a.test:443", "10.0.0.2:443")], ""),
            place(&["https://b.test:8443"], &[("b.test:8443", "10.0.0.2:8443")], ""),
            place(&["https://b.test:8443"], &[], "http"),
            place(&["eu-west-1@https://b.test:8443"], &[], ""),
        ];
        for other in elsewhere {
            assert!(!here.covers(&other), "{other:?}");
        }
        assert!(!place(&["https://a.test"], &[], "").covers(&place(&["https://a.test"], &[], "private")));
        let (straight, through) =
            (place(&["https://a.test"], &[], ""), place(&["https://a.test"], &[], "http://proxy.test:3128"));
        assert!(!straight.covers(&through) && !through.covers(&straight) && through.covers(&through));
        assert!(!place(&["eu-west-1@https://a.test"], &[], "").covers(&place(&["us-east-1@https://a.test"], &[], "")));
    }

    #[test]
    fn e9_the_daemons_proxy_dials_where_an_integration_says_nothing_else() {
        let connection = |origin: &str| Connection {
            origins: vec![Origin { url: origin.into(), aws: None }],
            web_url: origin.into(),
            credential_pages: Vec::new(),
            credential_list_page: None,
            grant: None,
            user_credentials: UserCredentials::Supported,
            offers: Offers::default(),
        };
        let rules = |own: Option<&str>, connect_to: &[&str]| NetworkRules {
            proxy: own.map(str::to_owned),
            inherited_proxy: Some("http://daemons.test:3128".into()),
            connect_to: connect_to.iter().map(|from| ((*from).to_owned(), "10.0.0.1:443".to_owned())).collect(),
            ..NetworkRules::default()
        };
        let dials = |rules: &NetworkRules| Place::new(&connection("https://a.test"), rules).proxy().map(str::to_owned);
        assert_eq!(dials(&rules(None, &[])).as_deref(), Some("http://daemons.test:3128"));
        assert_eq!(dials(&rules(None, &["other.test:443"])).as_deref(), Some("http://daemons.test:3128"));
        assert_eq!(dials(&rules(None, &["a.test:443"])), None);
        assert_eq!(dials(&rules(Some(NO_PROXY), &[])), None);
        assert_eq!(dials(&rules(Some("http://own.test:80"), &[])).as_deref(), Some("http://own.test:80"));
    }

    #[test]
    fn a_place_is_read_back_as_it_was_written() {
        let here = place(&["eu-west-1@https://a.test"], &[("a.test:443", "10.0.0.1:443")], "private http");
        for here in [here, place(&["https://a.test"], &[], "http://proxy.test:3128")] {
            let read: Place = serde_json::from_str(&serde_json::to_string(&here).unwrap()).unwrap();
            assert_eq!(read, here);
        }
    }
}
