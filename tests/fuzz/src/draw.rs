//! Choices, made of bytes: the same bytes are the same choices, and a changed byte is another choice. Where no bytes are left,
//! the first of every choice is made, so that what is drawn ends.

/// Bytes to be drawn from.
pub struct Draw<'d> {
    left: &'d [u8],
}

impl<'d> Draw<'d> {
    /// From the first of them on.
    pub fn from(bytes: &'d [u8]) -> Self {
        Self { left: bytes }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// The next one.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.left.split_first() else { return 0 };
        self.left = rest;
        *first
    }

    /// A number below this one, which is 256 at most.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    /// Whether something is, once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of these.
    pub fn one<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.below(choices.len())]
    }

    /// Some bytes as they are, as many as are left at most.
    pub fn bytes(&mut self, most: usize) -> &'d [u8] {
        let count = self.below(most.min(255) + 1).min(self.left.len());
        let (taken, rest) = self.left.split_at(count);
        self.left = rest;
        taken
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'d [u8] {
        std::mem::take(&mut self.left)
    }

    /// Some bytes as a text.
    pub fn text(&mut self, most: usize) -> String {
        String::from_utf8_lossy(self.bytes(most)).into_owned()
    }

    /// So many characters of an alphabet.
    pub fn word(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(*self.one(alphabet))).collect()
    }

    /// Some of these parts in a row, and now and then a text that is none of them.
    pub fn parts(&mut self, parts: &[&str], most: usize) -> String {
        let count = self.below(most + 1);
        (0..count).map(|_| if self.once_in(8) { self.text(6) } else { (*self.one(parts)).to_owned() }).collect()
    }

    /// A text with its letters in whatever case.
    pub fn in_any_case(&mut self, text: &str) -> String {
        let either = |char: char| if self.once_in(2) { char.to_ascii_uppercase() } else { char.to_ascii_lowercase() };
        text.chars().map(either).collect()
    }

    /// A text with a few of its bytes changed, taken out, doubled or put in, and how many that were.
    pub fn damaged(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        for _ in 0..self.below(8) {
            let at = (self.below(256) << 8 | self.below(256)) % (bytes.len() + 1);
            let there = at < bytes.len();
            match self.below(5) {
                0 if there => bytes[at] = self.byte(),
                1 if there => bytes[at] ^= 1 << self.below(8),
                2 if there => drop(bytes.remove(at)),
                3 => bytes.truncate(at),
                _ => bytes.insert(at, self.byte()),
            }
        }
        bytes
    }
}
