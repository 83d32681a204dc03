//! Counters for operators, in the Prometheus text format. Labels come from small closed sets, never from requests.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sandbox::Exceedings;

/// Upper bounds of the buckets for the duration of an operation, in seconds.
const BUCKETS_SECONDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

type Labels = Vec<(&'static str, String)>;

/// What was counted since the daemon started.
#[derive(Debug, Default)]
pub struct Metrics {
    counters: Mutex<BTreeMap<(&'static str, Labels), u64>>,
    durations: Mutex<BTreeMap<&'static str, Durations>>,
}

/// What is counted where it happens.
#[derive(Debug, Default)]
pub struct Counted {
    /// Credentials opened so far, users' and integrations'.
    pub unseals: (u64, u64),
    /// Limits that providers went over.
    pub exceeded: Exceedings,
    /// Linear memory of all calls that are under way.
    pub memory_bytes: u64,
}

#[derive(Debug, Default)]
struct Durations {
    buckets: [u64; BUCKETS_SECONDS.len()],
    count: u64,
    sum_seconds: f64,
}

/// Name and help of every counter.
const COUNTERS: [(&str, &str); 3] = [
    ("countersign_operations_total", "Operations asked of git servers, by operation and result."),
    ("countersign_denials_total", "Operations the policy refused, by reason."),
    ("countersign_http_requests_total", "Requests answered, by status."),
];
const DURATION: &str = "countersign_operation_seconds";

impl Metrics {
    /// An operation has ended. `result` is `done` or another word for what came of it, or the code of an error.
    pub fn operation(&self, operation: &'static str, result: &str, took: Duration) {
        self.count("countersign_operations_total", vec![("operation", operation.into()), ("result", result.into())]);
        let mut durations = self.durations.lock().unwrap_or_else(PoisonError::into_inner);
        let durations = durations.entry(operation).or_default();
        let seconds = took.as_secs_f64();
        for (bucket, bound) in durations.buckets.iter_mut().zip(BUCKETS_SECONDS) {
            *bucket += u64::from(seconds <= bound);
        }
        durations.count += 1;
        durations.sum_seconds += seconds;
    }

    /// The policy refused one. `code` is [`Denial::code`](model::policy::Denial::code).
    pub fn denial(&self, code: &'static str) {
        self.count("countersign_denials_total", vec![("reason", code.into())]);
    }

    /// A request was answered, by a page or by the API.
    pub fn request(&self, status: u16) {
        self.count("countersign_http_requests_total", vec![("status", status.to_string())]);
    }

    fn count(&self, name: &'static str, labels: Labels) {
        *self.counters.lock().unwrap_or_else(PoisonError::into_inner).entry((name, labels)).or_default() += 1;
    }

    /// The text a scraper reads.
    pub fn render(&self, counted: &Counted) -> String {
        let mut text = String::new();
        let counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, help) in COUNTERS {
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter");
            for ((_, labels), value) in counters.iter().filter(|((of, _), _)| *of == name) {
                let labels: Vec<String> = labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
                let _ = writeln!(text, "{name}{{{}}} {value}", labels.join(","));
            }
        }
        let name = "countersign_unseals_total";
        let _ = writeln!(text, "# HELP {name} Stored credentials opened, by whose they are.\n# TYPE {name} counter");
        let (of_users, of_integrations) = counted.unseals;
        let _ =
            writeln!(text, "{name}{{whose=\"user\"}} {of_users}\n{name}{{whose=\"integration\"}} {of_integrations}");
        let name = "countersign_limits_exceeded_total";
        let help = "Times that a call of a provider went over a limit, by provider and limit, or trapped.";
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter");
        for ((provider, limit), count) in &counted.exceeded {
            let _ = writeln!(text, "{name}{{provider=\"{provider}\",limit=\"{limit}\"}} {count}");
        }
        let name = "countersign_calls_memory_bytes";
        let _ = writeln!(text, "# HELP {name} Linear memory that calls of providers have now.\n# TYPE {name} gauge");
        let _ = writeln!(text, "{name} {}", counted.memory_bytes);
        self.render_durations(&mut text);
        text
    }

    fn render_durations(&self, text: &mut String) {
        let _ = writeln!(
            text,
            "# HELP {DURATION} Time of an operation, the git server included.\n# TYPE {DURATION} histogram"
        );
        let durations = self.durations.lock().unwrap_or_else(PoisonError::into_inner);
        for (operation, durations) in durations.iter() {
            let label = format!("operation=\"{operation}\"");
            for (bound, count) in BUCKETS_SECONDS.iter().zip(durations.buckets) {
                let _ = writeln!(text, "{DURATION}_bucket{{{label},le=\"{bound}\"}} {count}");
            }
            let (count, sum) = (durations.count, durations.sum_seconds);
            let _ = writeln!(text, "{DURATION}_bucket{{{label},le=\"+Inf\"}} {count}");
            let _ = writeln!(text, "{DURATION}_sum{{{label}}} {sum}\n{DURATION}_count{{{label}}} {count}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_shown() {
        let metrics = Metrics::default();
        metrics.operation("branch.create", "done", Duration::from_millis(30));
        metrics.denial("user-pat-required");
        let exceeded = BTreeMap::from([(("git".into(), "cpu_ms"), 3)]);
        let text = metrics.render(&Counted { unseals: (2, 1), exceeded, memory_bytes: 7 });
        for line in [
            r#"countersign_operations_total{operation="branch.create",result="done"} 1"#,
            r#"countersign_denials_total{reason="user-pat-required"} 1"#,
            r#"countersign_unseals_total{whose="integration"} 1"#,
            r#"countersign_limits_exceeded_total{provider="git",limit="cpu_ms"} 3"#,
            "countersign_calls_memory_bytes 7",
            r#"countersign_operation_seconds_bucket{operation="branch.create",le="0.025"} 0"#,
            r#"countersign_operation_seconds_bucket{operation="branch.create",le="0.05"} 1"#,
            r#"countersign_operation_seconds_count{operation="branch.create"} 1"#,
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
        }
    }
}
