//! An error with what is behind it, on one line: for logs, and for administrators.

use std::error::Error;

/// `what: why: why that`.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text += &format!(": {cause}");
        next = cause.source();
    }
    text
}
