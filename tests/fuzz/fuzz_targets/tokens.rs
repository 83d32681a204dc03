#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| countersign_fuzz::tokens::target(data));

#[cfg(not(fuzzing))]
fn main() {}
