//! Says that it serves ten thousand kinds.

use countersign_hostile_guests::{Attack, Description, Kind, description, guest};

struct HasTenThousandKinds;

impl Attack for HasTenThousandKinds {
    fn describe() -> Description {
        let honest = description();
        let kind = |number: u32| Kind { id: format!("kind-{number}"), ..honest.kinds[0].clone() };
        Description { kinds: (0..10_000).map(kind).collect(), ..honest }
    }
}

guest!(HasTenThousandKinds);
