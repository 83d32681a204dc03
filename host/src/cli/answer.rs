//! What a command prints: a text for people and a JSON document for programs, made together so that neither can say less.

use std::fmt::{self, Write as _};
use std::io::{self, ErrorKind};
use std::process::ExitCode;

use anyhow::Context as _;
use serde::Serialize;
use serde_json::Value;

use super::shown::shown;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum Format {
    // Text and aligned columns, for people.
    #[default]
    Table,
    // One JSON document, for programs.
    Json,
}

impl Format {
    /// As `--output` takes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Json => "json",
        }
    }
}

/// A command's answer.
#[derive(Debug)]
pub(super) struct Answer {
    text: String,
    json: Option<Value>,
    /// Whether what was looked at is as it should be.
    is_well: bool,
    /// What there is now, where whoever does not get the answer has to know.
    made: Option<String>,
}

impl Answer {
    /// `text` without a newline at its end.
    pub(super) fn new(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json: Some(json), is_well: true, made: None }
    }

    /// Everything is printed already.
    pub(super) fn printed() -> Self {
        Self { text: String::new(), json: None, is_well: true, made: None }
    }

    /// The exit status says whether all is well; the answer is printed all the same.
    pub(super) fn verdict(text: impl Into<String>, json: Value, is_well: bool) -> Self {
        Self { is_well, ..Self::new(text, json) }
    }

    /// The answer shows a secret that nobody can ask for again. `made` says which, and what to do where it could not be shown.
    pub(super) fn once(text: impl Into<String>, json: Value, made: impl Into<String>) -> Self {
        Self { made: Some(made.into()), ..Self::new(text, json) }
    }

    /// The exit status, or why it could not be printed.
    pub(super) fn print(self, format: Format) -> anyhow::Result<ExitCode> {
        self.write(format, io::stdout())
    }

    fn write(self, format: Format, mut to: impl io::Write) -> anyhow::Result<ExitCode> {
        let text = match format {
            Format::Table => self.text,
            Format::Json => self.json.map(|json| format!("{json:#}")).unwrap_or_default(),
        };
        let printed = if text.is_empty() { Ok(()) } else { writeln!(to, "{text}").and_then(|()| to.flush()) };
        match (printed, self.made) {
            (Err(error), Some(made)) => Err(error).context(format!("it cannot be shown, and {made}")),
            // Whoever reads has seen enough.
            (Err(error), None) if error.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
            (Err(error), None) => Err(error).context("the answer cannot be printed"),
            (Ok(()), _) if self.is_well => Ok(ExitCode::SUCCESS),
            (Ok(()), _) => Ok(ExitCode::FAILURE),
        }
    }
}

/// Columns of equal width, two spaces apart.
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new<const N: usize>(titles: [&str; N]) -> Self {
        Self { rows: vec![titles.map(str::to_owned).into()] }
    }

    /// As many cells as there are titles.
    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.map(|cell| shown(&cell)).into());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows[0].len();
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (index, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                write!(line, "{cell:width$}  ")?;
            }
            let end = if index == 0 { "" } else { "\n" };
            write!(f, "{end}{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// The same document that the API answers.
pub(super) fn document(view: &impl Serialize) -> Value {
    serde_json::to_value(view).expect("views are texts, numbers and lists")
}

/// `-` for what there is none of.
pub(super) fn or_dash(text: Option<impl fmt::Display>) -> String {
    text.map_or_else(|| "-".to_owned(), |text| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes nothing.
    struct Full(ErrorKind);

    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_secret_that_reached_nobody_is_told_without_it_whoever_stopped_reading() {
        for kind in [ErrorKind::StorageFull, ErrorKind::BrokenPipe] {
            let answer = Answer::once("s3cret", Value::Null, "the token labelled x was made");
            let error = format!("{:#}", answer.write(Format::Table, Full(kind)).unwrap_err());
            assert!(error.starts_with("it cannot be shown, and the token labelled x was made: "), "{error}");
            assert!(!error.contains("s3cret"));
        }
        let seen_enough = Answer::new("rows", Value::Null).write(Format::Table, Full(ErrorKind::BrokenPipe));
        assert!(seen_enough.is_ok());
        assert!(Answer::new("rows", Value::Null).write(Format::Table, Full(ErrorKind::StorageFull)).is_err());
    }

    #[test]
    fn columns_are_aligned_and_nothing_moves_the_cursor() {
        let mut table = Table::new(["ID", "NAME"]);
        table.row(["a-long-id".into(), "é".into()]);
        table.row(["b".into(), "x\u{1b}[2J\n\u{202e}y".into()]);
        assert_eq!(table.to_string(), "ID         NAME\na-long-id  é\nb          x\\u{1b}[2J\\u{a}\\u{202e}y");
    }
}
