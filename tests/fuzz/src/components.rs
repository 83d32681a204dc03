//! Components that are to be providers. Whatever the bytes are: they are loaded or refused, in a time that somebody waits for, and
//! nothing panics.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use sandbox::fuzzing::load;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Resolve, WorldId, WorldItem};

use crate::draw::Draw;

/// How long an intake may take, also on a machine that is busy and where nothing is optimised.
const MOST: Duration = Duration::from_secs(20);
/// Where the description of itself lies in the memory of a provider that is drawn.
const DESCRIPTION: u16 = 1024;

/// The contract, as providers are built against it.
static CONTRACT: LazyLock<(Resolve, WorldId)> = LazyLock::new(|| {
    let text = [
        include_str!("../../../wit/package.wit"),
        include_str!("../../../wit/types.wit"),
        include_str!("../../../wit/lending.wit"),
        include_str!("../../../wit/log.wit"),
        include_str!("../../../wit/provider.wit"),
    ];
    let mut resolve = Resolve::default();
    let package = resolve.push_source("contract.wit", &text.concat()).expect("the contract can be read");
    let world = resolve.select_world(&[package], None).expect("the contract has one world");
    (resolve, world)
});
/// A provider that says what it is, and traps in everything else.
static VALID: LazyLock<Vec<u8>> = LazyLock::new(|| component("", &described(), &format!("(i32.const {DESCRIPTION})")));

/// What the memory of a component may have in it, and code of its own.
const MODULES: [&str; 10] = [
    "(component)",
    "(module)",
    "(component (core module))",
    "(component (component (component)))",
    r#"(component (import "countersign:provider/log@0.3.0" (instance)))"#,
    r#"(component (import "wasi:cli/environment@0.2.0" (instance)))"#,
    r#"(component (import "countersign:provider/lending@0.3.0" (instance (export "credential" (type (sub resource))))))"#,
    r#"(component (core module $m (memory 1) (func $f (loop (br 0))) (start $f)) (core instance (instantiate $m)))"#,
    r#"(component (core module $m (memory 65536)) (core instance (instantiate $m)))"#,
    r#"(component (core module $m (table 10000000 funcref)) (core instance (instantiate $m)) (core instance (instantiate $m)))"#,
];
const CODE: [&str; 14] = [
    "(i32.const 1024)",
    "(i32.const 0)",
    "(i32.const -1)",
    "(i32.const 65535)",
    "(unreachable)",
    "(loop (br 0)) (i32.const 0)",
    "(drop (memory.grow (i32.const 1000))) (i32.const 1024)",
    "(memory.grow (i32.const 1))",
    "(call $describe)",
    "(i32.div_u (i32.const 1) (i32.const 0))",
    "(i32.load (i32.const -4))",
    "(loop (drop (memory.grow (i32.const 1))) (br 0)) (i32.const 0)",
    "(memory.fill (i32.const 0) (i32.const 255) (i32.const 65536)) (i32.const 1024)",
    "(call $cabi_realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1))",
];
const DECLARED: [&str; 6] = [
    "",
    "(table 100000000 funcref)",
    "(global (mut i64) (i64.const 0))",
    "(func $s (loop (br 0))) (start $s)",
    "(func $s unreachable) (start $s)",
    "(memory 1)",
];

/// Panics where the intake does, or where it takes too long.
pub fn target(data: &[u8]) {
    let mut draw = Draw::from(data);
    let bytes = match draw.below(5) {
        0 => draw.rest().to_vec(),
        1 => wat::parse_str(String::from_utf8_lossy(&draw.damaged(draw_one(data).as_bytes()))).unwrap_or_default(),
        2 => draw.damaged(&VALID),
        3 => {
            let memory = draw.damaged(&described());
            component("", &memory, &format!("(i32.const {DESCRIPTION})"))
        }
        _ => {
            let (declared, code) = (*draw.one(&DECLARED), *draw.one(&CODE));
            component(declared, draw.rest(), code)
        }
    };
    expect_bounded(bytes);
}

fn draw_one(data: &[u8]) -> &'static str {
    MODULES[data.len() % MODULES.len()]
}

fn expect_bounded(bytes: Vec<u8>) {
    let is_valid = bytes == *VALID;
    let begun = Instant::now();
    let loaded = load(bytes);
    assert!(begun.elapsed() < MOST, "{:?}", begun.elapsed());
    match loaded {
        Ok(_) => (),
        Err(error) => {
            let mut told = vec![error.to_string()];
            let mut cause = error.source();
            while let Some(error) = cause {
                told.push(error.to_string());
                cause = error.source();
            }
            assert!(!is_valid, "{told:?}");
            assert!(!told.iter().any(|cause| cause.contains("panicked")), "{told:?}");
        }
    }
}

/// A provider by the contract: with something declared, with this in its memory, and with a body for what describes it. Nothing
/// where that is no module.
fn component(declared: &str, memory: &[u8], describe: &str) -> Vec<u8> {
    let (resolve, world) = &*CONTRACT;
    let mut text = format!("(module {declared} (memory (export \"memory\") 1) (data (i32.const {DESCRIPTION}) \"");
    memory.iter().for_each(|byte| write!(text, "\\{byte:02x}").expect("a string takes all"));
    text.push_str(
        "\") (func $cabi_realloc (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (i32.const 32768))",
    );
    for (key, export) in &resolve.worlds[*world].exports {
        let WorldItem::Interface { id, .. } = export else { continue };
        for (name, function) in &resolve.interfaces[*id].functions {
            let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
            let types = |types: &[WasmType]| types.iter().map(|one| core_type(*one)).collect::<Vec<_>>().join(" ");
            let (params, results) = (types(&signature.params), types(&signature.results));
            let (label, body) = if name == "describe" { ("$describe", describe) } else { ("", "(unreachable)") };
            let interface = resolve.name_world_key(key);
            write!(text, "(func {label} (export \"{interface}#{name}\") (param {params}) (result {results}) {body})")
                .expect("a string takes all");
        }
    }
    text.push(')');
    let Ok(mut module) = wat::parse_str(&text) else { return Vec::new() };
    embed_component_metadata(&mut module, resolve, *world, StringEncoding::UTF8).expect("the contract can be embedded");
    let encoded = ComponentEncoder::default().module(&module).and_then(|mut encoder| encoder.encode());
    encoded.unwrap_or_default()
}

fn core_type(one: WasmType) -> &'static str {
    match one {
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
    }
}

/// The least that describes a provider, as it lies in memory from [`DESCRIPTION`] on: the records `description`, `kind` and
/// `field` with their members in order, and behind them the texts; a text or list is where it begins and how long it is.
fn described() -> Vec<u8> {
    const TEXTS: &str = "hostile0.1.0Hostilekindtokenpull request";
    let base = u32::from(DESCRIPTION);
    let (kind, field, texts) = (base + 32, base + 32 + 104, base + 32 + 104 + 48);
    let at = |part: &str| {
        let offset = TEXTS.find(part).expect("is one of them");
        [texts + u32::try_from(offset).expect("is small"), u32::try_from(part.len()).expect("is small")]
    };
    let none = [0, 0];
    let [token, label] = [at("token"), at("kind")];
    let numbers: Vec<u32> = [
        &at("hostile")[..],
        &at("0.1.0"),
        &at("Hostile"),
        &[kind, 1],
        &label,
        &label,
        &none,
        &[field, 1],
        // Bearer, in the room of the largest scheme.
        &[0],
        &token,
        &[0; 5],
        &none,
        &none,
        &at("pull request"),
        // The rules of branches, with two flags in one number, and the limits of texts.
        &[255, 0],
        &[255, 5000],
        // A secret that is required.
        &token,
        &token,
        &none,
        &[1, 2, 0, 0],
        &none,
    ]
    .concat();
    [numbers.iter().flat_map(|number| number.to_le_bytes()).collect(), TEXTS.as_bytes().to_vec()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provider_that_is_damaged_is_one_before() {
        assert!(load(VALID.clone()).is_ok());
    }
}
