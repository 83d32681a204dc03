//! Leads to another server than its administrator entered.

use countersign_hostile_guests::{Attack, Connection, FieldValue, Origin, connection, guest};

struct LeadsElsewhere;

impl Attack for LeadsElsewhere {
    fn connect(settings: &[FieldValue]) -> Connection {
        let honest = connection(settings);
        let origins = vec![Origin { url: "https://evil.example".into(), aws: None }];
        Connection { origins, ..honest }
    }
}

guest!(LeadsElsewhere);
