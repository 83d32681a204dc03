//! Reading the server's answers: members of objects, and lists.
//!
//! What they mean is for the resources.

use countersign_sdk::types::Failure;
use countersign_sdk::{Json, Reply};

/// The items of a list, which come wrapped: `{"count": 2, "value": […]}`. Entries that are null are passed over.
///
/// # Errors
/// As [`Reply::json`], where there is no list or `read` does not take an item; `expected` names the list.
pub fn items<T>(reply: &Reply, expected: &str, mut read: impl FnMut(&Json) -> Option<T>) -> Result<Vec<T>, Failure> {
    // Repositories, and references of old servers, come all at once: thousands of them.
    let read = |item: &Json| if *item == Json::Null { Some(None) } else { read(item).map(Some) };
    Ok(reply.list("value", expected, read)?.into_iter().flatten().collect())
}

/// A text member of an object; none where it is empty.
pub fn text<'a>(object: &'a Json, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// Whether a member of an object is `true`; false where it is missing.
pub fn is_set(object: &Json, name: &str) -> bool {
    matches!(object.get(name), Some(Json::Bool(true)))
}

/// A property of a person, which is `{"$type": "System.String", "$value": …}`.
pub fn property<'a>(person: &'a Json, name: &str) -> Option<&'a str> {
    text(person.get("properties")?.get(name)?, "$value")
}
