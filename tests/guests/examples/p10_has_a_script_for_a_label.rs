//! Has a label that would be a script on a page.

use countersign_hostile_guests::{Attack, Description, description, guest};

struct HasAScriptForALabel;

impl Attack for HasAScriptForALabel {
    fn describe() -> Description {
        Description { label: "<script>alert(1)</script>".into(), ..description() }
    }
}

guest!(HasAScriptForALabel);
