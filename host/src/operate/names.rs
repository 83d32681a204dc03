//! What git servers call repositories, however somebody asks for them: by a path or a number, in capitals or not. What is done in one is
//! recognised by that.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use model::{IntegrationId, IntegrationRecord, Repository, RepositoryId, Revision};

/// Most names that are remembered of one integration; with more, all of it are forgotten.
const MANY: usize = 20_000;

/// Of each integration.
#[derive(Debug, Default)]
pub(super) struct Names(Mutex<HashMap<IntegrationId, Known>>);

/// Of one, as it was set up then: it may lead to another git server since.
#[derive(Debug)]
struct Known {
    revision: Revision,
    /// None where it is called as it is asked for.
    called: HashMap<RepositoryId, Option<RepositoryId>>,
}

impl Names {
    /// What the git server calls it, where that is known.
    pub fn called(&self, integration: &IntegrationRecord, asked: &RepositoryId) -> Option<RepositoryId> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = names.get(&integration.id).filter(|known| known.revision == integration.revision)?;
        known.called.get(asked).map(|called| called.as_ref().unwrap_or(asked).clone())
    }

    /// Those that the git server told of.
    pub fn learn(&self, integration: &IntegrationRecord, told: &[Repository]) {
        if !told.is_empty() {
            self.write(integration, |called| {
                for Repository { id, .. } in told {
                    if !called.contains_key(id) {
                        called.insert(id.clone(), None);
                    }
                }
            });
        }
    }

    /// What it calls one that was asked for.
    pub fn learn_another(&self, integration: &IntegrationRecord, asked: &RepositoryId, is: &RepositoryId) {
        self.write(integration, |called| {
            called.insert(is.clone(), None);
            if asked != is {
                called.insert(asked.clone(), Some(is.clone()));
            }
        });
    }

    fn write(
        &self,
        integration: &IntegrationRecord,
        write: impl FnOnce(&mut HashMap<RepositoryId, Option<RepositoryId>>),
    ) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let revision = integration.revision;
        let none = || Known { revision, called: HashMap::new() };
        let known = names.entry(integration.id.clone()).or_insert_with(none);
        if known.revision != revision || known.called.len() >= MANY {
            *known = none();
        }
        write(&mut known.called);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world;

    #[test]
    fn v7_what_a_repository_is_called_is_known_until_its_integration_is_another() {
        let id = |id: &str| RepositoryId::parse(id).unwrap();
        let names = Names::default();
        let integration = world::integration();
        assert_eq!(names.called(&integration, &id("acme/widgets")), None);
        names.learn_another(&integration, &id("acme/widgets"), &id("5001"));
        assert_eq!(names.called(&integration, &id("acme/widgets")), Some(id("5001")));
        assert_eq!(names.called(&integration, &id("5001")), Some(id("5001")));
        let another = IntegrationRecord { revision: Revision::of_entry(99), ..integration };
        assert_eq!(names.called(&another, &id("acme/widgets")), None);
        for number in 0..=MANY {
            names.learn_another(&another, &id(&number.to_string()), &id(&number.to_string()));
            assert!(names.0.lock().unwrap().values().all(|known| known.called.len() <= MANY));
        }
    }
}
