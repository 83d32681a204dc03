//! Every text of the pages that is not somebody else's: in one place, ready for translation.

mod admin;
mod dialogs;
mod fields;
mod tables;
mod tokens;
mod ways;

pub(super) use self::admin::*;
pub(super) use self::dialogs::*;
pub(super) use self::fields::*;
pub(super) use self::tables::*;
pub(super) use self::tokens::*;
pub(super) use self::ways::*;
