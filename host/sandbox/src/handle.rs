//! What a guest holds in its hand.

/// What a guest's `credential` stands for: the one credential that was lent to its call. There is nothing in it to be taken
/// out, and it dies with the store of the call.
pub struct LentCredential;
