//! What is no secret because it is in every list of words: a word, or a few of them, as names are made of.

/// From how many bytes on a secret is no ordinary word whatever it is made of: the shortest token of a git server has 20.
pub(super) const MIN_TOKEN_BYTES: usize = 20;
/// Most digits behind an ordinary word: a year.
const MAX_DIGITS: usize = 4;
/// Longest word, in letters.
const MAX_LETTERS: usize = 14;
/// Longest word in which all letters follow on each other as usual; in longer ones, which are put together of several, one pair may not.
const MAX_SHORT_LETTERS: usize = 8;
/// Longest abbreviation in capitals, in letters.
const MAX_CAPITALS: usize = 4;
/// Most letters in a row with no vowel among them, where `ch` is one: in `Deutschland`.
const MAX_CONSONANTS: usize = 4;

/// Which letters follow on each letter of the alphabet in the words of English, German, French, Spanish, Dutch and Portuguese: the four
/// hundred pairs that are the most common, of 676.
const FOLLOWING: [u32; 26] = [
    letters(b"abcdefghijklmnpqrstuvwxyz"),
    letters(b"abeijlorstuy"),
    letters(b"acehiklorstuy"),
    letters(b"acdegilmnorstuvwy"),
    letters(b"abcdefghijklmnopqrstuvwxyz"),
    letters(b"adefgilorstu"),
    letters(b"adeghilnorstuy"),
    letters(b"aeilmnorstuwy"),
    letters(b"abcdefghjklmnopqrstuvxz"),
    letters(b"adefgknosu"),
    letters(b"aeiklnorstuw"),
    letters(b"abcdefghiklmnopstuvwy"),
    letters(b"abdeimnopstuy"),
    letters(b"abcdefghijklmnoqrstuvwyz"),
    letters(b"abcdefghijklmnopqrstuvwxyz"),
    letters(b"aefhiloprstuy"),
    letters(b"u"),
    letters(b"abcdefghiklmnopqrstuvwyz"),
    letters(b"abcdefghiklmnopqstuwy"),
    letters(b"abcefghijlmnoprstuwyz"),
    letters(b"abcdefghijklmnoprstuvwxyz"),
    letters(b"aeiloruy"),
    letters(b"aehinorsu"),
    letters(b"aceioptu"),
    letters(b"abeilmopsw"),
    letters(b"aeiotuw"),
];

const fn letters(mut letters: &[u8]) -> u32 {
    let mut mask = 0;
    while let [letter, rest @ ..] = letters {
        mask |= 1 << (*letter - b'a');
        letters = rest;
    }
    mask
}

/// Whether it is a word, or a few, as names are: letters, capitals at the beginning alone or throughout, parted as in names, and a
/// year or an exclamation mark behind it.
pub(super) fn is_ordinary(secret: &str) -> bool {
    let words = secret.trim_end_matches('!').trim_end_matches(|char: char| char.is_ascii_digit());
    let digits = secret.trim_end_matches('!').len() - words.len();
    let parts = || words.split(['-', '_', '.', ' ']).filter(|word| !word.is_empty());
    let has_long_word = parts().any(|part| is_word(part) && !is_abbreviation(part));
    secret.len() < MIN_TOKEN_BYTES
        && digits <= MAX_DIGITS
        && parts().all(|part| is_word(part) || has_long_word && is_abbreviation(part))
}

/// Whether it may be one, beside a word.
fn is_abbreviation(part: &str) -> bool {
    part.len() <= MAX_CAPITALS && part.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether it is written as words are, and can be spoken. A letter beyond ASCII fits with every other, and is a vowel; of more than half
/// of them nobody can tell.
fn is_word(part: &str) -> bool {
    let is_written = part.chars().all(char::is_alphabetic)
        && (part.chars().skip(1).all(char::is_lowercase) || part.chars().all(char::is_uppercase));
    let letters = part.chars().count();
    let is_known = part.chars().filter(char::is_ascii).count() * 2 >= letters;
    let exceptions = usize::from(letters > MAX_SHORT_LETTERS);
    is_written && is_known && letters <= MAX_LETTERS && unusual_pairs(part) <= exceptions && has_vowels(part)
}

fn unusual_pairs(word: &str) -> usize {
    let place = |char: char| Some(u32::from(char.to_ascii_lowercase()) - u32::from('a')).filter(|_| char.is_ascii());
    let is_unusual = |(first, second): &(char, char)| match (place(*first), place(*second)) {
        (Some(first), Some(second)) => FOLLOWING[first as usize] & 1 << second == 0,
        _ => false,
    };
    word.chars().zip(word.chars().skip(1)).filter(is_unusual).count()
}

fn has_vowels(word: &str) -> bool {
    let (mut has_some, mut consonants, mut last) = (false, 0, ' ');
    for char in word.chars().map(|char| char.to_ascii_lowercase()) {
        if !char.is_ascii() || "aeiouy".contains(char) {
            (has_some, consonants) = (true, 0);
        } else if (last, char) != ('c', 'h') {
            consonants += 1;
        }
        if consonants > MAX_CONSONANTS {
            return false;
        }
        last = char;
    }
    has_some
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e8_a_word_can_be_spoken() {
        for words in [
            "password secret platform widgets services project projects website backend frontend dashboard",
            "customer development production internal private billing account marketing finance example",
            "always maybe anyway energy heavy written strong things thanks months rights church happy",
            "welcome dragon monkey football baseball sunshine princess master shadow summer winter autumn",
            "monday friday january december kubernetes terraform jenkins docker",
            "Passwort Geheimnis Entwicklung Werkzeuge Rechnungen Deutschland Gesellschaft Wirtschaft schwarz",
            "Frühling Sommer Herbst Winter Mädchen Schnittstelle Verwaltung Kunden Ordnung Abteilung",
            "motdepasse bonjour soleil printemps forêt automne développement gestion facture chocolat",
            "contraseña verano invierno otoño hola desarrollo proyecto cliente ventana corazón",
            "wachtwoord zomer winter ontwikkeling klanten rekening vrienden huizen geheim",
            "senha segredo verão inverno equipamento projeto cliente coração amigos",
            "my-service Our_Work SERVICES Summer2026! AWS-Platform data.api Team-Blue web-app",
        ]
        .iter()
        .flat_map(|line| line.split(' '))
        {
            assert!(is_ordinary(words), "{words}");
        }
        for none in [
            "qzkvwxyjfhdplmbn",
            "QZKVWXYJFHDPLMBN",
            "zxqv.kwpl.mtrh.gbn",
            "Xkq-Vwz-Plm-99",
            "Zxqvkwplmtrhgbnd7391",
            "жщэъфцхйг",
            "éàüößñçøå",
            "ABCD-EFGH-JKLM",
            "hunter2x7Q",
            "correcthorsebattery",
            "bcdfgh",
            "Summer20261",
        ] {
            assert!(!is_ordinary(none), "{none}");
        }
    }

    #[test]
    fn e8_letters_that_a_machine_drew_are_no_word() {
        let mut state = 20_261_128_u64;
        let mut draw = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        let mut words = 0;
        for _ in 0..2_000 {
            let letters = 12 + draw(5);
            let drawn: String = (0..letters).filter_map(|_| char::from_digit(10 + draw(26) as u32, 36)).collect();
            words += usize::from(is_ordinary(&drawn));
        }
        assert!(words < 40, "{words}");
    }
}
