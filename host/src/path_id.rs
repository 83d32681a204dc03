//! Ids in a form that survives every path: `~` and base64url, of unreserved characters alone (RFC 3986). Proxies decode `%2F`
//! and take `..` for a step, and then `octo-org/hello-world` is two segments and a branch `a/../b` another one.
//!
//! A segment that begins with `~` is always this form, so that no two ids are one segment.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What the form begins with. Git takes no branch with it.
const MARK: char = '~';

/// The form of an id that goes into a path as it is.
pub(crate) fn path_id(id: &str) -> String {
    format!("{MARK}{}", URL_SAFE_NO_PAD.encode(id))
}

/// The id that a decoded segment of a path stands for; none where it begins as this form does, and is not.
pub(crate) fn id_of(segment: String) -> Option<String> {
    match segment.strip_prefix(MARK) {
        None => Some(segment),
        Some(encoded) => String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a14_every_id_comes_back_byte_for_byte() {
        for id in ["octo-org/hello-world", "", "..", "a%2Fb", "~ann/x", "~", "プロジェクト/é", "?#[]@!$&'()*+,;="]
        {
            let segment = path_id(id);
            let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            assert!(segment.bytes().all(unreserved), "{segment}");
            assert_eq!(id_of(segment).as_deref(), Some(id));
        }
    }

    #[test]
    fn what_is_not_in_this_form_is_taken_as_it_is_and_what_begins_like_it_is_not() {
        for id in ["octo-org/hello-world", "a~b", "YWNtZQ"] {
            assert_eq!(id_of(id.to_owned()).as_deref(), Some(id));
        }
        for wrong in ["~YWNtZQ==", "~a/b", "~YWNtZQ.", "~Y", "~_w", "~YWNtZR"] {
            assert_eq!(id_of(wrong.to_owned()), None, "{wrong}");
        }
    }
}
