//! Randomness, as an argument. Nothing else asks the system for it.

use ring::rand::SecureRandom as _;

use super::digest::hex;

/// Bytes in the id of a request: two are never the same by chance.
const ID_BYTES: usize = 16;

/// Gives random bytes. The daemon's are the system's; a test may want to know them.
pub trait Random: Send + Sync {
    /// Fills all of `bytes`.
    ///
    /// # Panics
    /// When there is no randomness to give; there is nothing safe to do then.
    fn fill(&self, bytes: &mut [u8]);
}

/// The system's.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl SystemRandom {
    /// As ring's own functions take it.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
    pub fn of_ring(self) -> ring::rand::SystemRandom {
        ring::rand::SystemRandom::new()
    }
}

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.of_ring().fill(bytes).expect("the system's random source works");
    }
}

/// So many random bytes.
pub fn random_bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

/// An id that nobody else has: 32 hexadecimal digits.
pub fn random_id(random: &dyn Random) -> String {
    hex(&random_bytes::<ID_BYTES>(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts up: what a test that has to know its ids would use.
    struct Counting;

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.iter_mut().zip(1..).for_each(|(byte, number)| *byte = number);
        }
    }

    #[test]
    fn an_id_is_made_of_the_bytes_that_were_given() {
        assert_eq!(random_id(&Counting), "0102030405060708090a0b0c0d0e0f10");
        let ids = [random_id(&SystemRandom), random_id(&SystemRandom)];
        assert!(ids[0] != ids[1] && ids.iter().all(|id| id.len() == 32), "{ids:?}");
    }
}
