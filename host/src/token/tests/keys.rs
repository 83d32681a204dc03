//! Keys in PEM, our own and OpenSSL's, and the tokens the connector's side makes with them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;

/// Tokens made without any of this code: Python's `json`, signed with `openssl pkeyutl` and `openssl dgst`.
const BY_OPENSSL: [(&str, &str); 2] = [
    (
        "-----BEGIN PUBLIC KEY-----\n\
     MCowBQYDK2VwAyEA9SeSaI2xtITDj/5cYVU4/+oIPQS/hcKRmXpXe598G50=\n\
     -----END PUBLIC KEY-----\n",
        "eyJ0eXAiOiAiSldUIiwgImFsZyI6ICJFZERTQSJ9.eyJpc3MiOiAiamlyYS1kYyIsICJzdWIiOiAiSklSQVVTRVIxMDEwMCI\
     sICJhdWQiOiAiaHR0cHM6Ly9jb3VudGVyc2lnbi5leGFtcGxlLmNvbSIsICJpYXQiOiAxNzk1MzQ4ODAwLCAibmJmIjogMTc\
     5NTM0ODgwMCwgImV4cCI6IDE3OTUzNDg4NjAsICJqdGkiOiAiMDEyMzQ1Njc4OWFiY2RlZiIsICJwcm9qZWN0cyI6IFsiQUJ\
     DIl19.DFCsDWAmSOnJ0I8fkU4ESYLBeDFzLtKL8zCUYlXMRjniqxBYrW6vr_pxJhVenMhIcroHzBob9UndjpJOdt6IBg",
    ),
    (
        "-----BEGIN PUBLIC KEY-----\n\
     MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBB8pklQiMPLN3IUtTmXnozo9QGEO\n\
     oAvDr+2zvCt4uabI+jE/5XMU5xACV0FUBzLjEH+EVLkbXz7FVIXqMTNeyw==\n\
     -----END PUBLIC KEY-----\n",
        "eyJ0eXAiOiAiSldUIiwgImFsZyI6ICJFUzI1NiJ9.eyJpc3MiOiAiamlyYS1kYyIsICJzdWIiOiAiSklSQVVTRVIxMDEwMCI\
     sICJhdWQiOiAiaHR0cHM6Ly9jb3VudGVyc2lnbi5leGFtcGxlLmNvbSIsICJpYXQiOiAxNzk1MzQ4ODAwLCAibmJmIjogMTc\
     5NTM0ODgwMCwgImV4cCI6IDE3OTUzNDg4NjAsICJqdGkiOiAiMDEyMzQ1Njc4OWFiY2RlZiIsICJwcm9qZWN0cyI6IFsiQUJ\
     DIl19.tfNr3dO5OLsbGzK9WYuujhlzOYoGGe4UQEZoXEDrw75a8aHl7pvoLe1BTb4jzfIDacs2Dzv-Cqokm_HQsXaFsw",
    ),
];

#[test]
fn a_token_signed_elsewhere_is_believed() {
    for (pem, text) in BY_OPENSSL {
        let key = public_key_from_pem(pem).unwrap();
        let claims = issuer(text).unwrap().verify(&key, expected()).unwrap();
        assert_eq!((claims.connector.as_str(), claims.user.as_str()), ("jira-dc", "JIRAUSER10100"));
        assert_eq!(public_key_to_pem(&key), pem);
    }
}

#[test]
fn a_signed_token_is_one_the_daemon_believes() {
    let random = SystemRandom.of_ring();
    let (ed25519, _) = generate_ed25519(&random).unwrap();
    for pem in [ed25519.expose_secret().to_owned(), p256_pem()] {
        let id = new_token_id(&random).unwrap();
        let (connector, user) = (ConnectorId::parse("jira-dc").unwrap(), JiraUser::parse("Ann \"é\"").unwrap());
        let projects = [ProjectKey::parse("ABC").unwrap()];
        let names = UserNames { username: PersonName::parse("ann").ok(), display_name: None };
        let claims = NewClaims {
            connector: &connector,
            user: &user,
            names: &names,
            projects: &projects,
            audience: AUDIENCE,
            token_id: &id,
            issued_at: now(),
            lifetime_s: 300,
        };
        let text = sign(&pem, &claims, &random).unwrap();
        let believed = issuer(&text).unwrap().verify(&public_key_of(&pem, &random).unwrap(), expected()).unwrap();
        assert_eq!(
            (believed.connector, believed.user, believed.token_id),
            (connector.clone(), user.clone(), id.clone())
        );
        assert_eq!((&believed.projects[..], &believed.names), (&projects[..], &names));
        assert_eq!(believed.expires_at.unix_seconds(), now_s() + 300);
        for lifetime_s in [0, 301] {
            let claims = NewClaims { lifetime_s, ..claims.clone() };
            assert_eq!(sign(&pem, &claims, &random), Err(SignError::Lifetime));
        }
    }
}

#[test]
fn a_public_key_is_written_and_read_back() {
    for key in [ed25519().public(), p256().public()] {
        let pem = public_key_to_pem(&key);
        assert!(
            pem.starts_with("-----BEGIN PUBLIC KEY-----\n") && pem.ends_with("\n-----END PUBLIC KEY-----\n"),
            "{pem}"
        );
        assert!(pem.lines().all(|line| line.len() <= 64), "{pem}");
        assert_eq!(public_key_from_pem(&pem), Ok(key.clone()));
        assert_eq!(public_key_from_pem(&format!("for Jira\n{}", pem.replace('\n', "\r\n"))), Ok(key));
    }
}

#[test]
fn a_public_key_of_another_sort_or_length_is_refused() {
    let (ed25519, p256) = (ed25519().public(), p256().public());
    let ed25519_der = [&[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0][..], key_bytes(&ed25519)].concat();
    let x25519_der = [&[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 3, 0x21, 0][..], key_bytes(&ed25519)].concat();
    let compressed = PublicKey::P256([&[2], &key_bytes(&p256)[1..]].concat());
    let unsupported = [
        pem::write("PUBLIC KEY", &x25519_der).to_string(),
        pem::write("PUBLIC KEY", &ed25519_der[..43]).to_string(),
        pem::write("PUBLIC KEY", &[&ed25519_der[..], &[0]].concat()).to_string(),
        pem::write("PUBLIC KEY", &[]).to_string(),
        public_key_to_pem(&compressed),
    ];
    for pem in unsupported {
        assert_eq!(public_key_from_pem(&pem), Err(KeyError::Unsupported), "{pem}");
    }
    let private = p256_pem();
    for text in ["", "ssh-ed25519 AAAA", "-----BEGIN PUBLIC KEY-----\n", &private] {
        assert_eq!(public_key_from_pem(text), Err(KeyError::NotPem("PUBLIC KEY")), "{text}");
    }
    assert_eq!(
        public_key_of(&public_key_to_pem(&ed25519), &SystemRandom.of_ring()),
        Err(KeyError::NotPem("PRIVATE KEY"))
    );
    let nonsense = pem::write("PRIVATE KEY", b"nonsense");
    assert_eq!(public_key_of(&nonsense, &SystemRandom.of_ring()), Err(KeyError::Unsupported));
}

#[test]
fn keys_made_by_openssl_sign_and_verify() {
    let kinds: [(&[&str], &str); 2] = [
        (&["-algorithm", "ed25519"], "EdDSA"),
        (&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "ES256"),
    ];
    for (arguments, algorithm) in kinds {
        let Some(private) = openssl(&[&["genpkey"], arguments].concat(), "") else { return };
        let public = openssl(&["pkey", "-pubout"], &private).unwrap();
        let key = SigningKey::from_pem(&private, &SystemRandom.of_ring()).unwrap();
        assert_eq!(key.algorithm().name(), algorithm);
        assert_eq!(public_key_from_pem(&public), Ok(key.public()));
        assert_eq!(public_key_to_pem(&key.public()), public);
        assert!(verified(&token(&key, &header(&key), &payload()), &key).is_ok());
    }
}

#[test]
fn openssl_reads_the_keys_made_here_and_refuses_none_it_makes() {
    let (private, public) = generate_ed25519(&SystemRandom.of_ring()).unwrap();
    let Some(read) = openssl(&["pkey", "-pubout"], private.expose_secret()) else { return };
    assert_eq!(public_key_from_pem(&read), Ok(public));
    let curves = ["P-384", "secp256k1"].map(|curve| format!("ec_paramgen_curve:{curve}"));
    for curve in curves {
        let private = openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", &curve], "").unwrap();
        let public = openssl(&["pkey", "-pubout"], &private).unwrap();
        assert_eq!(public_key_from_pem(&public), Err(KeyError::Unsupported), "{curve}");
        assert_eq!(public_key_of(&private, &SystemRandom.of_ring()), Err(KeyError::Unsupported), "{curve}");
    }
}

/// What `openssl` prints; None, said aloud, where there is no such program.
fn openssl(arguments: &[&str], input: &str) -> Option<String> {
    let started = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            println!("skipped: openssl cannot be started: {error}");
            return None;
        }
    };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}
