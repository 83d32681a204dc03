//! A description as its readers will see it. HTML in it is shown as text, and nothing in it loads or links to anything but web
//! pages.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use super::layout::is_web;

/// What git servers read beside CommonMark.
const BEYOND: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_TASKLISTS);

/// Markup of a text in Markdown.
pub(super) fn markup(text: &str) -> Markup {
    let events = Parser::new_ext(text, BEYOND).map(harmless).map(elsewhere);
    let mut out = String::with_capacity(text.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut out, events);
    PreEscaped(out)
}

fn harmless(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        // What would be loaded from elsewhere, and where a script could stand in the place of an address.
        Event::Start(Tag::Image { title, id, link_type, .. }) => {
            Event::Start(Tag::Link { link_type, dest_url: CowStr::Borrowed("#"), title, id })
        }
        Event::End(TagEnd::Image) => Event::End(TagEnd::Link),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) if !is_web(&dest_url) => {
            Event::Start(Tag::Link { link_type, dest_url: CowStr::Borrowed("#"), title, id })
        }
        other => other,
    }
}

/// A link leads away from what is being typed: into a window of its own, which learns nothing of this one.
fn elsewhere(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Link { dest_url, .. }) if is_web(&dest_url) && dest_url.contains("://") => {
            let link = html! { a href=(dest_url) target="_blank" rel="noreferrer noopener" {} }.into_string();
            Event::InlineHtml(CowStr::from(link.trim_end_matches("</a>").to_owned()))
        }
        // Where it would lead, nobody is to be led.
        Event::Start(Tag::Link { .. }) => Event::InlineHtml(CowStr::Borrowed("<a>")),
        Event::End(TagEnd::Link) => Event::InlineHtml(CowStr::Borrowed("</a>")),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u4_a_link_in_a_description_opens_a_window_of_its_own_or_nothing() {
        let shown = markup(
            "[a](https://git.example.com/?a=1&b=2) <https://git.example.com> <a@b.test> [b](http:create-branch)",
        );
        let shown = shown.into_string();
        assert_eq!(shown.matches("target=\"_blank\" rel=\"noreferrer noopener\"").count(), 2, "{shown}");
        assert_eq!(shown.matches("<a>").count(), 2, "{shown}");
        assert!(
            shown.contains("href=\"https://git.example.com/?a=1&amp;b=2\"") && !shown.contains("create-branch"),
            "{shown}"
        );
    }

    #[test]
    fn u4_nothing_in_a_description_is_markup_of_its_own() {
        for text in [
            "<script>alert(1)</script>",
            "a <b onclick=x>b</b> <img src=x onerror=alert(1)>",
            "![x](https://evil.example/x.png)",
            "[x](javascript:alert(1)) [y](data:text/html,x) <javascript:alert(1)>",
            "[x]: javascript:alert(1)\n\n[x]",
            "```<script>\n</script>\n```",
        ] {
            let shown = markup(text).into_string();
            for forbidden in ["<script", "<img", "<b ", "javascript:alert(1)\"", "href=\"data:", "src=\""] {
                assert!(!shown.contains(forbidden), "{forbidden} in {shown}");
            }
        }
    }

    #[test]
    fn what_git_servers_show_is_shown() {
        let shown = markup("# T\n\n- [x] done\n- [ ] not\n\n[a](https://jira.example.com/browse/ABC-1) ~~b~~ `c`")
            .into_string();
        for expected in [
            "<h1>T</h1>",
            "type=\"checkbox\"",
            "<a href=\"https://jira.example.com/browse/ABC-1\" target=\"_blank\"",
            "<del>b</del>",
            "<code>c</code>",
        ] {
            assert!(shown.contains(expected), "{expected} is not in {shown}");
        }
    }
}
