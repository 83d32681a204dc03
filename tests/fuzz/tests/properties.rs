//! The fuzz targets on stable Rust: every input that was kept, and some thousands that are drawn, the same in every run.

use std::any::Any;
use std::panic::catch_unwind;
use std::path::Path;
use std::{fs, io};

use countersign_fuzz::{TARGETS, Target};

/// Drawn for each target that takes microseconds: a second or so in all.
const CASES: u64 = 20_000;
/// Drawn for the redactor, which is given a thousand bytes or so to read in several ways: a few seconds.
const TEXTS: u64 = 2_000;
/// Drawn for the intake of components, each of which is compiled: a few seconds.
const COMPONENTS: u64 = 400;
/// Longest input that is drawn, in bytes.
const MAX_BYTES: u64 = 300;

/// Numbers as a machine draws them (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.next() % (MAX_BYTES + 1);
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

fn expect_holds((name, target): Target, input: &[u8]) {
    if let Err(panic) = catch_unwind(|| target(input)) {
        let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
        panic!("{name}, of the input {hex}: {}", words(&*panic));
    }
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked")
}

fn holds_for_what_is_drawn(name: &str, cases: u64) {
    let target = *TARGETS.iter().find(|(other, _)| *other == name).expect("is a target");
    for case in 0..cases {
        expect_holds(target, &Numbers(case).bytes());
    }
}

#[test]
fn a_component_is_loaded_or_refused_and_nobody_waits_long() {
    holds_for_what_is_drawn("components", COMPONENTS);
}

#[test]
fn what_is_taken_for_a_token_can_be_seen_and_sent() {
    holds_for_what_is_drawn("fields", CASES);
}

#[test]
fn a_provider_sets_no_header_that_is_the_hosts_and_no_second_line() {
    holds_for_what_is_drawn("headers", CASES);
}

#[test]
fn a_request_leads_to_an_origin_of_the_integration_and_asks_what_it_says() {
    holds_for_what_is_drawn("judge", CASES);
}

#[test]
fn a_secret_is_taken_out_and_nothing_else_is() {
    holds_for_what_is_drawn("redactor", TEXTS);
}

#[test]
fn what_the_sdk_writes_is_sent_as_it_was_meant() {
    holds_for_what_is_drawn("sdk_urls", CASES);
}

#[test]
fn a_token_is_believed_where_the_key_signed_it_and_within_its_bounds() {
    holds_for_what_is_drawn("tokens", CASES);
}

#[test]
fn what_was_found_once_stays_mended() -> io::Result<()> {
    for target in TARGETS {
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus-kept").join(target.0);
        let entries = if kept.is_dir() { fs::read_dir(kept)?.collect::<io::Result<Vec<_>>>()? } else { Vec::new() };
        for entry in entries {
            expect_holds(target, &fs::read(entry.path())?);
        }
    }
    Ok(())
}
