//! Where a master key may come from, and what is refused.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use tempfile::TempDir;

use super::*;
use crate::SystemRandom;

const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F\n";

struct Machine {
    data: TempDir,
    credentials: TempDir,
}

impl Machine {
    fn new() -> Self {
        Self { data: TempDir::new().unwrap(), credentials: TempDir::new().unwrap() }
    }

    fn places(&self) -> KeyPlaces<'_> {
        KeyPlaces {
            named: None,
            credentials_directory: Some(self.credentials.path()),
            data_directory: self.data.path(),
            database_exists: false,
        }
    }

    fn key_file(&self) -> PathBuf {
        self.data.path().join(KEY_FILE_NAME)
    }
}

fn write_file(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn refusal(places: KeyPlaces<'_>) -> String {
    let error = MasterKey::find(places, &SystemRandom).unwrap_err();
    let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[test]
fn the_first_start_makes_a_key_that_the_next_one_finds() {
    let machine = Machine::new();
    let (made, source) = MasterKey::find(machine.places(), &SystemRandom).unwrap();
    assert_eq!(source, KeySource::New(machine.key_file()));
    assert_eq!(machine.key_file().metadata().unwrap().mode() & 0o7777, 0o400);
    assert_eq!(fs::read(machine.key_file()).unwrap().len(), HEX_DIGITS + 1);

    let (found, source) =
        MasterKey::find(KeyPlaces { database_exists: true, ..machine.places() }, &SystemRandom).unwrap();
    assert_eq!(source, KeySource::DataDirectory(machine.key_file()));
    assert_eq!(found.check(), made.check());
}

#[test]
fn s7_what_was_left_half_written_is_no_key_and_in_nobodys_way() {
    let machine = Machine::new();
    let unfinished = machine.key_file().with_extension("unfinished");
    write_file(&unfinished, "0001", 0o400);
    let (made, _) = MasterKey::find(machine.places(), &SystemRandom).unwrap();
    assert!(!unfinished.exists());
    assert_eq!(MasterKey::find(machine.places(), &SystemRandom).unwrap().0.check(), made.check());

    let stuck = Machine::new();
    fs::create_dir(stuck.key_file().with_extension("unfinished")).unwrap();
    let told = refusal(stuck.places());
    assert!(told.contains("cannot be made") && told.contains("its disk to have room"), "{told}");
    assert!(!stuck.key_file().exists(), "no key is there until it is whole");
}

#[test]
fn two_machines_never_make_the_same_key() {
    let make = || MasterKey::find(Machine::new().places(), &SystemRandom).unwrap().0.key_id();
    assert_ne!(make(), make());
}

#[test]
fn a_named_file_comes_before_a_credential_and_a_credential_before_the_data_directory() {
    let machine = Machine::new();
    let named = machine.data.path().join("elsewhere");
    let credential = machine.credentials.path().join(CREDENTIAL_NAME);
    write_file(&machine.key_file(), &"1".repeat(64), 0o400);
    write_file(&credential, &"2".repeat(64), 0o440);
    write_file(&named, HEX, 0o600);

    let with_name = KeyPlaces { named: Some(&named), ..machine.places() };
    let source = |places| MasterKey::find(places, &SystemRandom).unwrap().1;
    assert_eq!(source(with_name), KeySource::Named(named.clone()));
    assert_eq!(source(machine.places()), KeySource::SystemdCredential(credential.clone()));
    fs::remove_file(credential).unwrap();
    assert_eq!(source(machine.places()), KeySource::DataDirectory(machine.key_file()));
}

#[test]
fn s4_a_missing_key_is_named_and_never_replaced() {
    let machine = Machine::new();
    let named = machine.data.path().join("gone");
    assert_eq!(
        refusal(KeyPlaces { named: Some(&named), ..machine.places() }),
        format!(
            "there is no master key at {}: put it there; the first start makes one in the data directory where no other \
             file is named",
            named.display()
        )
    );
    assert_eq!(
        refusal(KeyPlaces { database_exists: true, ..machine.places() }),
        format!(
            "there is a database but no master key at {}: put back the key the database was made with",
            machine.key_file().display()
        )
    );
    assert!(!named.exists() && !machine.key_file().exists());
}

#[test]
fn s4_a_short_long_or_garbled_key_is_refused() {
    let machine = Machine::new();
    let wrong = [
        String::new(),
        HEX[..63].to_owned(),
        format!("{HEX}\n"),
        format!("{HEX}00"),
        HEX.replace('a', "g"),
        format!(" {HEX}"),
        HEX.replace('\n', "\r\n"),
    ];
    for text in wrong {
        write_file(&machine.key_file(), &text, 0o600);
        assert_eq!(
            refusal(machine.places()),
            format!(
                "the master key {} does not hold 64 hexadecimal digits and a newline, and nothing else",
                machine.key_file().display()
            ),
            "{text:?}"
        );
    }
    write_file(&machine.key_file(), HEX.trim_end(), 0o600);
    assert!(MasterKey::find(machine.places(), &SystemRandom).is_ok());
}

#[test]
fn s4_a_key_others_can_read_is_refused_with_the_command_that_mends_it() {
    let machine = Machine::new();
    for mode in [0o404, 0o644, 0o620, 0o601] {
        write_file(&machine.key_file(), HEX, mode);
        let path = machine.key_file();
        let expected = format!(
            "the master key cannot be used: {path} is open to others than its owner (mode {mode:04o}): run `chmod 400 {path}`",
            path = path.display()
        );
        let refusal = refusal(machine.places());
        assert!(refusal.starts_with(&expected), "{refusal}");
    }
    let credential = machine.credentials.path().join(CREDENTIAL_NAME);
    for mode in [0o444, 0o460] {
        write_file(&credential, HEX, mode);
        assert!(refusal(machine.places()).contains("is open to others"));
    }
}

#[test]
fn s4_a_link_is_followed_to_a_key_in_safe_hands_and_to_nothing_else() {
    let machine = Machine::new();
    let real = machine.data.path().join("real");
    symlink(&real, machine.key_file()).unwrap();
    assert!(refusal(machine.places()).contains("leads to nothing"), "and no key is made in its place");
    assert!(!real.exists());
    write_file(&real, HEX, 0o440);
    let (key, source) = MasterKey::find(machine.places(), &SystemRandom).unwrap();
    assert_eq!(source, KeySource::DataDirectory(machine.key_file()));
    fs::set_permissions(&real, Permissions::from_mode(0o444)).unwrap();
    assert!(refusal(machine.places()).contains("(mode 0444)"));
    fs::remove_file(machine.key_file()).unwrap();
    write_file(&machine.key_file(), HEX, 0o400);
    assert_eq!(MasterKey::find(machine.places(), &SystemRandom).unwrap().0.check(), key.check());
    fs::remove_file(machine.key_file()).unwrap();
    fs::create_dir(machine.key_file()).unwrap();
    assert!(refusal(machine.places()).contains("is not a regular file"));
}

#[test]
fn a_key_is_read_as_it_is_written() {
    let machine = Machine::new();
    write_file(&machine.key_file(), HEX, 0o400);
    let (key, _) = MasterKey::find(machine.places(), &SystemRandom).unwrap();
    let copy = machine.data.path().join("copy");
    write_new(&copy, &key).unwrap();
    assert_eq!(fs::read_to_string(copy).unwrap(), HEX.to_lowercase());
}
