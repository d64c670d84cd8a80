//! The app's own store (SQLite): accounts and the last reading of each. No secret is ever in it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flowmeter_domain::ipc::Account;
use flowmeter_domain::{Code, Snapshot, UiError};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use uuid::Uuid;

/// Each entry takes the schema one version further; `user_version` says how many were applied.
const MIGRATIONS: &[&str] = &["
    create table account (
        project text not null,           -- host of the Supabase project
        user_id text not null,
        email   text not null,
        current integer not null,        -- 1 for the one who is signed in
        primary key (project, user_id)
    ) without rowid;
    create table reading (
        project  text not null,
        user_id  text not null,
        snapshot text not null,          -- JSON of domain::Snapshot, the newest one
        primary key (project, user_id),
        foreign key (project, user_id) references account
    ) without rowid;
"];

/// A handle on the store. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store(Arc<Mutex<Connection>>);

impl Store {
    /// Opens or creates the store in `folder`.
    pub(crate) fn open(folder: &Path) -> Result<Self, UiError> {
        let failed = |error: &dyn std::fmt::Display| {
            UiError::new(
                Code::StoreFailed,
                format!("the store in {} cannot be used: {error}", folder.display()),
            )
        };
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        let mut connection =
            Connection::open(folder.join("flowmeter.sqlite")).map_err(|error| failed(&error))?;
        migrate(&mut connection).map_err(|error| failed(&error))?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Who was signed in last at `project`.
    pub(crate) fn current_account(&self, project: &str) -> Result<Option<Account>, UiError> {
        let sql = "select user_id, email from account where project = ?1 and current = 1";
        let found = self.lock().query_row(sql, [project], |row| Ok((row.get(0)?, row.get(1)?))).optional();
        let found: Option<(String, String)> = found.map_err(failed)?;
        Ok(found.and_then(|(id, email)| Some(Account { user_id: Uuid::parse_str(&id).ok()?, email })))
    }

    /// Remembers who is signed in at `project`, or that nobody is.
    pub(crate) fn set_current(&self, project: &str, account: Option<&Account>) -> Result<(), UiError> {
        let mut connection = self.lock();
        let transaction = connection.transaction().map_err(failed)?;
        transaction
            .execute("update account set current = 0 where project = ?1", [project])
            .map_err(failed)?;
        if let Some(account) = account {
            let sql = "insert into account (project, user_id, email, current) values (?1, ?2, ?3, 1)
                       on conflict (project, user_id) do update set email = ?3, current = 1";
            let values = params![project, account.user_id.to_string(), account.email];
            transaction.execute(sql, values).map_err(failed)?;
        }
        transaction.commit().map_err(failed)
    }

    /// The last reading of `account`; one that cannot be read any more counts as none.
    pub(crate) fn snapshot(&self, project: &str, account: &Account) -> Result<Option<Snapshot>, UiError> {
        let sql = "select snapshot from reading where project = ?1 and user_id = ?2";
        let values = params![project, account.user_id.to_string()];
        let json: Option<String> =
            self.lock().query_row(sql, values, |row| row.get(0)).optional().map_err(failed)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Remembers the newest reading of `account`.
    pub(crate) fn save(&self, project: &str, account: &Account, snapshot: &Snapshot) -> Result<(), UiError> {
        let json = serde_json::to_string(snapshot).map_err(failed)?;
        let sql = "insert into reading (project, user_id, snapshot) values (?1, ?2, ?3)
                   on conflict (project, user_id) do update set snapshot = ?3";
        let values = params![project, account.user_id.to_string(), json];
        self.lock().execute(sql, values).map(drop).map_err(failed)
    }

    /// A panic of another thread leaves the connection usable: its transaction was rolled back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreFault> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    // Immediate: of two programs that start at once, the second waits and then finds it done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let applied: i64 = transaction.query_row("pragma user_version", [], |row| row.get(0))?;
    let open = MIGRATIONS.get(usize::try_from(applied).unwrap_or(usize::MAX)..).ok_or(StoreFault::Newer)?;
    for sql in open {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    Ok(transaction.commit()?)
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
enum StoreFault {
    #[error("it was written by a newer version of Flowmeter; update, or choose another folder")]
    Newer,
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

fn failed(error: impl std::fmt::Display) -> UiError {
    UiError::new(Code::StoreFailed, error.to_string())
}

#[cfg(test)]
mod tests {
    use flowmeter_domain::Quota;
    use jiff::Timestamp;

    use super::*;

    fn account(email: &str) -> Account {
        Account { user_id: Uuid::new_v4(), email: email.to_owned() }
    }

    #[test]
    fn accounts_and_readings_are_kept_apart_and_survive_a_reopening() {
        let dir = tempfile::tempdir().unwrap();
        let (mei, tom) = (account("mei@example.com"), account("tom@example.com"));
        let snapshot = Snapshot { quota: Quota::default(), taken_at: Timestamp::from_second(7).unwrap() };
        let store = Store::open(dir.path()).unwrap();
        store.set_current("one", Some(&tom)).unwrap();
        store.set_current("one", Some(&mei)).unwrap();
        store.save("one", &mei, &snapshot).unwrap();
        drop(store);

        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.current_account("one").unwrap(), Some(mei.clone()));
        assert_eq!(store.snapshot("one", &mei).unwrap(), Some(snapshot));
        assert_eq!(store.snapshot("one", &tom).unwrap(), None);
        assert_eq!(store.current_account("two").unwrap(), None);
        store.set_current("one", None).unwrap();
        assert_eq!(store.current_account("one").unwrap(), None);
    }

    #[test]
    fn a_store_of_a_newer_version_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        store.lock().pragma_update(None, "user_version", 99).unwrap();
        drop(store);
        let error = Store::open(dir.path()).err().unwrap();
        assert!(error.message.contains("newer version"), "{error}");
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = Store::open(&file).err().unwrap();
        assert_eq!(error.code, Code::StoreFailed);
        assert!(error.message.contains(&file.display().to_string()));
    }
}
