//! Lines on standard output: a tick or a cross, who, what, and what was seen. Colours only for a terminal that wants them.

use std::io::{self, IsTerminal as _, Write as _};

/// Width of the column that says who, in characters.
const WHO_CHARS: usize = 14;
/// Width of the column that says what.
const WHAT_CHARS: usize = 44;

#[derive(Debug)]
pub(super) struct Screen {
    colours: bool,
}

impl Screen {
    pub(super) fn of_standard_output() -> Screen {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Screen { colours: io::stdout().is_terminal() && !unwanted }
    }

    /// One or more lines as they are. A reader who went away misses them and nothing else.
    pub(super) fn text(&self, text: &str) {
        let _ = writeln!(io::stdout(), "{text}");
    }

    pub(super) fn heading(&self, text: &str) {
        self.text(&format!("\n{}", self.coloured("1", text)));
    }

    pub(super) fn done(&self, who: &str, what: &str, seen: &str) {
        self.text(&format!("  {} {who:WHO_CHARS$} {what:WHAT_CHARS$} {seen}", self.coloured("32", "✓")));
    }

    /// Steps that were not played, and why.
    pub(super) fn skipped(&self, what: &str, why: &str) {
        self.text(&format!("  - skipped: {what}, because {why}"));
    }

    pub(super) fn failed(&self, who: &str, what: &str, expected: &str, came: &str) {
        self.text(&format!("  {} {who:WHO_CHARS$} {what}", self.coloured("31", "✗")));
        self.text(&format!("      expected  {expected}\n      came      {came}"));
    }

    fn coloured(&self, code: &str, text: &str) -> String {
        if self.colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
