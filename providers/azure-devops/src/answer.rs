//! Reading the server's answers: members of objects, and lists.
//!
//! What they mean is for the resources.

use countersign_sdk::types::Failure;
use countersign_sdk::{Json, Reply};

/// The items of a list, which come wrapped: `{"count": 2, "value": […]}`. Entries that are null are passed over.
///
/// # Errors
/// As [`Reply::json`], where there is no list or `read` does not take an item; `expected` names the list.
pub fn items<T>(reply: &Reply, expected: &str, read: impl Fn(&Json) -> Option<T>) -> Result<Vec<T>, Failure> {
    let body = reply.tree();
    let Some(Json::List(list)) = body.as_ref().and_then(|body| body.get("value")) else {
        return Err(reply.unreadable(expected));
    };
    let items = list.iter().filter(|item| !matches!(item, Json::Null)).map(read);
    items.collect::<Option<_>>().ok_or_else(|| reply.unreadable(expected))
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
