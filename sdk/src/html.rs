//! As much HTML as it takes to read what a web page says to people: the title that a proxy or a firewall gives its page.
//!
//! Pages are written by anybody. Nothing here may panic on one or take longer than it is long, and what comes out is one line.

use std::borrow::Cow;

/// Most bytes of a page that are looked at, from its beginning: titles stand at the top.
const MAX_LOOKED_AT_BYTES: usize = 64 << 10;
/// Most bytes of a page that are taken for words.
const MAX_WORDS_BYTES: usize = 300;
/// Stands where words were left out.
const CUT: &str = "…";
/// Longest entity, in bytes without its marks: `#x10FFFF`.
const MAX_ENTITY_BYTES: usize = 8;
/// What is in them is not for people.
const HIDDEN: [(&str, &str); 4] =
    [("script", "</script"), ("style", "</style"), ("svg", "</svg"), ("noscript", "</noscript")];
/// Names of the character sets of Western Europe, in lower case, of which each byte stands for one character; what is in none of
/// them nor in UTF-8 is not read.
const WESTERN: [&str; 3] = ["iso-8859-1", "windows-1252", "latin1"];
/// How a page or its label names its character set.
const CHARSET: &str = "charset=";
/// Where a page does, in bytes from its beginning.
const MAX_CHARSET_BYTES: usize = 1024;

/// Entities by their names, as pages of the West write them beside those of XML.
const NAMED: [(&str, char); 46] = [
    ("Aacute", 'Á'),
    ("Agrave", 'À'),
    ("Auml", 'Ä'),
    ("Ccedil", 'Ç'),
    ("Eacute", 'É'),
    ("Egrave", 'È'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("aelig", 'æ'),
    ("agrave", 'à'),
    ("aring", 'å'),
    ("atilde", 'ã'),
    ("auml", 'ä'),
    ("bull", '•'),
    ("ccedil", 'ç'),
    ("copy", '©'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("egrave", 'è'),
    ("euml", 'ë'),
    ("hellip", '…'),
    ("iacute", 'í'),
    ("icirc", 'î'),
    ("laquo", '«'),
    ("ldquo", '“'),
    ("lsquo", '‘'),
    ("mdash", '—'),
    ("middot", '·'),
    ("ndash", '–'),
    ("ntilde", 'ñ'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("oslash", 'ø'),
    ("otilde", 'õ'),
    ("ouml", 'ö'),
    ("raquo", '»'),
    ("rdquo", '”'),
    ("reg", '®'),
    ("rsquo", '’'),
    ("szlig", 'ß'),
    ("uacute", 'ú'),
    ("ucirc", 'û'),
    ("ugrave", 'ù'),
    ("uuml", 'ü'),
];

/// What a page calls itself: its title, or else its first heading; the whole of one without a tag.
/// `label`: that of its content.
pub(crate) fn title(page: &[u8], label: &str) -> Option<String> {
    let page = read(&page[..page.len().min(MAX_LOOKED_AT_BYTES)], label)?;
    let said_in = |name| Some(words(element(&page, name)?)).filter(|words| !words.is_empty());
    let is_plain = next_tag(&page.to_ascii_lowercase(), 0).is_none();
    let all = || Some(words(&page)).filter(|words| is_plain && !words.is_empty());
    let title = said_in("title").or_else(|| said_in("h1")).or_else(all)?;
    // `Bad Request` is what a page is called whose heading is `Bad Request - Invalid Hostname`.
    let says_more = |heading: &String| heading.len() > title.len() && heading.starts_with(&title);
    Some(["h1", "h2"].into_iter().filter_map(said_in).find(says_more).unwrap_or(title))
}

/// None where it is in a character set that is not read here.
fn read<'a>(page: &'a [u8], label: &str) -> Option<Cow<'a, str>> {
    let text = String::from_utf8_lossy(page);
    // The last character may have been cut.
    if !text.trim_end_matches('\u{fffd}').contains(['\u{fffd}', '\0']) {
        return Some(text);
    }
    let beginning = String::from_utf8_lossy(&page[..page.len().min(MAX_CHARSET_BYTES)]).to_ascii_lowercase();
    let (label, of_page) = (label.to_ascii_lowercase(), beginning);
    let named = [label.as_str(), of_page.as_str()].into_iter().find_map(|text| Some(text.split_once(CHARSET)?.1));
    let is_western =
        |name: &str| WESTERN.iter().any(|western| name.trim_start_matches(['"', '\'']).starts_with(western));
    let is_read = named.is_none_or(is_western) && !page.contains(&0);
    is_read.then(|| page.iter().copied().map(char::from).collect())
}

/// What a piece of a page says, as one line of at most 300 bytes: without tags and what they hide, and with its entities read.
pub fn words(html: &str) -> String {
    let html = &html[..html.floor_char_boundary(MAX_LOOKED_AT_BYTES)];
    let lower = html.to_ascii_lowercase();
    let mut shown = String::new();
    let mut at = 0;
    while let Some(tag) = next_tag(&lower, at) {
        // Tags part words: `<br>`.
        shown.extend([&html[at..tag], " "]);
        at = past_tag(&lower, tag);
    }
    shown.push_str(&html[at..]);
    one_line(&decoded(&shown))
}

/// What is within the first element of this name, up to its end or that of the page.
fn element<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let lower = page.to_ascii_lowercase();
    let mut at = 0;
    loop {
        let tag = next_tag(&lower, at)?;
        at = past_tag(&lower, tag);
        if is_named(&lower[tag + 1..], name) {
            let end = lower[at..].find(&format!("</{name}")).map_or(page.len(), |end| at + end);
            return Some(&page[at..end]);
        }
    }
}

/// Where the next tag or comment begins; elsewhere the sign means *less*.
fn next_tag(lower: &str, from: usize) -> Option<usize> {
    let begins =
        |at: &usize| lower[at + 1..].starts_with(|char: char| char.is_ascii_lowercase() || "/!?".contains(char));
    lower[from..].match_indices('<').map(|(at, _)| from + at).find(begins)
}

/// Where what follows a tag or comment begins, and what it hides is over.
fn past_tag(lower: &str, tag: usize) -> usize {
    let past = |from: usize, sign: &str| lower[from..].find(sign).map_or(lower.len(), |at| from + at + sign.len());
    let inside = &lower[tag + 1..];
    if inside.starts_with("!--") {
        return past(tag, "-->");
    }
    let end = past(tag, ">");
    match HIDDEN.iter().find(|(name, _)| is_named(inside, name)) {
        Some((_, closing)) => past(past(end, closing), ">"),
        None => end,
    }
}

/// `tag` begins after its `<`.
fn is_named(tag: &str, name: &str) -> bool {
    let ends = |char: char| char == '>' || char == '/' || char.is_ascii_whitespace();
    tag.strip_prefix(name).is_some_and(|rest| rest.starts_with(ends))
}

/// A text with the entities read that every page and every XML may use, and the numbers of characters. Any other stays as it is
/// written.
pub fn decoded(text: &str) -> String {
    let mut read = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        read.push_str(before);
        let entity = after.split_once(';').filter(|(name, _)| name.len() <= MAX_ENTITY_BYTES);
        rest = match entity.and_then(|(name, after)| Some((character(name)?, after))) {
            Some((character, after)) => {
                read.push(character);
                after
            }
            None => {
                read.push('&');
                after
            }
        };
    }
    read + rest
}

fn character(entity: &str) -> Option<char> {
    Some(match entity {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        name if !name.starts_with('#') => NAMED.iter().find(|(known, _)| *known == name)?.1,
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    })
}

fn one_line(text: &str) -> String {
    let is_space = |char: char| char.is_whitespace() || char.is_control();
    let line = text.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if line.len() <= MAX_WORDS_BYTES {
        return line;
    }
    let end = line.floor_char_boundary(MAX_WORDS_BYTES - CUT.len());
    format!("{}{CUT}", &line[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title_of(page: &str) -> Option<String> {
        title(page.as_bytes(), "")
    }

    #[test]
    fn a_page_is_called_by_its_title_or_else_its_first_heading() {
        for (page, expected) in [
            ("<html><head><title>403 Forbidden</title></head><h1>No</h1>", "403 Forbidden"),
            ("<HTML>\n<HEAD><TITLE\n lang=en>\n Access\n\tDenied </TITLE>", "Access Denied"),
            ("<html><body><h1>408 Request Time-out</h1>\nYour browser", "408 Request Time-out"),
            ("<title> &nbsp; </title><h1 class='x'>No <b>entry</b><br/>here</h1><h1>2</h1>", "No entry here"),
            ("<!-- <title>not this</title> --><title>this</title>", "this"),
            ("<script>document.write('<title>no</title>')</script><title>yes</title>", "yes"),
            ("<titles>no</titles><title>yes", "yes"),
            ("Invalid IAP credentials:\n empty token", "Invalid IAP credentials: empty token"),
            ("<title>Accès refusé – 访问被拒绝</title>", "Accès refusé – 访问被拒绝"),
            ("<title>Bad Request</title><h2>Bad Request - Invalid Hostname</h2>", "Bad Request - Invalid Hostname"),
            ("<title>Error</title><h1>Errors of yours</h1><h2>Error: no route</h2>", "Errors of yours"),
        ] {
            assert_eq!(title_of(page).as_deref(), Some(expected), "{page}");
        }
        for none in ["", "<title", "<title/", "<title></title>", "<h2>x</h2>", " ", "<!-- <title>x</title>"] {
            assert_eq!(title_of(none), None, "{none}");
        }
    }

    #[test]
    fn entities_are_read_once_and_others_stay() {
        assert_eq!(words("&lt;b&gt; &amp;amp; &quot;x&#39;&apos;s&quot; &#x41;&#66;"), "<b> &amp; \"x''s\" AB");
        assert_eq!(
            words("Unicorn! &middot; GitHub: &Uuml;bung, refus&eacute; &ndash; &laquo;no&raquo;"),
            "Unicorn! · GitHub: Übung, refusé – «no»"
        );
        for other in ["&Middot; &unknown;", "a & b; c", "&", "&#;", "&#x110000;", "&#xd800;", "1 < 2"] {
            assert_eq!(words(other), other);
        }
        assert_eq!(words("a&#0;b&#x1b;[31m\u{7f}\u{85}c&#10;d"), "a b [31m c d", "nothing that controls a terminal");
    }

    #[test]
    fn what_is_hidden_is_no_words() {
        assert_eq!(words("<style>p { x }</style>a<script src=x>if (a<b) x</SCRIPT >b<!-- c --><?php d ?>e"), "a b e");
        assert_eq!(words("a<style>b"), "a");
    }

    #[test]
    fn words_are_bounded_at_a_characters_end() {
        for long in ["é".repeat(200), "x".repeat(400), "中".repeat(5000), "<b>".to_owned() + &"y ".repeat(100_000)] {
            let cut = words(&long);
            assert!(cut.len() <= MAX_WORDS_BYTES && cut.len() > MAX_WORDS_BYTES - 4 && cut.ends_with(CUT), "{cut}");
        }
        assert_eq!(words(&"z".repeat(300)).len(), 300);
    }

    #[test]
    fn pages_of_any_kind_are_read_without_a_crash_and_in_time() {
        for piece in ["<", "<title", "<script>", "<!--", "</", "&", "&#", "é<", "<h1>", "<title></titl"] {
            let page = piece.repeat(200_000);
            let _ = (title_of(&page), words(&page));
        }
    }

    #[test]
    fn a_page_of_western_europe_is_read_and_one_of_another_character_set_is_not_misread() {
        let page = b"<title>Zugriff verweigert: \xfcber</title>";
        for label in ["", "text/html", "text/html; charset=ISO-8859-1", "text/html; Charset=\"windows-1252\""] {
            assert_eq!(title(page, label).as_deref(), Some("Zugriff verweigert: über"), "{label}");
        }
        assert_eq!(title(page, "text/html; charset=koi8-r"), None);
        assert_eq!(title(b"<meta charset=\"shift_jis\"><title>\x83A</title>", "text/html"), None);
        let utf_16: Vec<u8> = "<title>No</title>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(title(&utf_16, "text/html; charset=utf-16"), None);
        assert_eq!(title("<title>Accès</title>é".as_bytes().split_last().unwrap().1, "").as_deref(), Some("Accès"));
        let drawn = "<svg><title>Logo</title></svg><noscript><title>x</title></noscript><h1>Blocked</h1>";
        assert_eq!(title_of(drawn).as_deref(), Some("Blocked"));
    }
}
