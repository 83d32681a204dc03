//! The paths a Rust file names and where each leads, read from tokens. Knows nothing of what is allowed.

use crate::tidy::tokens::{Kind, Token};

/// The host crate's own name, by which `main.rs` knows it.
const SELF_NAME: &str = "countersign";

/// A path as written, in inline modules of the file.
#[derive(Debug)]
pub(super) struct Path<'a> {
    segments: Vec<&'a str>,
    inline: Vec<&'a str>,
    pub line: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target<'a> {
    /// A top-level module of the host.
    Module(&'a str),
    /// A path outside the crate, or a local name, `::` between its segments.
    External(String),
}

impl<'a> Path<'a> {
    /// `file` is below `host/src`.
    pub fn resolved(&self, file: &'a str) -> Target<'a> {
        let mut module: Vec<&'a str> = module_of(file);
        module.extend(&self.inline);
        let mut segments = self.segments.as_slice();
        match segments {
            ["crate" | SELF_NAME, rest @ ..] => (module, segments) = (Vec::new(), rest),
            ["self" | "super", ..] => {}
            _ => return Target::External(segments.join("::")),
        }
        while let [first @ ("self" | "super"), rest @ ..] = segments {
            if *first == "super" {
                module.pop();
            }
            segments = rest;
        }
        match module.first().or_else(|| segments.first()) {
            Some(top) => Target::Module(top),
            None => Target::External(String::new()),
        }
    }
}

fn module_of(file: &str) -> Vec<&str> {
    match file.trim_end_matches(".rs") {
        "lib" | "main" => Vec::new(),
        path => path.split('/').filter(|segment| *segment != "mod").collect(),
    }
}

/// Every path of two or more segments, and every leaf of a `use` tree. `code` has no comments.
pub(super) fn paths<'a>(code: &[Token<'a>]) -> Vec<Path<'a>> {
    let mut reader = Reader { code, at: 0, depth: 0, inline: Vec::new(), found: Vec::new() };
    while reader.at < code.len() {
        reader.step();
    }
    reader.found
}

struct Reader<'a, 'c> {
    code: &'c [Token<'a>],
    at: usize,
    /// Open braces before `at`.
    depth: usize,
    /// The inline modules around `at`, each with the depth outside its brace.
    inline: Vec<(&'a str, usize)>,
    found: Vec<Path<'a>>,
}

impl<'a> Reader<'a, '_> {
    fn step(&mut self) {
        match self.code[self.at..] {
            [keyword, name, brace, ..] if keyword.is("mod") && brace.is("{") => {
                self.inline.push((name.text, self.depth));
                self.at += 2;
            }
            [keyword, name, krate, ..] if keyword.is("extern") && name.is("crate") => {
                self.record(vec![krate.text], krate.line);
                self.at += 3;
            }
            // `use<'a>` after `impl Trait` imports nothing.
            [keyword, next, ..] if keyword.is("use") && !next.is("<") => {
                self.at += 1;
                self.use_tree(&[]);
            }
            [word, colons, ..] if word.kind == Kind::Word && colons.is("::") => self.plain_path(),
            _ => self.other(),
        }
    }

    fn other(&mut self) {
        if self.is("{") {
            self.depth += 1;
        } else if self.is("}") {
            self.depth = self.depth.saturating_sub(1);
            self.inline.retain(|(_, outside)| *outside < self.depth);
        }
        self.at += 1;
    }

    /// `a::b::c`, without the generic arguments or the macro that may follow.
    fn plain_path(&mut self) {
        let first = self.code[self.at];
        let mut segments = vec![first.text];
        self.at += 1;
        while let [colons, word, ..] = self.code[self.at..]
            && colons.is("::")
            && word.kind == Kind::Word
        {
            segments.push(word.text);
            self.at += 2;
        }
        self.record(segments, first.line);
    }

    /// One branch of a `use` tree below `prefix`, up to its comma, closing brace or semicolon.
    fn use_tree(&mut self, prefix: &[&'a str]) {
        let mut segments = prefix.to_vec();
        while let Some(token) = self.code.get(self.at) {
            self.at += 1;
            if token.is("{") {
                return self.use_group(&segments);
            }
            if !token.is("::") {
                segments.push(token.text);
                if !self.is("::") {
                    self.at += if self.is("as") { 2 } else { 0 };
                    return self.record(segments, token.line);
                }
            }
        }
    }

    fn use_group(&mut self, prefix: &[&'a str]) {
        while self.at < self.code.len() && !self.is("}") && !self.is(";") {
            self.use_tree(prefix);
            self.at += usize::from(self.is(","));
        }
        self.at += 1;
    }

    fn is(&self, text: &str) -> bool {
        self.code.get(self.at).is_some_and(|token| token.is(text))
    }

    fn record(&mut self, segments: Vec<&'a str>, line: usize) {
        let inline = self.inline.iter().map(|(name, _)| *name).collect();
        self.found.push(Path { segments, inline, line });
    }
}
