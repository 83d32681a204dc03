//! What a sealed credential opens for, and that it opens for nothing else.

use super::*;
use crypto::SystemRandom;
use model::{ActingUser, Connection, IntegrationId, JiraUser, NetworkRules, Offers, UserCredentials};

fn user(integration: &str, user: &str) -> CredentialOwner {
    of_site("default", integration, user)
}

fn of_site(site: &str, integration: &str, user: &str) -> CredentialOwner {
    let user = ActingUser { site: SiteId::parse(site).unwrap(), id: JiraUser::parse(user).unwrap() };
    CredentialOwner::User { integration: IntegrationId::parse(integration).unwrap(), user }
}

fn place_with(origins: &[(&str, Option<&str>)], network: NetworkRules) -> Place {
    let aws = |region: &str| AwsOrigin { service: "git".into(), region: region.into() };
    let origins = origins.iter().map(|(url, region)| Origin { url: (*url).into(), aws: region.map(aws) });
    let connection = Connection {
        origins: origins.collect(),
        web_url: "https://git.test".into(),
        credential_pages: Vec::new(),
        credential_list_page: None,
        grant: None,
        user_credentials: UserCredentials::Supported,
        offers: Offers::default(),
    };
    Place::new(&connection, &network)
}

fn place() -> Place {
    place_with(&[("https://git.test", None)], NetworkRules::default())
}

fn here(owner: &CredentialOwner) -> Owned<'_> {
    static HERE: std::sync::OnceLock<Place> = std::sync::OnceLock::new();
    Owned { owner, given_to: HERE.get_or_init(place) }
}

fn sealer() -> Sealer {
    Sealer::new(&MasterKey::random(&SystemRandom), Arc::new(SystemRandom))
}

fn integration(id: &str) -> CredentialOwner {
    CredentialOwner::Integration { integration: IntegrationId::parse(id).unwrap() }
}

fn fields(values: &[(&str, &str)]) -> CredentialFields {
    values.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))).collect()
}

fn pat() -> CredentialFields {
    fields(&[("token", "ghp_abcdefghijklmnopqrstuvwxyz0123456789")])
}

fn opened(sealer: &Sealer, owner: &CredentialOwner, sealed: &Sealed) -> Option<UnsealError> {
    sealer.unseal(here(owner), sealed).err()
}

#[test]
fn what_is_sealed_opens_for_its_owner_byte_for_byte() {
    let sealer = sealer();
    let long = "\u{1}".repeat(10_000);
    let sets: [&[(&str, &str)]; 4] = [
        &[],
        &[("token", "")],
        &[("access-key-id", "AKIA"), ("secret-access-key", "a\"b\\c/é🦀\n\u{0}")],
        &[("token", &long)],
    ];
    for set in sets {
        for owner in [user("acme", "ann"), integration("acme")] {
            let sealed = sealer.seal(here(&owner), &fields(set));
            let back = sealer.unseal(here(&owner), &sealed).unwrap();
            assert_eq!(back.iter().collect::<Vec<_>>(), set);
        }
    }
}

#[test]
fn sealing_twice_shares_neither_salt_nor_nonce_nor_ciphertext() {
    let sealer = sealer();
    let owner = user("acme", "ann");
    let (one, two) = (sealer.seal(here(&owner), &pat()), sealer.seal(here(&owner), &pat()));
    assert_ne!(one.salt, two.salt);
    assert_ne!(one.nonce, two.nonce);
    assert_ne!(one.ciphertext, two.ciphertext);
}

#[test]
fn a_ciphertext_holds_nothing_of_the_plain_text() {
    let sealed = sealer().seal(here(&user("acme", "ann")), &pat());
    let text = String::from_utf8_lossy(&sealed.ciphertext).into_owned();
    assert!(!text.contains("token") && !text.contains("ghp_"));
}

#[test]
fn s1_a_credential_moved_to_another_owner_does_not_open() {
    let sealer = sealer();
    let owners = [
        user("acme", "ann"),
        user("acme", "bob"),
        user("other", "ann"),
        user("acme", "Ann"),
        user("acm", "eann"),
        of_site("cloud", "acme", "ann"),
        of_site("default", "acme", "cloud/ann"),
        integration("acme"),
        integration("other"),
    ];
    for sealed_for in &owners {
        let sealed = sealer.seal(here(sealed_for), &pat());
        for opened_for in &owners {
            let expected = (sealed_for != opened_for).then_some(UnsealError::DoesNotOpen);
            assert_eq!(opened(&sealer, opened_for, &sealed), expected);
        }
    }
}

#[test]
fn s11_a_credential_opens_for_the_place_it_was_given_to_alone() {
    let sealer = sealer();
    let dialled = |to: &str| NetworkRules {
        connect_to: [("git.test:443".to_owned(), to.to_owned())].into(),
        ..NetworkRules::default()
    };
    let places = [
        place(),
        place_with(&[("https://git.test:8443", None)], NetworkRules::default()),
        place_with(&[("http://git.test", None)], NetworkRules::default()),
        place_with(&[("https://git.test", None), ("https://evil.test", None)], NetworkRules::default()),
        place_with(&[("https://git.test", Some("eu-west-1"))], NetworkRules::default()),
        place_with(&[("https://git.test", Some("us-east-1"))], NetworkRules::default()),
        place_with(&[], NetworkRules::default()),
        place_with(&[("https://git.test", None)], dialled("10.0.0.1:443")),
        place_with(&[("https://git.test", None)], dialled("10.0.0.2:443")),
        place_with(&[("https://git.test", None)], NetworkRules { allow_private: true, ..NetworkRules::default() }),
        place_with(&[("https://git.test", None)], NetworkRules { allow_http: true, ..NetworkRules::default() }),
        place_with(
            &[("https://git.test", None)],
            NetworkRules { proxy: Some("http://10.0.0.1:3128".into()), ..NetworkRules::default() },
        ),
    ];
    for owner in [user("acme", "ann"), integration("acme")] {
        for sealed_for in &places {
            let sealed = sealer.seal(Owned { owner: &owner, given_to: sealed_for }, &pat());
            for opened_for in &places {
                let found = sealer.unseal(Owned { owner: &owner, given_to: opened_for }, &sealed).err();
                let expected = (sealed_for != opened_for).then_some(UnsealError::DoesNotOpen);
                assert_eq!(found, expected, "{sealed_for:?} as {opened_for:?}");
            }
        }
    }
}

#[test]
fn what_is_sealed_in_todays_way_is_not_taken_for_what_an_earlier_version_sealed() {
    let sealer = sealer();
    let ann = user("acme", "ann");
    let sealed = sealer.seal(here(&ann), &pat());
    assert_eq!(sealer.unseal_unbound(&ann, &sealed).err(), Some(UnsealError::UnknownAlgorithm));
    let renamed = Sealed { algorithm: UNBOUND.to_owned(), ..sealed };
    assert_eq!(sealer.unseal_unbound(&ann, &renamed).err(), Some(UnsealError::DoesNotOpen));
    assert_eq!(opened(&sealer, &ann, &renamed), Some(UnsealError::UnknownAlgorithm));
}

#[test]
fn s1_a_ciphertext_salt_or_nonce_swapped_with_another_rows_does_not_open() {
    let sealer = sealer();
    let (ann, bob) = (user("acme", "ann"), user("acme", "bob"));
    let (anns, bobs) = (sealer.seal(here(&ann), &pat()), sealer.seal(here(&bob), &pat()));
    let swapped = [
        Sealed { ciphertext: bobs.ciphertext.clone(), ..anns.clone() },
        Sealed { salt: bobs.salt.clone(), ..anns.clone() },
        Sealed { nonce: bobs.nonce.clone(), ..anns.clone() },
        bobs,
    ];
    for sealed in swapped {
        assert_eq!(opened(&sealer, &ann, &sealed), Some(UnsealError::DoesNotOpen));
    }
    assert_eq!(opened(&sealer, &ann, &anns), None);
}

#[test]
fn s1_each_byte_flipped_in_turn_never_opens() {
    let sealer = sealer();
    let owner = user("acme", "ann");
    let whole = sealer.seal(here(&owner), &pat());
    let parts: [fn(&mut Sealed) -> &mut Vec<u8>; 3] =
        [|sealed| &mut sealed.salt, |sealed| &mut sealed.nonce, |sealed| &mut sealed.ciphertext];
    for part in parts {
        for index in 0..part(&mut whole.clone()).len() {
            for bit in 0..8 {
                let mut sealed = whole.clone();
                part(&mut sealed)[index] ^= 1 << bit;
                assert_eq!(opened(&sealer, &owner, &sealed), Some(UnsealError::DoesNotOpen));
            }
        }
    }
}

#[test]
fn s1_a_credential_cut_short_or_lengthened_does_not_open() {
    let sealer = sealer();
    let owner = user("acme", "ann");
    let whole = sealer.seal(here(&owner), &pat());
    let parts: [fn(&mut Sealed) -> &mut Vec<u8>; 3] =
        [|sealed| &mut sealed.salt, |sealed| &mut sealed.nonce, |sealed| &mut sealed.ciphertext];
    let changes: [fn(&mut Vec<u8>); 3] = [Vec::clear, |bytes| bytes.truncate(bytes.len() - 1), |bytes| bytes.push(0)];
    for part in parts {
        for change in changes {
            let mut sealed = whole.clone();
            change(part(&mut sealed));
            assert_eq!(opened(&sealer, &owner, &sealed), Some(UnsealError::DoesNotOpen));
        }
    }
}

#[test]
fn another_way_of_sealing_and_another_key_are_told_apart() {
    let (sealer, other) = (sealer(), sealer());
    let owner = user("acme", "ann");
    let sealed = sealer.seal(here(&owner), &pat());
    let unknown = Sealed { algorithm: "rot13".into(), ..sealed.clone() };
    assert_eq!(opened(&sealer, &owner, &unknown), Some(UnsealError::UnknownAlgorithm));
    assert_eq!(opened(&other, &owner, &sealed), Some(UnsealError::OtherKey));
    // Renaming the key does not help: the name is bound too, and the key is another one.
    let renamed = Sealed { key_id: other.key_id.clone(), ..sealed };
    assert_eq!(opened(&other, &owner, &renamed), Some(UnsealError::DoesNotOpen));
}

#[test]
fn every_attempt_to_open_is_counted_under_whose_credential_it_was() {
    let sealer = sealer();
    let (ann, account) = (user("acme", "ann"), integration("acme"));
    let sealed = sealer.seal(here(&ann), &pat());
    assert_eq!(sealer.unseals(), (0, 0));
    sealer.unseal(here(&ann), &sealed).unwrap();
    sealer.unseal(here(&ann), &sealed).unwrap();
    assert!(sealer.unseal(here(&account), &sealed).is_err());
    assert_eq!(sealer.unseals(), (2, 1));
}
