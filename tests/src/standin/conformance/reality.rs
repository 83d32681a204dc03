//! Where a vendor's own server is known to leave its official description: data, each entry with its reason.

use serde_json::Value;

/// All that is known of one kind. Paths here are templates of the description, without the prefix.
#[derive(Debug)]
pub struct Reality {
    /// What stands before a described path: `/api/v3`.
    pub prefix: &'static str,
    /// Parameters at the end of a template that may span several path segments: branch names.
    pub long_parameters: &'static [&'static str],
    pub aliases: &'static [Alias],
    /// Query parameters the server takes, or sends in its links, and no operation describes.
    pub more_queries: &'static [MoreQuery],
    /// Members that are described as moments and sent as days.
    pub days: &'static [Day],
    pub unlisted: &'static [Unlisted],
    pub deviations: &'static [Deviation],
}

/// Another way to write the beginning of a path. `*` is any one segment.
#[derive(Debug)]
pub struct Alias {
    pub from: &'static str,
    /// What the description knows it as.
    pub to: &'static str,
    pub reason: &'static str,
}

/// A query parameter of every operation.
#[derive(Debug)]
pub struct MoreQuery {
    pub name: &'static str,
    pub reason: &'static str,
}

/// A member of any object.
#[derive(Debug)]
pub struct Day {
    pub member: &'static str,
    pub reason: &'static str,
}

impl Day {
    /// The first moment of a day, for the description to judge; anything else as it is.
    pub(super) fn described(&self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.described(item)),
            Value::Object(members) => members.iter_mut().for_each(|(name, member)| match member {
                Value::String(text) if name == self.member && text.len() == "2031-02-03".len() => {
                    text.push_str("T00:00:00Z");
                }
                member => self.described(member),
            }),
            _ => {}
        }
    }
}

/// An operation the server has and the description at hand does not.
#[derive(Debug)]
pub struct Unlisted {
    pub method: &'static str,
    pub template: &'static str,
    /// Status, and the schema component its body must fit.
    pub answers: &'static [(u16, &'static str)],
    pub reason: &'static str,
}

/// A status the server answers with and the description does not list.
#[derive(Debug)]
pub struct Deviation {
    /// `*`: every method.
    pub method: &'static str,
    /// `*`: every path, undescribed ones too.
    pub template: &'static str,
    pub status: u16,
    /// The schema component the body must fit; none: anything.
    pub component: Option<&'static str>,
    pub reason: &'static str,
}

impl Reality {
    /// The path as the description writes it; none when it lacks the prefix.
    pub(super) fn described_path(&self, path: &str) -> Option<String> {
        let path = path.strip_prefix(self.prefix)?;
        let path = if path.is_empty() { "/" } else { path };
        let alias = self.aliases.iter().find_map(|alias| Some((alias.to, after(alias.from, path)?)));
        Some(alias.map_or_else(|| path.to_owned(), |(to, rest)| format!("{to}{rest}")))
    }

    pub(super) fn unlisted(&self, method: &str, path: &str) -> Option<&'static Unlisted> {
        self.unlisted
            .iter()
            .find(|unlisted| unlisted.method == method && fits(unlisted.template, path, self.long_parameters).is_some())
    }

    pub(super) fn deviation(&self, method: &str, template: &str, status: u16) -> Option<&'static Deviation> {
        let same = |known: &str, given: &str| known == "*" || known == given;
        self.deviations.iter().find(|deviation| {
            deviation.status == status && same(deviation.method, method) && same(deviation.template, template)
        })
    }
}

/// What follows the pattern at the beginning of `path`, with its slash.
fn after<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let mut rest = path;
    for wanted in pattern.trim_start_matches('/').split('/') {
        let inside = rest.strip_prefix('/')?;
        let end = inside.find('/').unwrap_or(inside.len());
        if wanted != "*" && wanted != &inside[..end] {
            return None;
        }
        rest = &inside[end..];
    }
    Some(rest)
}

/// How many segments of the template are literal, when the path fits it: the more, the closer. Parameters in `long` span
/// several segments at the end.
pub(super) fn fits(template: &str, path: &str, long: &[&str]) -> Option<usize> {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    let mut literals = 0;
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(literals),
            (Some(segment), Some(value)) => match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(_) if value.is_empty() => return None,
                Some(name) if long.contains(&name) && wanted.clone().next().is_none() => {
                    return Some(literals);
                }
                Some(_) => {}
                None if segment == value => literals += 1,
                None => return None,
            },
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_may_span_segments_and_a_repository_may_not() {
        let long = ["ref"];
        assert!(fits("/r/{repo}/ref/{ref}", "/r/x/ref/heads/a/b", &long).is_some());
        assert!(fits("/r/{repo}", "/r/x/y", &long).is_none());
        assert!(fits("/r/{repo}", "/r/", &long).is_none());
        assert!(fits("/r/{repo}", "/r/x/", &long).is_none());
    }

    #[test]
    fn an_alias_stands_for_the_beginning_of_a_path() {
        assert_eq!(after("/repositories/*", "/repositories/7/pulls"), Some("/pulls"));
        assert_eq!(after("/repositories/*", "/repositories/7"), Some(""));
        assert_eq!(after("/repositories/*", "/repos/7/pulls"), None);
    }
}
