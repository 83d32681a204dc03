//! Looking for something in a list of which some entries cannot be read.

use crate::Json;

/// Those of a list's entries that `is_it` says are looked for. One that cannot be read is passed over, for it is no reason to
/// withhold the others; none where nothing is found and such a one `may_be_it`, by what of it can be read: to say that there is
/// no such thing would have it made a second time.
///
/// ```
/// # use countersign_sdk::{Json, look_for};
/// let find = |list: &str, name: &str| {
///     let list = Json::parse(list.as_bytes()).unwrap();
///     let name_of = |entry: &Json| entry.get("name").and_then(Json::as_str).map(str::to_owned);
///     let id = |entry: &Json| match entry.get("id") {
///         Some(Json::Unsigned(id)) => Some((name_of(entry)?, *id)),
///         _ => None,
///     };
///     look_for(list.items(), id, |one| one.0 == name, |entry| name_of(entry).is_none_or(|own| own == name))
/// };
/// let list = r#"[{"name": "a", "id": "odd"}, null, {"name": "b", "id": 2}]"#;
/// assert_eq!(find(list, "b"), Some(vec![("b".to_owned(), 2)]));
/// assert_eq!(find(list, "c"), Some(vec![]));
/// assert_eq!(find(list, "a"), None);
/// ```
pub fn look_for<T>(
    entries: &[Json],
    read: impl Fn(&Json) -> Option<T>,
    is_it: impl Fn(&T) -> bool,
    may_be_it: impl Fn(&Json) -> bool,
) -> Option<Vec<T>> {
    let (mut found, mut is_doubtful) = (Vec::new(), false);
    for entry in entries.iter().filter(|entry| **entry != Json::Null) {
        match read(entry) {
            Some(one) if is_it(&one) => found.push(one),
            Some(_) => {}
            None => is_doubtful |= may_be_it(entry),
        }
    }
    (!found.is_empty() || !is_doubtful).then_some(found)
}
