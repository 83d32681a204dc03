//! The results as tables that can be quoted: every line says what is compared with what, or with which goal.

mod pages;

use std::fmt::Write as _;
use std::time::Duration;
use std::{env, fs, slice, thread};

use super::create_branch::{Calls, Operations, Round};
use super::instances::Instances;
use super::loading::Loading;
use super::pages::Pages;
use super::samples::{Ratio, Samples, median, milliseconds};

/// The day of the run, where the report is to say it.
const DATE_VARIABLE: &str = "COUNTERSIGN_BENCH_DATE";

pub(super) struct Results {
    pub(super) component_bytes: usize,
    pub(super) instances: Instances,
    pub(super) loading: Loading,
    pub(super) call: Calls,
    pub(super) operations: Vec<Operations>,
    pub(super) pages: Pages,
}

/// One line of the table.
struct Line {
    what: String,
    ours: String,
    other: String,
    ratio: String,
    goal: &'static str,
}

pub(super) fn render(results: &Results) -> String {
    let mut text = heading(results);
    text.push_str("\n\n| measured | Countersign | compared with | ratio | goal |\n|---|---|---|---|---|\n");
    let lines = [
        instances(&results.instances),
        vec![call(&results.call)],
        results.operations.iter().flat_map(operations).collect(),
        loading(results),
    ];
    for line in lines.iter().flatten() {
        let Line { what, ours, other, ratio, goal } = line;
        let _ = writeln!(text, "| {what} | {ours} | {other} | {ratio} | {goal} |");
    }
    text.push_str(
        "\nMedians of all calls; ratios are medians of neighbouring rounds, with the least and the greatest.\n\n",
    );
    text.push_str(&pages::render(&results.pages));
    text
}

fn heading(results: &Results) -> String {
    let date = env::var(DATE_VARIABLE).map(|date| format!("{date}, ")).unwrap_or_default();
    let cores = thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{date}{}, {cores} cores, {}. GitHub provider, a component of {}, against the same code linked natively; the git \
         server is a stand-in on loopback that answers at once, in the same process.",
        cpu_model(),
        env::consts::OS,
        kilobytes(results.component_bytes),
    )
}

fn instances(found: &Instances) -> Vec<Line> {
    let line = |what: &str, other: &[Samples], how: &str, goal| Line {
        what: what.into(),
        ours: in_microseconds(&found.host),
        other: format!("{} {how}", in_microseconds(other)),
        ratio: ratio(Ratio::of_medians(&found.host, other)),
        goal,
    };
    vec![
        line(
            "fresh instance, one call with a credential lent, drop",
            &found.bare_awaited,
            "bare wasmtime, awaited",
            "≤ 1.3, ≤ 15 µs",
        ),
        line("the same", &found.bare_synchronous, "bare wasmtime, synchronous", ""),
        line("the same", &found.bare_kept, "the call alone, on a kept instance", ""),
    ]
}

fn call(found: &Calls) -> Line {
    Line {
        what: "provider call: create a branch, two requests".into(),
        ours: in_microseconds(&found.sandboxed),
        other: format!("{} native", in_microseconds(&found.native)),
        ratio: ratio(Ratio::of_medians(&found.sandboxed, &found.native)),
        goal: "",
    }
}

fn operations(found: &Operations) -> [Line; 2] {
    let rate = |rounds: &[Round]| {
        let mut rates: Vec<f64> = rounds.iter().map(|round| round.per_second).collect();
        rates.sort_unstable_by(f64::total_cmp);
        format!("{:.0}/s", median(&rates))
    };
    let latency = |rounds: &[Round]| {
        let mut all = Samples::default();
        rounds.iter().for_each(|round| all.append(round.latencies.clone()));
        all.spread()
    };
    let rates = found.sandboxed.iter().zip(&found.native).map(|(one, other)| (one.per_second, other.per_second));
    let medians = |rounds: &[Round]| rounds.iter().map(|round| round.latencies.clone()).collect::<Vec<_>>();
    let users = match found.users {
        1 => "1 user".to_owned(),
        users => format!("{users} users at once"),
    };
    let (users, goal) = match found.answer_time {
        Duration::ZERO => (users, "≥ 0.95"),
        wait => (format!("{users}, git server answers after {} ms", wait.as_millis()), ""),
    };
    [
        Line {
            what: format!("operation: create a branch, {users}, throughput"),
            ours: rate(&found.sandboxed),
            other: format!("{} native", rate(&found.native)),
            ratio: ratio(Ratio::of(rates)),
            goal,
        },
        Line {
            what: format!("operation: create a branch, {users}, p50 / p99"),
            ours: latency(&found.sandboxed),
            other: format!("{} native", latency(&found.native)),
            ratio: ratio(Ratio::of_medians(&medians(&found.sandboxed), &medians(&found.native))),
            goal: "",
        },
    ]
}

fn loading(results: &Results) -> Vec<Line> {
    let found = &results.loading;
    let of_one =
        |one: &Samples, other: &Samples| ratio(Ratio::of_medians(slice::from_ref(one), slice::from_ref(other)));
    vec![
        Line {
            what: "component to provider: check, compile, link, describe".into(),
            ours: milliseconds(found.provider.median()),
            other: format!("{} compiling by bare wasmtime", milliseconds(found.compile.median())),
            ratio: of_one(&found.provider, &found.compile),
            goal: "",
        },
        Line {
            what: format!("loading compiled code, {}", kilobytes(found.compiled_bytes)),
            ours: "not done".into(),
            other: format!("{} by bare wasmtime", milliseconds(found.deserialize.median())),
            ratio: String::new(),
            goal: "",
        },
    ]
}

/// The middle of all calls, and the 99th percentile.
fn in_microseconds(rounds: &[Samples]) -> String {
    let mut all = Samples::default();
    rounds.iter().for_each(|round| all.append(round.clone()));
    let microseconds = |duration: Duration| duration.as_nanos() as f64 / 1e3;
    format!("{:.1} µs (p99 {:.0})", microseconds(all.median()), microseconds(all.percentile(99)))
}

fn kilobytes(bytes: usize) -> String {
    format!("{} KB", bytes.div_ceil(1000))
}

fn ratio(ratio: Ratio) -> String {
    if ratio.least == ratio.greatest {
        format!("{:.2}", ratio.median)
    } else {
        format!("{:.2} ({:.2}–{:.2})", ratio.median, ratio.least, ratio.greatest)
    }
}

fn cpu_model() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map_or_else(|| env::consts::ARCH.to_owned(), |(_, model)| model.trim().to_owned())
}
