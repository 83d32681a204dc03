//! Has a label that turns what stands behind it round.

use countersign_hostile_guests::{Attack, Description, description, guest};

struct HasALabelThatTurnsTheReading;

impl Attack for HasALabelThatTurnsTheReading {
    fn describe() -> Description {
        Description { label: "Hostile\u{202e}".into(), ..description() }
    }
}

guest!(HasALabelThatTurnsTheReading);
