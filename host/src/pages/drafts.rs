//! What is kept of a form that was not sent off, and what new there is in the form when it comes again.

use std::collections::BTreeMap;

/// Field with the repository that was chosen.
pub(super) const REPOSITORY: &str = "repository";
/// Fields that mean something for one repository alone.
const OF_A_REPOSITORY: [&str; 3] = ["from", "source", "target"];

/// What is kept, with what is typed now. Of another repository, branches are others: those of before are not kept.
pub(super) fn merged(mut kept: BTreeMap<String, String>, typed: BTreeMap<String, String>) -> BTreeMap<String, String> {
    if typed.get(REPOSITORY).is_some_and(|chosen| kept.get(REPOSITORY) != Some(chosen)) {
        kept.retain(|name, _| !OF_A_REPOSITORY.contains(&name.as_str()));
    }
    kept.extend(typed);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kept: &[(&str, &str)], typed: &[(&str, &str)], expected: &[(&str, &str)]) {
        let map = |fields: &[(&str, &str)]| {
            fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect::<BTreeMap<_, _>>()
        };
        assert_eq!(merged(map(kept), map(typed)), map(expected));
    }

    #[test]
    fn u8_nothing_that_was_typed_is_lost_but_the_branches_of_another_repository() {
        let first = [("repository", "main a"), ("from", "develop"), ("name", "ABC-1")];
        check(&first, &[], &first);
        check(&first, &[("name", "ABC-2")], &[("repository", "main a"), ("from", "develop"), ("name", "ABC-2")]);
        check(&first, &[("repository", "main a")], &first);
        check(&first, &[("repository", "main b")], &[("repository", "main b"), ("name", "ABC-1")]);
        // The repository was chosen by the link, and nothing is kept yet.
        check(&[], &first, &first);
        check(&[("name", "ABC-1")], &first, &first);
    }
}
