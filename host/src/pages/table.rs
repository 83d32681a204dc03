//! Tables: one look for all. Where there is no room for columns, each row becomes a list of labels and values; what assistive
//! technology is told stays a table, whatever it looks like.

use maud::{Markup, html};

/// What a column is called.
pub(super) enum Heading<'a> {
    Text(&'a str),
    /// For ears alone: the eye needs none.
    Unseen(&'a str),
    /// Short for the eye, and what it means.
    Short(&'a str, &'a str),
}

/// What a cell is to its row.
pub(super) enum Cell {
    /// Names it.
    Name(Markup),
    Text(Markup),
    /// A button in front of the name.
    Mark(Markup),
    /// What can be done with it.
    Deeds(Markup),
    /// Takes the place of all that are left.
    Rest(Markup),
}

impl<'a> Heading<'a> {
    /// As it is shown beside a value.
    fn text(&self) -> &'a str {
        match self {
            Heading::Text(text) | Heading::Unseen(text) | Heading::Short(text, _) => text,
        }
    }

    fn markup(&self) -> Markup {
        html! {
            th role="columnheader" scope="col" {
                @match self {
                    Heading::Text(text) => (text),
                    Heading::Unseen(text) => span .hidden { (text) },
                    Heading::Short(text, meaning) => abbr title=(meaning) { (text) },
                }
            }
        }
    }
}

/// A table with a name for those who cannot see where it stands.
pub(super) fn table(name: &str, columns: &[Heading<'_>], rows: impl IntoIterator<Item = Vec<Cell>>) -> Markup {
    html! {
        div .scroll role="region" aria-label=(name) tabindex="0" {
            table role="table" {
                thead role="rowgroup" { tr role="row" { @for heading in columns { (heading.markup()) } } }
                tbody role="rowgroup" {
                    @for cells in rows {
                        tr role="row" {
                            @for (index, cell) in cells.iter().enumerate() { (cell.markup(columns, index)) }
                        }
                    }
                }
            }
        }
    }
}

/// The same, where all columns are called by a text that is seen.
pub(super) fn plain(name: &str, columns: &[&str], rows: impl IntoIterator<Item = Vec<Cell>>) -> Markup {
    let columns: Vec<_> = columns.iter().map(|text| Heading::Text(text)).collect();
    table(name, &columns, rows)
}

impl Cell {
    fn markup(&self, columns: &[Heading<'_>], index: usize) -> Markup {
        let label = columns.get(index).map(Heading::text);
        html! {
            @match self {
                Cell::Name(name) => th role="rowheader" scope="row" { (name) },
                // Nothing has no label.
                Cell::Text(text) | Cell::Deeds(text) if text.0.is_empty() => td role="cell" {},
                Cell::Text(text) => td role="cell" data-label=[label] { div { (text) } },
                Cell::Mark(mark) => td .before role="cell" { (mark) },
                Cell::Deeds(deeds) => td role="cell" { div .actions { (deeds) } },
                Cell::Rest(text) => td role="cell" colspan=(columns.len().saturating_sub(index)) { (text) },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_the_label_of_its_column_and_every_cell_its_role() {
        let text = |text: &str| Cell::Text(html! { (text) });
        let rows = [
            vec![Cell::Name(html! { "Acme" }), text("ann"), text(""), Cell::Deeds(html! { "Edit" })],
            vec![Cell::Name(html! { "Old" }), Cell::Rest(html! { "has none" })],
        ];
        let shown = plain("Tokens", &["Integration", "Account", "Expiry", "Actions"], rows).into_string();
        for expected in [
            "<td role=\"cell\" data-label=\"Account\"><div>ann</div></td><td role=\"cell\"></td>",
            "<th role=\"rowheader\" scope=\"row\">Old</th><td role=\"cell\" colspan=\"3\">has none</td>",
            "<th role=\"columnheader\" scope=\"col\">Expiry</th>",
        ] {
            assert!(shown.contains(expected), "{expected} is not in {shown}");
        }
        assert!(!shown.contains("data-label=\"Actions\"") && !shown.contains("data-label=\"Expiry\""), "{shown}");
    }
}
