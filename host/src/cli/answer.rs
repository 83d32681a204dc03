//! What a command prints: a text for people and a JSON document for programs, made together so that neither can say less.

use std::fmt::{self, Write as _};
use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

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
}

impl Answer {
    /// `text` without a newline at its end.
    pub(super) fn new(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json: Some(json), is_well: true }
    }

    /// Everything is printed already.
    pub(super) fn printed() -> Self {
        Self { text: String::new(), json: None, is_well: true }
    }

    /// The exit status says whether all is well; the answer is printed all the same.
    pub(super) fn verdict(text: impl Into<String>, json: Value, is_well: bool) -> Self {
        Self { is_well, ..Self::new(text, json) }
    }

    /// The exit status, or why it could not be printed.
    pub(super) fn print(self, format: Format) -> io::Result<ExitCode> {
        let text = match format {
            Format::Table => self.text,
            Format::Json => self.json.map(|json| format!("{json:#}")).unwrap_or_default(),
        };
        let printed = if text.is_empty() { Ok(()) } else { writeln!(io::stdout(), "{text}") };
        match printed {
            // Whoever reads has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
            Err(error) => Err(error),
            Ok(()) if self.is_well => Ok(ExitCode::SUCCESS),
            Ok(()) => Ok(ExitCode::FAILURE),
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

    #[test]
    fn columns_are_aligned_and_nothing_moves_the_cursor() {
        let mut table = Table::new(["ID", "NAME"]);
        table.row(["a-long-id".into(), "é".into()]);
        table.row(["b".into(), "x\u{1b}[2J\n\u{202e}y".into()]);
        assert_eq!(table.to_string(), "ID         NAME\na-long-id  é\nb          x\\u{1b}[2J\\u{a}\\u{202e}y");
    }
}
