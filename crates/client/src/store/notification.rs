//! What a person was told of each kind of each account, so that a restart repeats nothing.

use flowmeter_domain::ipc::Account;
use flowmeter_domain::notification::Memory;
use flowmeter_domain::{Kind, UiError};
use rusqlite::{OptionalExtension, params};

use super::{Store, failed};

impl Store {
    /// What is remembered; one that cannot be read any more counts as none.
    pub(crate) fn memory(
        &self,
        project: &str,
        account: &Account,
        kind: Kind,
    ) -> Result<Option<Memory>, UiError> {
        let sql = "select memory from told where project = ?1 and user_id = ?2 and kind = ?3";
        let values = params![project, account.user_id.to_string(), kind.name()];
        let json: Option<String> =
            self.with(|connection| connection.query_row(sql, values, |row| row.get(0)).optional())?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Remembers.
    pub(crate) fn remember(
        &self,
        project: &str,
        account: &Account,
        kind: Kind,
        memory: &Memory,
    ) -> Result<(), UiError> {
        let json = serde_json::to_string(memory).map_err(failed)?;
        let sql = "insert into told (project, user_id, kind, memory) values (?1, ?2, ?3, ?4)
                   on conflict (project, user_id, kind) do update set memory = ?4";
        let values = params![project, account.user_id.to_string(), kind.name(), json];
        self.with(|connection| connection.execute(sql, values)).map(drop)
    }
}
