//! What administrators do to the quotas of others, with the service role's key.
//!
//! For the command line. The app never holds such a key.

use flowmeter_domain::{Code, Kind, Quota, UiError};
use flowmeter_supabase::{Caller, InvalidProject, Project, QuotaRow, Supabase};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

/// A project, with the key that passes row level security.
pub struct Admin {
    supabase: Supabase,
    key: SecretString,
}

impl Admin {
    /// The project at `url`; nothing is sent yet.
    ///
    /// # Errors
    /// `INVALID_SETTINGS` for an address or a key that cannot be right.
    pub fn open(url: &str, key: SecretString) -> Result<Self, UiError> {
        let wrong = |fault: InvalidProject| UiError::new(Code::InvalidSettings, fault.to_string());
        // Every call here is made with the service role's key, which takes the public key's place.
        let project = Project::new(url, key.expose_secret()).map_err(wrong)?;
        Ok(Self { supabase: Supabase::new(project), key })
    }

    /// A person's numbers.
    ///
    /// # Errors
    /// `NOT_FOUND` for a person without a row, `NOT_SIGNED_IN` for a key that is not accepted, …
    pub async fn quota(&self, user_id: Uuid) -> Result<Quota, UiError> {
        let row = self.supabase.quota_row(Caller::ServiceRole(&self.key), user_id).await?;
        numbers(row, user_id)
    }

    /// Sets counters of a person to 0; others stay.
    ///
    /// # Errors
    /// As [`Admin::quota`].
    pub async fn reset(&self, user_id: Uuid, kinds: &[Kind]) -> Result<Quota, UiError> {
        numbers(self.supabase.reset_used(&self.key, user_id, kinds).await?, user_id)
    }

    /// Sets every counter of a person to 0 that the project has.
    ///
    /// # Errors
    /// As [`Admin::quota`].
    pub async fn reset_all(&self, user_id: Uuid) -> Result<Quota, UiError> {
        let kinds: Vec<Kind> = self.quota(user_id).await?.0.into_keys().collect();
        self.reset(user_id, &kinds).await
    }

    /// Sets limits of a person; those that are not named stay.
    ///
    /// # Errors
    /// As [`Admin::quota`].
    pub async fn set_limits(&self, user_id: Uuid, limits: &[(Kind, u32)]) -> Result<Quota, UiError> {
        numbers(self.supabase.set_limits(&self.key, user_id, limits).await?, user_id)
    }
}

fn numbers(row: Option<QuotaRow>, user_id: Uuid) -> Result<Quota, UiError> {
    let none = || UiError::new(Code::NotFound, format!("there is no quota row for {user_id}"));
    row.map(|row| row.quota).ok_or_else(none)
}
