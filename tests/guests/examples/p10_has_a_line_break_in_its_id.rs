//! Has an id that would forge a line of a log.

use countersign_hostile_guests::{Attack, Description, description, guest};

struct HasALineBreakInItsId;

impl Attack for HasALineBreakInItsId {
    fn describe() -> Description {
        Description { id: "hostile\nlevel=error".into(), ..description() }
    }
}

guest!(HasALineBreakInItsId);
