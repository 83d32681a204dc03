//! Whether an integration can be reached as it is set up: told to the administrator who sets it up, field by field, rather
//! than to users later.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use rustls::RootCertStore;
use tokio::net::lookup_host;
use tokio::time::timeout;
use url::Url;

use super::address::{ConnectToError, fixed, literal, never_dialled, permit};
use super::{certificates, proxy};
use model::{Connection, FieldError, NetworkRules, Origin, Place};

/// How long DNS is asked about one origin. What it does not say in that time is found out when it is dialled.
const DNS_TIMEOUT: Duration = Duration::from_secs(3);

/// What cannot work of an integration's network settings. Fields are called `network.connect_to` and so on. Asks DNS for the
/// names of the origins, and nobody else.
pub async fn network_errors(connection: &Connection, network: &NetworkRules) -> Vec<FieldError> {
    let place = Place::new(connection, network);
    let mut errors = foreign_entries(connection, network);
    errors.extend(entries_for_one_origin(network));
    if let Some(pem) = &network.ca_pem
        && let Err(error) = certificates::add(&mut RootCertStore::empty(), pem)
    {
        errors.push(wrong("ca_pem", with_its_source(&error)));
    }
    if let Err(error) = proxy::of(&place) {
        errors.push(wrong("proxy", error.to_string()));
    }
    for origin in place.origins() {
        if !origin.is_encrypted() && !place.allows_http() {
            let message = format!("{} is not encrypted: allow HTTP for this integration, or use https", origin.url);
            errors.push(wrong("allow_http", message));
        }
        let fixed = fixed(origin, &place);
        // What an administrator names herself may be private; an origin that is an address stays the one that is dialled.
        if matches!(fixed, Ok(None) | Err(ConnectToError::AlreadyAnAddress { .. })) {
            errors.extend(not_dialled(origin, &place).await);
        }
        errors.extend(fixed.err().map(|error| wrong("connect_to", error.to_string())));
    }
    errors
}

/// Entries that no origin is dialled by.
fn foreign_entries(connection: &Connection, network: &NetworkRules) -> Vec<FieldError> {
    let ours: Vec<String> = connection.origins.iter().filter_map(Origin::host_and_port).collect();
    let entries = network.connect_to.keys();
    let foreign = entries.filter(|from| !ours.contains(&from.to_ascii_lowercase()));
    let message = |from: &String| {
        let (from, ours) = (shown(from), ours.join(", "));
        format!("`{from}` is not the host:port of an origin of this integration; those are: {ours}")
    };
    foreign.map(|from| wrong("connect_to", message(from))).collect()
}

/// Entries of which only one could be meant: names are the same in capitals.
fn entries_for_one_origin(network: &NetworkRules) -> Vec<FieldError> {
    let mut seen = BTreeSet::new();
    let again = network.connect_to.keys().filter(|from| !seen.insert(from.to_ascii_lowercase()));
    let message = |from: &String| format!("`{}` is given twice, in capitals and without: take one away", shown(from));
    again.map(|from| wrong("connect_to", message(from))).collect()
}

fn shown(from: &str) -> String {
    from.chars().filter(|char| !char.is_control()).take(128).collect()
}

/// Why an origin would not be dialled, if that is known. Every address a name resolves to has to be one that may be.
async fn not_dialled(origin: &Origin, place: &Place) -> Option<FieldError> {
    let (url, allow_private) = (Url::parse(&origin.url).ok()?, place.allows_private());
    if let Some(address) = literal(&url) {
        return not_permitted(address, allow_private).map(|why| wrong("allow_private", why));
    }
    if place.proxy().is_some() {
        // It is the proxy that resolves the name, and may know another address.
        return None;
    }
    let (name, port) = (url.host_str()?, url.port_or_known_default()?);
    let found = timeout(DNS_TIMEOUT, lookup_host((name, port))).await.ok()?.ok()?;
    let why =
        found.map(|address: SocketAddr| address.ip()).find_map(|address| not_permitted(address, allow_private))?;
    Some(wrong("allow_private", format!("{name}: {why}")))
}

/// Why an address is not dialled. Which setting would allow it, the field of the error says.
fn not_permitted(address: IpAddr, allow_private: bool) -> Option<String> {
    let is_private = || format!("{address} is not a public address, which has to be allowed");
    never_dialled(address).or_else(|| permit(address, allow_private).err().map(|_| is_private()))
}

fn wrong(setting: &str, message: String) -> FieldError {
    FieldError { field: format!("network.{setting}"), message }
}

fn with_its_source(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Offers, UserCredentials};

    async fn fields(origins: &[&str], network: NetworkRules) -> Vec<(String, String)> {
        let origins = origins.iter().map(|url| Origin { url: (*url).into(), aws: None });
        let connection = Connection {
            origins: origins.collect(),
            web_url: "https://git.test".into(),
            credential_pages: Vec::new(),
            credential_list_page: None,
            grant: None,
            user_credentials: UserCredentials::Supported,
            offers: Offers::default(),
        };
        let errors = network_errors(&connection, &network).await;
        errors.into_iter().map(|error| (error.field, error.message)).collect()
    }

    fn connect_to(entries: &[(&str, &str)]) -> NetworkRules {
        let entries = entries.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned()));
        NetworkRules { connect_to: entries.collect(), ..NetworkRules::default() }
    }

    /// One error, of this field, with this in its message.
    async fn refused(origin: &str, network: NetworkRules, field: &str, message: &str) {
        let found = fields(&[origin], network).await;
        assert!(found.len() == 1 && found[0].0 == field && found[0].1.contains(message), "{found:?}");
    }

    #[tokio::test]
    async fn what_can_work_is_not_refused() {
        let fixed = [("git.test:443", "127.0.0.1:1"), ("API.git.test:8443", "[::1]:8443")];
        assert_eq!(fields(&["https://git.test", "https://api.git.test:8443"], connect_to(&fixed)).await, []);
        let open = NetworkRules { allow_private: true, allow_http: true, ..NetworkRules::default() };
        assert_eq!(fields(&["http://10.0.0.7:8080", "https://localhost", "https://[::1]"], open).await, []);
        // A name that DNS does not know may be known later.
        assert_eq!(fields(&["https://no-such-host.invalid"], NetworkRules::default()).await, []);
    }

    #[tokio::test]
    async fn nonsense_in_connect_to_is_named_entry_by_entry() {
        let git = "https://git.test";
        for to in ["", "git.test", "10.0.0.1", "10.0.0.1:", "10.0.0.1:99999", "[fd00::1]", "localhost:443"] {
            refused(git, connect_to(&[("git.test:443", to)]), "network.connect_to", "`git.test:443`").await;
        }
        let metadata = connect_to(&[("git.test:443", "169.254.169.254:443")]);
        refused(git, metadata, "network.connect_to", "metadata").await;
        let other_port = connect_to(&[("git.test:8443", "10.0.0.1:443")]);
        refused("https://git.test:8443", other_port, "network.connect_to", "8443").await;
        for to in ["10.0.0.1:0", "0.0.0.0:443", "224.0.0.1:443", "255.255.255.255:443", "[::]:443", "[ff02::1]:443"] {
            refused(git, connect_to(&[("git.test:443", to)]), "network.connect_to", "`git.test:443`").await;
        }
        let twice = connect_to(&[("git.test:443", "10.0.0.1:443"), ("GIT.test:443", "10.0.0.2:443")]);
        refused(git, twice, "network.connect_to", "is given twice").await;
        for from in ["", "git.test", "evil.test:443", "git.test:80", "https://git.test", "git.test:443/"] {
            let network = connect_to(&[("git.test:443", "10.0.0.1:443"), (from, "10.0.0.1:443")]);
            refused(git, network, "network.connect_to", "is not the host:port of an origin").await;
        }
    }

    #[tokio::test]
    async fn what_the_network_rules_do_not_allow_is_refused_where_it_is_known() {
        let none = NetworkRules::default;
        let http = NetworkRules { allow_private: true, ..none() };
        refused("http://10.0.0.7", http, "network.allow_http", "http://10.0.0.7 is not encrypted").await;
        for literal in ["https://10.0.0.7", "https://127.0.0.1:8443", "https://[fd00::7]", "https://100.64.0.1"] {
            refused(literal, none(), "network.allow_private", "is not a public address").await;
        }
        refused("https://169.254.0.1", none(), "network.allow_private", "cloud metadata").await;
        refused("https://localhost", none(), "network.allow_private", "localhost: ").await;
        let open = NetworkRules { allow_private: true, ..none() };
        refused("https://169.254.169.254", open, "network.allow_private", "metadata").await;
    }

    #[tokio::test]
    async fn an_origin_that_is_an_address_is_dialled_there_and_nowhere_else() {
        for (origin, from) in
            [("https://8.8.8.8", "8.8.8.8:443"), ("https://[2606:4700::1]:8443", "[2606:4700::1]:8443")]
        {
            let to = format!("10.0.0.1:{}", from.rsplit(':').next().unwrap());
            refused(origin, connect_to(&[(from, &to)]), "network.connect_to", "is an address already").await;
        }
        // An entry is no leave to dial what the network rules forbid.
        let found = fields(&["https://10.0.0.7"], connect_to(&[("10.0.0.7:443", "8.8.8.8:443")])).await;
        let names: Vec<_> = found.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(names, ["network.allow_private", "network.connect_to"]);
    }

    #[tokio::test]
    async fn everything_that_is_wrong_is_said_at_once() {
        let network = NetworkRules { ca_pem: Some("x".into()), ..connect_to(&[("evil.test:1", "x")]) };
        let found = fields(&["http://127.0.0.1"], network).await;
        let names: Vec<_> = found.iter().map(|(field, _)| field.as_str()).collect();
        let expected = ["network.connect_to", "network.ca_pem", "network.allow_http", "network.allow_private"];
        assert_eq!(names, expected);
    }
}
