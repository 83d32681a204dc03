//! The paths a Rust file names, from the root of its crate, and what its `use` lines bring to other places. Reads tokens: what
//! a macro makes of them is not known, and words inside of one count like all others.

use super::tokens::{Kind, Token, tokens};

/// From the root of the crate, which is the empty one.
pub(super) type Path<'a> = Vec<&'a str>;

#[derive(Default)]
pub(super) struct Paths<'a> {
    /// In code, with their lines. A single word may be a variable: only types and constants are here.
    pub mentioned: Vec<(Path<'a>, usize)>,
    /// What `use` lines bring to where they stand, and from where.
    pub names: Vec<(Path<'a>, Path<'a>)>,
    /// Child modules for tests only.
    pub tests: Vec<Path<'a>>,
}

impl<'a> Paths<'a> {
    /// Tests inside of the file are left out.
    pub fn of(file: &[&'a str], text: &'a str) -> Self {
        let code: Vec<_> = tokens(text).into_iter().filter(|token| token.kind != Kind::Comment).collect();
        let mut paths = Paths::default();
        paths.read(file, file, &code);
        paths
    }

    /// `scope` is the module the code stands in, which need not have a file of its own.
    fn read(&mut self, file: &[&'a str], scope: &[&'a str], code: &[Token<'a>]) {
        let mut at = 0;
        while let Some(first) = code.get(at) {
            let (rest, before) = (&code[at..], code[..at].last().map_or("", |token| token.text));
            at += match rest {
                _ if begins(rest, &["#", "[", "cfg", "(", "test", ")", "]"]) => {
                    let item = &rest[..item(rest)];
                    if let [.., keyword, name, end] = item
                        && keyword.is("mod")
                        && end.is(";")
                    {
                        self.tests.push(absolute(scope, &[name.text]));
                    }
                    item.len()
                }
                [_, name, open, ..] if first.is("mod") && open.is("{") => {
                    let length = item(rest);
                    self.read(file, &absolute(scope, &[name.text]), &rest[3..length]);
                    length
                }
                // Who may see something is no use of it.
                [_, open, ..] if first.is("pub") && open.is("(") => until(rest, ")"),
                [_, next, ..] if first.is("use") && !next.is("<") => {
                    let length = until(rest, ";");
                    // After `pub`, or the end of a `pub(…)`.
                    self.bring(file, scope, matches!(before, "pub" | ")"), &rest[1..length]);
                    length
                }
                _ if first.kind == Kind::Word && !matches!(before, "." | "::") => {
                    let path = path(rest);
                    if path.len() > 1 || first.text.starts_with(char::is_uppercase) {
                        self.mentioned.push((absolute(scope, &path), first.line));
                    }
                    2 * path.len() - 1
                }
                _ => 1,
            };
        }
    }

    /// What stands between `use` and its semicolon, with it.
    fn bring(&mut self, file: &[&'a str], scope: &[&'a str], public: bool, tree: &[Token<'a>]) {
        let (mut outer, mut path) = (vec![Vec::new()], Vec::new());
        for token in tree {
            match token.text {
                "::" => {}
                "{" => outer.push(path.clone()),
                "," | "}" | ";" => {
                    if path.len() > outer.last().map_or(0, Vec::len) {
                        self.bring_one(file, scope, public, &path, token.line);
                    }
                    if token.is("}") {
                        outer.pop();
                    }
                    path = outer.last().cloned().unwrap_or_default();
                }
                word => path.push(word),
            }
        }
    }

    fn bring_one(&mut self, file: &[&'a str], scope: &[&'a str], public: bool, path: &[&'a str], line: usize) {
        let (path, alias) = match path {
            [path @ .., "as", alias] => (path, Some(*alias)),
            path => (path, None),
        };
        let from = absolute(scope, path);
        let name = alias.or(from.last().copied()).unwrap_or_default();
        // Re-exporting what a child has is no use of it.
        if !(public && from.starts_with(file)) {
            self.mentioned.push((from.clone(), line));
        }
        self.names.push((absolute(scope, &[name]), from));
    }
}

fn begins(code: &[Token<'_>], texts: &[&str]) -> bool {
    code.len() >= texts.len() && code.iter().zip(texts).all(|(token, text)| token.is(text))
}

/// How many tokens there are up to `text`, with it.
fn until(code: &[Token<'_>], text: &str) -> usize {
    code.iter().position(|token| token.is(text)).map_or(code.len(), |index| index + 1)
}

/// How many tokens the first item has, attributes included: up to the end of its braces, or a semicolon before there are any.
fn item(code: &[Token<'_>]) -> usize {
    let mut depth = 0_usize;
    let end = code.iter().position(|token| {
        depth += usize::from(token.is("{"));
        let closes = token.is("}");
        depth = depth.saturating_sub(usize::from(closes));
        depth == 0 && (closes || token.is(";"))
    });
    end.map_or(code.len(), |index| index + 1)
}

/// The words joined by `::` at the beginning.
fn path<'a>(code: &[Token<'a>]) -> Path<'a> {
    let joined = |pair: &&[Token<'a>]| pair[0].is("::") && pair.get(1).is_some_and(|word| word.kind == Kind::Word);
    [code[0].text].into_iter().chain(code[1..].chunks(2).take_while(joined).map(|pair| pair[1].text)).collect()
}

fn absolute<'a>(scope: &[&'a str], path: &[&'a str]) -> Path<'a> {
    let mut found = scope.to_vec();
    for segment in path {
        match *segment {
            "crate" => found.clear(),
            "super" => drop(found.pop()),
            "self" => {}
            name => found.push(name),
        }
    }
    found
}
