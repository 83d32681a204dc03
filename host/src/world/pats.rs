//! What users have saved.

use super::{World, acting, asker};
use crate::operate;
use model::{Account, ActAs, IntegrationId, PatMetadata, Sealed, Timestamp};
use store::NewPat;

impl World {
    pub async fn remove_pat(&self, user: &str) {
        operate::remove_pat(
            &self.app,
            &asker(user).of(IntegrationId::parse("acme").unwrap(), ActAs::User),
            operate::PatRemoval::Here,
            None,
        )
        .await
        .unwrap();
    }

    /// In the place of the one she has, and of no git server: one that cannot be used.
    pub async fn saves_unasked(&self, user: &str, login: &str) {
        let (integration, before) = self.store.pats_of(&acting(user)).await.unwrap().remove(0);
        let account = Some(Account { id: format!("id of {login}"), login: login.to_owned() });
        let sealed = Sealed {
            algorithm: "none".into(),
            key_id: "none".into(),
            salt: Vec::new(),
            nonce: Vec::new(),
            ciphertext: Vec::new(),
        };
        let pat = NewPat {
            integration,
            user: acting(user),
            metadata: PatMetadata { account, saved_at: self.app.clock.now(), ..before },
            sealed,
        };
        self.store.save_pat(pat, self.entry()).await.unwrap();
    }

    /// When she saved the one she has.
    pub async fn saved_at(&self, user: &str) -> Option<Timestamp> {
        self.store.pats_of(&acting(user)).await.unwrap().first().map(|(_, pat)| pat.saved_at)
    }

    /// What the page for this user says of a saved credential, and nothing where there is none.
    pub async fn saved_account(&self, user: &str) -> Option<String> {
        let pats = self.store.pats_of(&acting(user)).await.unwrap();
        let (_, metadata) = pats.into_iter().next()?;
        Some(metadata.account.map_or_else(|| "unchecked".into(), |account| account.login))
    }
}
