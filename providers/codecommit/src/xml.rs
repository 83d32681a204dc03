//! As much XML as the answers of AWS need: the text of the first element of a name, without attributes, and the name of
//! the outermost one.
//!
//! It must not be used for anything nested or repeated.

use countersign_sdk::html;

/// The text within `<name>…</name>`, with the predefined entities resolved; none where there is no such element.
pub fn text_of(document: &str, name: &str) -> Option<String> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(html::decoded(text.trim()))
}

/// The name of the outermost element; none where the document is no XML.
pub fn root_of(document: &str) -> Option<&str> {
    let document = document.trim_start();
    let after_declaration = document.strip_prefix("<?").and_then(|rest| rest.split_once("?>")).map(|(_, rest)| rest);
    let name = after_declaration.unwrap_or(document).trim_start().strip_prefix('<')?;
    name.split(|char: char| !char.is_ascii_alphanumeric()).next()
}
