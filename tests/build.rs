//! Names the tests there have to be: one for each hostile guest, called as it is.

use std::path::Path;
use std::{env, fs};

const GUESTS: &str = "guests/examples";

fn main() {
    println!("cargo::rerun-if-changed={GUESTS}");
    let files = fs::read_dir(GUESTS).expect("the guests are beside this file");
    let stem = |file: fs::DirEntry| file.path().file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut names: Vec<String> = files.filter_map(|file| stem(file.ok()?)).collect();
    names.sort();
    let tests: String = names.iter().map(|name| format!("    crate::{name},\n")).collect();
    let list: String = names.iter().map(|name| format!("    {name:?},\n")).collect();
    let text = format!(
        "/// A guest without a test of its name does not get beyond this.\n\
         const _: [fn(); {many}] = [\n{tests}];\n\
         /// All of them.\n\
         const GUESTS: [&str; {many}] = [\n{list}];\n",
        many = names.len()
    );
    let out = env::var_os("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&out).join("guests.rs"), text).expect("there is room");
}
