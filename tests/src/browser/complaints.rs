//! What pages complain of on their console: errors of their scripts, and whatever their Content-Security-Policy stopped.

use serde_json::Value;

/// Errors among the entries of the console. `pages` are the addresses that are open.
pub(super) fn among(entries: &Value, pages: &[Value]) -> Vec<String> {
    let entries = entries.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |entry: &Value, member: &str| entry[member].as_str().unwrap_or_default().to_owned();
    let errors = entries.iter().filter(|entry| entry["level"] == "SEVERE");
    errors
        .map(|entry| (text(entry, "source"), text(entry, "message")))
        .filter(|(source, message)| source != "network" || !is_of_a_page(message, pages))
        .map(|(source, message)| format!("{source}: {message}"))
        .collect()
}

/// Asked for by browsers on their own, where no page names an icon.
const ICON: &str = "/favicon.ico";

/// A page that was answered with 404 or 422 is a page all the same; a stylesheet that was is none.
fn is_of_a_page(message: &str, pages: &[Value]) -> bool {
    let address = message.split(' ').next().unwrap_or_default();
    address.ends_with(ICON)
        || pages.iter().filter_map(Value::as_str).any(|page| page.split('#').next() == Some(address))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_policy_stopped_is_a_complaint_and_the_status_of_the_page_is_none() {
        let entry =
            |level: &str, source: &str, message: &str| json!({ "level": level, "source": source, "message": message });
        let failed = "Failed to load resource: the server responded with a status of 422 ()";
        let entries = json!([
            entry("SEVERE", "network", &format!("https://a.example/setup - {failed}")),
            entry("SEVERE", "network", &format!("https://a.example/favicon.ico - {failed}")),
            entry("SEVERE", "network", &format!("https://a.example/style.css - {failed}")),
            entry("SEVERE", "security", "https://a.example/setup - Refused to load the image"),
            entry("INFO", "console-api", "hello"),
        ]);
        let found = among(&entries, &[json!("https://a.example/setup#top")]);
        assert!(found.len() == 2 && found[0].contains("style.css") && found[1].starts_with("security"), "{found:?}");
    }
}
