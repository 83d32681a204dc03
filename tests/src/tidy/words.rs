//! Words that may not stand in the repository, or not in a part of it.

use super::{
    Source, Violation,
    tokens::{Kind, Token, tokens},
};

/// The host knows of git servers only what their providers describe. Comments may explain with an example.
const GIT_SERVERS: &[&str] = &["azure", "bitbucket", "codecommit", "github", "gitlab", "visualstudio"];

/// Work left open belongs in an issue, where someone will look for it.
const OPEN_ENDS: &[&str] = &["TODO", "FIXME", "XXX"];
const OPEN_MACROS: &[&str] = &["todo", "unimplemented", "dbg"];

/// Beginnings of paths that exist on one machine only. Put together here so that this file passes its own rule.
const MACHINE_PATHS: &[&str] =
    &[concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/Use", "rs/")];

/// Written by others, word for word.
const NOT_OURS: &[&str] = &["Cargo.lock", "LICENSE"];

/// Git servers named in code or strings of the host.
pub fn git_servers(source: &Source) -> Vec<Violation> {
    if !source.is_rust() || !source.path.starts_with("host/") || !source.path.contains("/src/") {
        return Vec::new();
    }
    let named = |token: &Token<'_>| {
        let text = token.text.to_lowercase();
        GIT_SERVERS.iter().find(|server| text.contains(**server))
    };
    let code = tokens(&source.text).into_iter().filter(|token| token.kind != Kind::Comment);
    code.filter_map(|token| Some((token, named(&token)?)))
        .map(|(token, server)| {
            let line = token.line + line_within(token.text, server);
            source.violation(line, format!("the host may not know `{server}`: let the provider describe it"))
        })
        .collect()
}

/// How many lines into a text a word stands.
fn line_within(text: &str, word: &str) -> usize {
    text.lines().position(|line| line.to_lowercase().contains(word)).unwrap_or(0)
}

/// Work left open: in Rust in comments and macros, in other files anywhere.
pub fn open_ends(source: &Source) -> Vec<Violation> {
    if NOT_OURS.contains(&source.path.as_str()) {
        return Vec::new();
    }
    let tokens = if source.is_rust() { tokens(&source.text) } else { Vec::new() };
    let mut found: Vec<(usize, &str)> = Vec::new();
    if source.is_rust() {
        for token in tokens.iter().filter(|token| token.kind == Kind::Comment) {
            found.extend(marked_lines(token.text, token.line));
        }
        let calls = tokens.windows(2).filter(|pair| OPEN_MACROS.iter().any(|name| pair[0].is(name)) && pair[1].is("!"));
        found.extend(calls.map(|pair| (pair[0].line, pair[0].text)));
    } else {
        found.extend(marked_lines(&source.text, 1));
    }
    found.into_iter().map(|(line, word)| source.violation(line, format!("`{word}`: do it, or open an issue"))).collect()
}

fn marked_lines(text: &str, first_line: usize) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(move |(index, line)| {
        let words = line.split(|character: char| !character.is_alphanumeric() && character != '_');
        words.filter(|word| OPEN_ENDS.contains(word)).map(move |word| (first_line + index, word))
    })
}

/// Absolute paths of one machine, in any file.
pub fn machine_paths(source: &Source) -> Vec<Violation> {
    if NOT_OURS.contains(&source.path.as_str()) {
        return Vec::new();
    }
    let lines = source.text.lines().enumerate();
    lines
        .flat_map(|(index, line)| {
            MACHINE_PATHS.iter().filter(|path| begins_in(line, path)).map(move |path| (index, path))
        })
        .map(|(index, path)| {
            source.violation(index + 1, format!("`{path}…` is on one machine only: use a relative path"))
        })
        .collect()
}

/// Whether a path begins with `beginning` somewhere in the line; `target/home/` and `https://host/home/` do not.
fn begins_in(line: &str, beginning: &str) -> bool {
    line.match_indices(beginning).any(|(index, _)| {
        let before = line[..index].chars().next_back();
        before.is_none_or(|character| !character.is_alphanumeric() && !"._-~})>".contains(character))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(violations: &[Violation]) -> Vec<usize> {
        violations.iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn the_host_is_caught_naming_a_git_server_in_code_and_strings_but_not_in_comments() {
        let text = "//! As on GitHub.\nfn gitlab_url() {}\n\
                    const U: &str = \"\n https://Api.GitHub.com\";\nenum K { AzureDevOps }\n";
        assert_eq!(lines(&git_servers(&Source::new("host/src/lend.rs", text))), [2, 4, 5]);
        assert_eq!(lines(&git_servers(&Source::new("host/part/src/lib.rs", text))), [2, 4, 5]);
        assert!(lines(&git_servers(&Source::new("host/tests/cli/main.rs", text))).is_empty());
        assert!(lines(&git_servers(&Source::new("providers/github/src/lib.rs", text))).is_empty());
    }

    #[test]
    fn work_left_open_is_found_in_comments_macros_and_other_files() {
        let text =
            "fn f() { todo!() } // FIXME later\nlet todo = \"TODO\"; dbg!(todo);\n/* a\n XXX */ unimplemented!()";
        assert_eq!(lines(&open_ends(&Source::new("sdk/src/a.rs", text))), [1, 4, 1, 2, 4]);
        assert_eq!(lines(&open_ends(&Source::new("Makefile", "all:\n\ttrue # TODO: more\n"))), [2]);
        assert!(lines(&open_ends(&Source::new("README.md", "Mastodon, TODOS and mktemp XXXXXX\n"))).is_empty());
    }

    #[test]
    fn paths_of_one_machine_are_found_where_they_begin() {
        let beginning = MACHINE_PATHS[0];
        let text = format!("a\nsee {beginning}ann\n\"{beginning}\"\n{beginning}x\n");
        assert_eq!(lines(&machine_paths(&Source::new("docs/a.md", text))), [2, 3, 4]);
        let text = format!("target{beginning}x https://host.example{beginning} {{dir}}{beginning} ~{beginning}");
        assert!(lines(&machine_paths(&Source::new("docs/a.md", text))).is_empty());
    }
}
