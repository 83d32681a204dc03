//! What a sealed credential opens for, and that it opens for nothing else.

use super::*;
use crypto::SystemRandom;
use model::{IntegrationId, JiraUser};

fn user(integration: &str, user: &str) -> CredentialOwner {
    CredentialOwner::User {
        integration: IntegrationId::parse(integration).unwrap(),
        user: JiraUser::parse(user).unwrap(),
    }
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
    sealer.unseal(owner, sealed).err()
}

#[test]
fn what_is_sealed_opens_for_its_owner_byte_for_byte() {
    let sealer = Sealer::new(&MasterKey::random(&SystemRandom), Arc::new(SystemRandom));
    let long = "\u{1}".repeat(10_000);
    let sets: [&[(&str, &str)]; 4] = [
        &[],
        &[("token", "")],
        &[("access-key-id", "AKIA"), ("secret-access-key", "a\"b\\c/é🦀\n\u{0}")],
        &[("token", &long)],
    ];
    for set in sets {
        for owner in [user("acme", "ann"), integration("acme")] {
            let sealed = sealer.seal(&owner, &fields(set));
            let back = sealer.unseal(&owner, &sealed).unwrap();
            assert_eq!(back.iter().collect::<Vec<_>>(), set);
        }
    }
}

#[test]
fn sealing_twice_shares_neither_salt_nor_nonce_nor_ciphertext() {
    let sealer = Sealer::new(&MasterKey::random(&SystemRandom), Arc::new(SystemRandom));
    let owner = user("acme", "ann");
    let (one, two) = (sealer.seal(&owner, &pat()), sealer.seal(&owner, &pat()));
    assert_ne!(one.salt, two.salt);
    assert_ne!(one.nonce, two.nonce);
    assert_ne!(one.ciphertext, two.ciphertext);
}

#[test]
fn a_ciphertext_holds_nothing_of_the_plain_text() {
    let sealed =
        Sealer::new(&MasterKey::random(&SystemRandom), Arc::new(SystemRandom)).seal(&user("acme", "ann"), &pat());
    let text = String::from_utf8_lossy(&sealed.ciphertext).into_owned();
    assert!(!text.contains("token") && !text.contains("ghp_"));
}

#[test]
fn s1_a_credential_moved_to_another_owner_does_not_open() {
    let sealer = Sealer::new(&MasterKey::random(&SystemRandom), Arc::new(SystemRandom));
    let owners = [
        user("acme", "ann"),
        user("acme", "bob"),
        user("other", "ann"),
        user("acme", "Ann"),
        user("acm", "eann"),
        integration("acme"),
        integration("other"),
    ];
    for sealed_for in &owners {
        let sealed = sealer.seal(sealed_for, &pat());
        for opened_for in &owners {
            let expected = (sealed_for != opened_for).then_some(UnsealError::DoesNotOpen);
            assert_eq!(opened(&sealer, opened_for, &sealed), expected);
        }
    }
}

#[test]
fn s1_a_ciphertext_salt_or_nonce_swapped_with_another_rows_does_not_open() {
    let sealer = Sealer::new(&MasterKey::random(&SystemRandom), Arc::new(SystemRandom));
    let (ann, bob) = (user("acme", "ann"), user("acme", "bob"));
    let (anns, bobs) = (sealer.seal(&ann, &pat()), sealer.seal(&bob, &pat()));
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
    let sealer = Sealer::new(&MasterKey::random(&SystemRandom), Arc::new(SystemRandom));
    let owner = user("acme", "ann");
    let whole = sealer.seal(&owner, &pat());
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
    let sealer = Sealer::new(&MasterKey::random(&SystemRandom), Arc::new(SystemRandom));
    let owner = user("acme", "ann");
    let whole = sealer.seal(&owner, &pat());
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
    let sealer = Sealer::new(&MasterKey::random(&SystemRandom), Arc::new(SystemRandom));
    let owner = user("acme", "ann");
    let sealed = sealer.seal(&owner, &pat());
    let unknown = Sealed { algorithm: "rot13".into(), ..sealed.clone() };
    assert_eq!(opened(&sealer, &owner, &unknown), Some(UnsealError::UnknownAlgorithm));
    let other = Sealer::new(&MasterKey::random(&SystemRandom), Arc::new(SystemRandom));
    assert_eq!(opened(&other, &owner, &sealed), Some(UnsealError::OtherKey));
    // Renaming the key does not help: the name is bound too, and the key is another one.
    let renamed = Sealed { key_id: other.key_id.clone(), ..sealed };
    assert_eq!(opened(&other, &owner, &renamed), Some(UnsealError::DoesNotOpen));
}

#[test]
fn every_attempt_to_open_is_counted_under_whose_credential_it_was() {
    let sealer = Sealer::new(&MasterKey::random(&SystemRandom), Arc::new(SystemRandom));
    let (ann, account) = (user("acme", "ann"), integration("acme"));
    let sealed = sealer.seal(&ann, &pat());
    assert_eq!(sealer.unseals(), (0, 0));
    sealer.unseal(&ann, &sealed).unwrap();
    sealer.unseal(&ann, &sealed).unwrap();
    assert!(sealer.unseal(&account, &sealed).is_err());
    assert_eq!(sealer.unseals(), (2, 1));
}
