//! How each account runs prompts.

use flowmeter_domain::ipc::AccountKey;
use flowmeter_domain::{RunChoices, UiError};
use rusqlite::{OptionalExtension, params};

use super::{Store, failed};

impl Store {
    /// How `key` runs prompts; what cannot be read any more counts as not chosen.
    pub(crate) fn run_choices(&self, key: &AccountKey) -> Result<RunChoices, UiError> {
        let sql = "select choices from run_choices where project = ?1 and user_id = ?2";
        let values = params![key.project, key.user_id.to_string()];
        let json: Option<String> =
            self.with(|connection| connection.query_row(sql, values, |row| row.get(0)).optional())?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }

    /// Keeps how `key` runs prompts.
    pub(crate) fn keep_run_choices(&self, key: &AccountKey, choices: &RunChoices) -> Result<(), UiError> {
        let json = serde_json::to_string(choices).map_err(failed)?;
        let sql = "insert into run_choices (project, user_id, choices) values (?1, ?2, ?3)
                   on conflict (project, user_id) do update set choices = ?3";
        let values = params![key.project, key.user_id.to_string(), json];
        self.with(|connection| connection.execute(sql, values).map(drop))
    }
}
