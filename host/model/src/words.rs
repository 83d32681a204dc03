//! Words of any script, as far as names of branches are made of them.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

use super::Letters;

/// Most of a text that is looked at, in characters: four times what the longest name has room for.
const MAX_CHARS: usize = 1000;

/// In the one form in which a letter and its accent are one character where there is such a one, and spelt in ASCII where that is
/// wanted.
pub(super) fn folded(text: &str, letters: Letters) -> Cow<'_, str> {
    let end = text.char_indices().nth(MAX_CHARS).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    if text.is_ascii() {
        return text.into();
    }
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    match letters {
        Letters::Any => composed,
        Letters::Ascii => composed.chars().map(spelt).collect::<String>().into(),
    }
}

/// A letter or the mark on one in ASCII, as far as there is a way to spell it; what is neither, as it is.
fn spelt(char: char) -> Cow<'static, str> {
    if char.is_alphanumeric() || is_of_the_word_before(char) {
        deunicode::deunicode_char(char).unwrap_or_default().into()
    } else {
        char.to_string().into()
    }
}

/// Marks on a letter: accents that no character has within it, vowels and tones of many scripts.
pub(super) fn is_of_the_word_before(char: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(char))
}

/// What stands within a word and is not seen: joiners of letters, a place where it may be hyphenated.
pub(super) fn joins_unseen(char: char) -> bool {
    matches!(char, '\u{200c}' | '\u{200d}' | '\u{ad}' | '\u{2060}' | '\u{feff}')
}
