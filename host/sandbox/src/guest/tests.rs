//! Components that take more than they may where Rust cannot say it: each is ended with the name of the limit.

use wasmtime::component::{Component, Linker};

use super::*;

/// What becomes of a component that is made an instance of, and has no more to do than what it does then.
async fn started(limits: Limits, text: &str) -> Option<Exceeded> {
    let engine = Engine::within(Limits { calls: 1, ..limits }).unwrap();
    let component = Component::from_binary(engine.wasmtime(), &wat::parse_str(text).unwrap()).unwrap();
    let whose = Whose { id: "hostile".into(), sha256: "".into() };
    let mut store = Guest::store(&engine, &whose, None);
    let linker = Linker::new(engine.wasmtime());
    let ended = linker.instantiate_async(&mut store, &component).await;
    let exceeded = ended.err().and_then(|error| Exceeded::told_by(&error, &limits));
    drop(store);
    assert_eq!(engine.memory_taken(), 0, "given back");
    exceeded
}

/// A component whose one module does something as it starts.
fn that_starts(declared: &str, code: &str) -> String {
    format!(
        r#"(component
            (core module $m {declared} (func $start {code}) (start $start))
            (core instance (instantiate $m)))"#
    )
}

#[tokio::test]
async fn p1_a_flood_of_table_elements() {
    let grow = |elements: u32| {
        that_starts("(table 0 funcref)", &format!("(drop (table.grow (ref.null func) (i32.const {elements})))"))
    };
    let limits = Limits::default();
    assert_eq!(started(limits, &grow(20_000)).await, None);
    assert_eq!(started(limits, &grow(20_001)).await, Some(Exceeded::Tables(20_000)));
}

#[tokio::test]
async fn p1_a_flood_of_memory_and_of_small_pieces_of_it() {
    let limits = Limits { memory_mib: 8, memory_of_all_mib: 64, ..Limits::default() };
    let grow = |pages: u32| that_starts("(memory 1)", &format!("(drop (memory.grow (i32.const {pages})))"));
    assert_eq!(started(limits, &grow(127)).await, None);
    assert_eq!(started(limits, &grow(128)).await, Some(Exceeded::Memory(8)));
    let by_page = that_starts("(memory 1)", "(loop (drop (memory.grow (i32.const 1))) (br 0))");
    assert_eq!(started(limits, &by_page).await, Some(Exceeded::Memory(8)));
}

#[tokio::test]
async fn p1_a_flood_of_handles() {
    let text = r#"(component
        (type $r (resource (rep i32)))
        (core func $new (canon resource.new $r))
        (core module $m
            (import "" "new" (func $new (param i32) (result i32)))
            (func $start (loop (drop (call $new (i32.const 1))) (br 0)))
            (start $start))
        (core instance (instantiate $m (with "" (instance (export "new" (func $new)))))))"#;
    assert_eq!(started(Limits::default(), text).await, Some(Exceeded::Handles(100)));
}

#[tokio::test]
async fn p1_an_endless_loop() {
    let limits = Limits { cpu_ms: 50, ..Limits::default() };
    assert_eq!(started(limits, &that_starts("", "(loop (br 0))")).await, Some(Exceeded::Cpu(50)));
}

/// What is not needed is not there.
#[test]
fn p1_what_no_provider_needs_is_not_compiled() {
    let engine = Engine::within(Limits { calls: 1, ..Limits::default() }).unwrap();
    for (what, module) in [
        ("SIMD", "(module (func (result v128) (v128.const i64x2 0 0)))"),
        ("64-bit memory", "(module (memory i64 1))"),
        ("several memories", "(module (memory 1) (memory 1))"),
        ("shared memory", "(module (memory 1 1 shared))"),
        ("tail calls", "(module (func (return_call 0)))"),
        ("exceptions", "(module (tag))"),
        ("garbage collection", "(module (type (struct)))"),
        ("typed function references", "(module (func (param (ref null 0))) (type (func)))"),
        (
            "wide arithmetic",
            "(module (func (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1))))",
        ),
    ] {
        let Ok(bytes) = wat::parse_str(format!("(component (core {})", &module[1..])) else {
            panic!("{what} is not written so");
        };
        assert!(Component::from_binary(engine.wasmtime(), &bytes).is_err(), "{what}");
    }
}
