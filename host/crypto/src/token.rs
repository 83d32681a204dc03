//! Tokens that stand for somebody or something: shown once, and kept by their digest only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::random::{Random, random_bytes};

/// Random bytes in a token.
const TOKEN_BYTES: usize = 32;

/// Length of a token, in characters of base64url.
pub const TOKEN_CHARS: usize = 43;

/// A new token, in characters that stand in a URL as they are.
pub fn new_token(random: &dyn Random) -> Zeroizing<String> {
    let secret = Zeroizing::new(random_bytes::<TOKEN_BYTES>(random));
    Zeroizing::new(URL_SAFE_NO_PAD.encode(secret.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn a_token_is_as_long_as_it_says_and_never_the_same() {
        let (one, other) = (new_token(&SystemRandom), new_token(&SystemRandom));
        assert!(one.len() == TOKEN_CHARS && other.len() == TOKEN_CHARS && *one != *other);
    }
}
