//! Which addresses may be dialled. Names are resolved once, every answer is judged, and the connection goes to an address
//! that was.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::judge::Refusal;
use super::resolver::{OfAName, Resolver};
use model::{Origin, Place};

/// Where cloud providers answer with credentials of the machine, beside the link-local addresses, where most of them do: Azure,
/// Alibaba, Oracle. Never dialled, whatever an integration allows.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192)];
/// The same of AWS (the machine's, and a container's) and Google.
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

/// Why an entry of `connect_to` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectToError {
    /// The address to dial is none.
    #[error("`{from}`: `{to}` is not an IP address with a port, as in 10.0.0.7:443 or [fd00::7]:443")]
    NotAnAddress {
        /// The origin's `host:port`.
        from: String,
        /// What was given for it.
        to: String,
    },
    /// The HTTP client dials the port that is written out in an address.
    #[error("`{from}`: the port cannot be another one than the origin's {port}, unless that is the scheme's own")]
    OtherPort {
        /// The origin's `host:port`.
        from: String,
        /// The origin's port.
        port: u16,
    },
    /// Never dialled, whatever is allowed.
    #[error("`{from}`: {why}")]
    Never {
        /// The origin's `host:port`.
        from: String,
        /// Names the address.
        why: String,
    },
    /// No name is resolved for an address, so that nothing else would be dialled: whoever reads the entry would be told of an
    /// address that the credential never goes to.
    #[error(
        "`{from}` is an address already, which is dialled as it is: take this entry away, or change the address in the settings"
    )]
    AlreadyAnAddress {
        /// The origin's `host:port`.
        from: String,
    },
}

/// The address an administrator gave for an origin.
pub(super) fn fixed(origin: &Origin, place: &Place) -> Result<Option<SocketAddr>, ConnectToError> {
    let from = origin.host_and_port();
    let given = from.as_deref().and_then(|from| place.connect_to().get_key_value(from));
    let Some((from, to)) = given else {
        return Ok(None);
    };
    let from = from.clone();
    let url = Url::parse(&origin.url).ok();
    if url.as_ref().and_then(literal).is_some() {
        return Err(ConnectToError::AlreadyAnAddress { from });
    }
    let Some(address) = to.parse::<SocketAddr>().ok().filter(|address| address.port() != 0) else {
        return Err(ConnectToError::NotAnAddress { from, to: to.chars().take(64).collect() });
    };
    if let Some(why) = never_dialled(address.ip()) {
        return Err(ConnectToError::Never { from, why });
    }
    match url.and_then(|url| url.port()) {
        Some(port) if port != address.port() => Err(ConnectToError::OtherPort { from, port }),
        _ => Ok(Some(address)),
    }
}

/// Resolves the name of one origin for its connections.
pub(super) struct Dialler {
    names: OfAName,
    allow_private: bool,
    fixed: Option<SocketAddr>,
    /// The name that is resolved is the proxy's, which an administrator chose and may be private.
    to_proxy: bool,
}

impl Dialler {
    pub(super) fn new(origin: &Origin, place: &Place, resolver: &Resolver) -> Result<Self, ConnectToError> {
        let (names, to_proxy) = (resolver.of_a_name(), place.proxy().is_some());
        Ok(Self { names, allow_private: place.allows_private(), fixed: fixed(origin, place)?, to_proxy })
    }

    /// Judges a URL whose host is an address: no name is resolved for it, so [`Resolve`] is never asked.
    pub(super) fn permits_literal(&self, url: &Url) -> Result<(), Refusal> {
        let Some(address) = literal(url) else { return Ok(()) };
        permit(address, self.allow_private).map_err(|why| Refusal::new("address-not-allowed", why))
    }
}

impl Resolve for Dialler {
    fn resolve(&self, name: Name) -> Resolving {
        let (fixed, allow_private) = (self.fixed, self.allow_private || self.to_proxy);
        let names = self.names.clone();
        Box::pin(async move {
            if let Some(address) = fixed {
                return Ok(Box::new(std::iter::once(address)) as Addrs);
            }
            let found = names.resolve(name.as_str()).await?;
            for address in &found {
                permit(address.ip(), allow_private)
                    .map_err(|why| io::Error::new(io::ErrorKind::PermissionDenied, why))?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The address a URL names instead of a host.
pub(super) fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
        Host::Domain(_) => None,
    }
}

/// Says why not.
pub(super) fn permit(address: IpAddr, allow_private: bool) -> Result<(), String> {
    if let Some(why) = never_dialled(address) {
        return Err(why);
    }
    if !allow_private && !is_public(address) {
        return Err(format!(
            "{address} is not a public address: allow private addresses in the integration's network settings"
        ));
    }
    Ok(())
}

/// Why an address is not dialled whatever an integration allows: cloud metadata, what is on the same wire only, and what is no
/// address of one machine. The unspecified one would reach this machine.
pub(super) fn never_dialled(address: IpAddr) -> Option<String> {
    meant(address).find_map(|meant| {
        let (is_metadata, is_link_local, is_broadcast) = match meant {
            IpAddr::V4(v4) => (METADATA_V4.contains(&v4), v4.is_link_local(), v4.is_broadcast()),
            IpAddr::V6(v6) => (METADATA_V6.contains(&v6), v6.is_unicast_link_local(), false),
        };
        if is_metadata || is_link_local {
            return Some(format!("{address} is the address of a cloud metadata service, or may lead to one"));
        }
        let is_nobodys = meant.is_unspecified() || meant.is_multicast() || is_broadcast;
        is_nobodys.then(|| format!("{address} is not the address of one machine"))
    })
}

/// An address, and the IPv4 addresses that its form may reach: mapped, compatible, translated (NAT64, by its well-known prefix and by
/// those that are a site's own, RFC 8215), tunnelled (6to4, ISATAP, Teredo).
fn meant(address: IpAddr) -> impl Iterator<Item = IpAddr> {
    let within = match address {
        IpAddr::V4(_) => [None; 4],
        IpAddr::V6(v6) => v4_within(v6),
    };
    std::iter::once(address).chain(within.into_iter().flatten().map(IpAddr::V4))
}

fn v4_within(address: Ipv6Addr) -> [Option<Ipv4Addr>; 4] {
    let segments = address.segments();
    let v4_of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    let last = v4_of(segments[6], segments[7]);
    let only = |found| [Some(found), None, None, None];
    match segments {
        // Mapped, and translated without a state (RFC 2765) or with the well-known prefix.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => only(last),
        [0x2002, high, low, ..] => only(v4_of(high, low)),
        // Teredo: whose relay, and who is behind it.
        [0x2001, 0, high, low, ..] => [Some(v4_of(high, low)), Some(v4_of(!segments[6], !segments[7])), None, None],
        // Where it stands there depends on how long the site's prefix is: 96 bits, or 48, 56 or 64 with a byte of zeros in between
        // (RFC 6052 section 2.2).
        [0x64, 0xff9b, 1, a, b, c, d, _] => {
            let with_48 = v4_of(a, ((b & 0xff) << 8) | (c >> 8));
            let with_56 = v4_of(((a & 0xff) << 8) | (b & 0xff), c);
            let with_64 = v4_of(((b & 0xff) << 8) | (c >> 8), ((c & 0xff) << 8) | (d >> 8));
            [last, with_48, with_56, with_64].map(|found| Some(found).filter(|found| found.octets()[0] != 0))
        }
        [.., 0 | 0x200, 0x5efe, _, _] => only(last),
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => only(last),
        _ => [None; 4],
    }
}

/// Neither private, loopback, link-local, shared, multicast, documentation, benchmarking nor reserved (IANA special-purpose
/// address registries).
fn is_public(address: IpAddr) -> bool {
    let embedded = meant(address).skip(1).collect::<Vec<_>>();
    match address {
        // What an address is translated to is where it leads.
        IpAddr::V6(_) if !embedded.is_empty() => embedded.into_iter().all(is_public),
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let protocol_assignments = a == 192 && b == 0 && c == 0;
            let relay_of_6to4 = a == 192 && b == 88 && c == 99;
            let benchmarking = a == 198 && (b == 18 || b == 19);
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || shared
                || protocol_assignments
                || relay_of_6to4
                || benchmarking)
        }
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            let global_unicast = first & 0xe000 == 0x2000;
            let documentation = (first == 0x2001 && v6.segments()[1] == 0x0db8) || first == 0x3fff;
            let protocol_assignments = first == 0x2001 && v6.segments()[1] < 0x0200;
            global_unicast && !documentation && !protocol_assignments
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Connection, NetworkRules, Offers, UserCredentials};

    #[test]
    fn e4_metadata_never_private_only_where_allowed() {
        for metadata in [
            "169.254.169.254",
            "169.254.170.2",
            "169.254.170.23",
            "169.254.1.1",
            "fe80::1",
            "fe80::a9fe:a9fe",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
            "168.63.129.16",
            "100.100.100.200",
            "192.0.0.192",
            "::ffff:169.254.169.254",
            "::ffff:192.0.0.192",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b::6464:64c8",
            "64:ff9b:1::a9fe:a9fe",
            "64:ff9b:1:2:3:4:a9fe:aa02",
            "64:ff9b:1:a9fe:a9:fe00::",
            "64:ff9b:1:a83f:81:1000::",
            "64:ff9b:1:a9:fe:a9fe::",
            "64:ff9b:1:64:64:64c8::",
            "64:ff9b:1:0:a9:fea9:fe00:0",
            "64:ff9b:1:7:a8:3f81:1000:0",
            "::ffff:0:a9fe:a9fe",
            "2001:0:808:808:0:0:5601:5601",
            "2002:a9fe:a9fe::1",
            "2001:db8::5efe:a9fe:a9fe",
            "2001:db8::200:5efe:a9fe:a9fe",
        ] {
            let address = metadata.parse().unwrap();
            assert!(permit(address, false).is_err() && permit(address, true).is_err(), "{metadata}");
        }
        for nobodys in ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "::ffff:0.0.0.0", "64:ff9b::e000:1"]
        {
            for allow_private in [false, true] {
                let why = permit(nobodys.parse().unwrap(), allow_private).unwrap_err();
                assert!(why.contains("is not the address of one machine"), "{why}");
            }
        }
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "::1",
            "fc00::1",
            "fd12::1",
            "2001:db8::1",
            "::ffff:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::10.0.0.1",
            "64:ff9b:1:a00:0:100::",
            "2002:0a00:0001::1",
            "::127.0.0.1",
        ];
        for text in private {
            let address = text.parse().unwrap();
            assert!(permit(address, false).is_err(), "{text}");
            assert!(permit(address, true).is_ok(), "{text}");
        }
        for public in ["140.82.121.6", "2606:50c0:8000::154", "1.1.1.1", "64:ff9b::140.82.121.6", "::ffff:1.1.1.1"] {
            assert!(permit(public.parse().unwrap(), false).is_ok(), "{public}");
        }
    }

    fn dialler(origin: &str, network: &NetworkRules) -> Result<Dialler, ConnectToError> {
        let origin = Origin { url: origin.into(), aws: None };
        let connection = Connection {
            origins: vec![origin.clone()],
            web_url: origin.url.clone(),
            credential_pages: Vec::new(),
            credential_list_page: None,
            grant: None,
            user_credentials: UserCredentials::Supported,
            offers: Offers::default(),
        };
        Dialler::new(&origin, &Place::new(&connection, network), &Resolver::of_the_system())
    }

    #[test]
    fn e3_an_address_in_a_url_is_judged_before_it_is_dialled() {
        let closed = dialler("http://10.0.0.7", &NetworkRules::default()).unwrap();
        let open =
            dialler("http://10.0.0.7", &NetworkRules { allow_private: true, ..NetworkRules::default() }).unwrap();
        let url = Url::parse("http://10.0.0.7/").unwrap();
        assert_eq!(closed.permits_literal(&url).unwrap_err().code, "address-not-allowed");
        assert!(open.permits_literal(&url).is_ok());
        assert!(open.permits_literal(&Url::parse("http://169.254.169.254/").unwrap()).is_err());
    }

    #[tokio::test]
    async fn e4_a_name_that_resolves_to_a_private_address_is_not_dialled() {
        let resolve = |rules: NetworkRules| async move {
            let dialler = dialler("https://localhost", &rules).unwrap();
            dialler.resolve("localhost".parse().unwrap()).await.map(Iterator::count)
        };
        let refused = resolve(NetworkRules::default()).await.unwrap_err();
        assert!(refused.to_string().contains("is not a public address"), "{refused}");
        assert!(resolve(NetworkRules { allow_private: true, ..NetworkRules::default() }).await.unwrap() > 0);
    }

    #[test]
    fn a_fixed_address_is_checked_and_is_for_its_own_origin() {
        let with = |origin: &str, from: &str, to: &str| {
            let connect_to = [(from.into(), to.into())].into();
            dialler(origin, &NetworkRules { connect_to, ..NetworkRules::default() }).map(|dialler| dialler.fixed)
        };
        let to = |text: &str| Ok(Some(text.parse().unwrap()));
        assert_eq!(with("https://git.test", "git.test:443", "127.0.0.1:8443"), to("127.0.0.1:8443"));
        assert_eq!(with("https://git.test", "GIT.test:443", "[::1]:8443"), to("[::1]:8443"));
        assert_eq!(with("https://git.test:8443", "git.test:8443", "127.0.0.1:8443"), to("127.0.0.1:8443"));
        for others in ["git.test:443", "git.test", "other.test:8443"] {
            assert_eq!(with("https://git.test:8443", others, "127.0.0.1:8443"), Ok(None));
        }
        let wrong = [
            ("https://git.test:8443", "git.test:8443", "127.0.0.1:9", "the port cannot be another one"),
            ("https://git.test", "git.test:443", "localhost:1", "is not an IP address with a port"),
            ("https://git.test", "git.test:443", "10.0.0.1", "is not an IP address with a port"),
            ("https://git.test", "git.test:443", "169.254.169.254:80", "metadata"),
            ("https://git.test", "git.test:443", "10.0.0.1:0", "is not an IP address with a port"),
            ("https://git.test", "git.test:443", "0.0.0.0:443", "is not the address of one machine"),
            ("https://git.test", "git.test:443", "[::ffff:255.255.255.255]:443", "is not the address of one machine"),
            ("https://10.0.0.7", "10.0.0.7:443", "10.0.0.8:443", "is an address already"),
            ("https://[fd00::7]", "[fd00::7]:443", "10.0.0.8:443", "is an address already"),
        ];
        for (origin, from, to, why) in wrong {
            let refused = with(origin, from, to).unwrap_err().to_string();
            assert!(refused.contains(why), "{refused}");
        }
    }
}
