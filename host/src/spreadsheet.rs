//! Tables for spreadsheets: CSV as RFC 4180 has it, in which no cell is taken for a formula. Names in it come from Jira and
//! git servers, and whoever opens it is an administrator.

use std::borrow::Cow;

use csv::{Terminator, Writer, WriterBuilder};

/// As HTTP names the form. Its characters are UTF-8 where nothing else is said (RFC 7111, section 5.1).
pub const MEDIA_TYPE: &str = "text/csv";

/// What a spreadsheet would take the start of a formula for, or skip in search of one.
/// The full-width ones are taken for the others where such are typed.
const RISKY: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Rows of text, in memory.
pub struct Sheet(Writer<Vec<u8>>);

impl Sheet {
    /// With a row of titles.
    pub fn titled<const N: usize>(titles: [&str; N]) -> Self {
        let mut sheet = Self::untitled();
        sheet.row(titles.map(str::to_owned));
        sheet
    }

    /// For more rows of a sheet that was begun elsewhere.
    pub fn untitled() -> Self {
        Self(WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new()))
    }

    /// As many cells as there are titles.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        let cells = cells.iter().map(|cell| defused(cell));
        self.0.write_record(cells.map(|cell| cell.into_owned())).expect("memory takes rows of one length");
    }

    /// The text, in UTF-8.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner().expect("memory takes everything")
    }
}

/// With an apostrophe in front of what a spreadsheet would compute.
fn defused(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(RISKY) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_quoted_where_they_have_to_be_and_end_as_the_rfc_says() {
        let mut sheet = Sheet::titled(["a", "b"]);
        sheet.row(["plain".into(), String::new()]);
        sheet.row(["with, comma".into(), "with \"quotes\"\r\nand lines".into()]);
        let text = String::from_utf8(sheet.into_bytes()).unwrap();
        assert_eq!(text, "a,b\r\nplain,\r\n\"with, comma\",\"with \"\"quotes\"\"\r\nand lines\"\r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for risky in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1"] {
            let mut sheet = Sheet::untitled();
            sheet.row([risky.into(), format!("x{risky}")]);
            let bytes = sheet.into_bytes();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
            let record = reader.records().next().unwrap().unwrap();
            assert_eq!((&record[0], &record[1]), (&*format!("'{risky}"), &*format!("x{risky}")));
        }
    }
}
