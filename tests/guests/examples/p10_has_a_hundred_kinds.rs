//! Says that it serves a hundred kinds.

use countersign_hostile_guests::{Attack, Description, Kind, description, guest};

struct HasAHundredKinds;

impl Attack for HasAHundredKinds {
    fn describe() -> Description {
        let honest = description();
        let kind = |number: u32| Kind { id: format!("kind-{number}"), ..honest.kinds[0].clone() };
        Description { kinds: (0..100).map(kind).collect(), ..honest }
    }
}

guest!(HasAHundredKinds);
