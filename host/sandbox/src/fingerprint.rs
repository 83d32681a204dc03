//! What components are known by.

/// SHA-256 in lower-case hexadecimal.
pub fn fingerprint(bytes: &[u8]) -> String {
    crypto::hex(&crypto::sha256(bytes))
}
