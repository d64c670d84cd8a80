//! The app's own store (SQLite): accounts, preferences; the last reading, the history, the runs and the flows of
//! each account.
//!
//! No secret is ever in it.

mod accounts;
mod choices;
mod flow_runs;
mod flows;
mod history;
mod notification;
mod opening;
mod preferences;
mod run_search;
mod runs;
mod wish;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flowmeter_domain::ipc::Account;
use flowmeter_domain::{Code, Snapshot, UiError};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

pub(crate) use flows::{KeptFlow, NewVersion};
use opening::Opened;
pub(crate) use runs::Kept;

/// Each entry takes the schema one version further; `user_version` says how many were applied.
const MIGRATIONS: &[&str] = &[
    "
    create table account (
        project text not null,           -- host of the Supabase project
        user_id text not null,
        email   text not null,
        current integer not null,        -- 1 for the one who was shown last at this project
        primary key (project, user_id)
    ) without rowid;
    create table reading (
        project  text not null,
        user_id  text not null,
        snapshot text not null,          -- JSON of domain::Snapshot, the newest one
        primary key (project, user_id),
        foreign key (project, user_id) references account
    ) without rowid;
",
    "
    create table preference (
        name  text primary key,          -- a field of domain::Preferences
        value text not null              -- its JSON
    ) without rowid;
    create table series (
        id      integer primary key,
        project text not null,
        user_id text not null,
        kind    text not null,
        newest  integer,                 -- the row of `history` that holds the newest value
        first   integer,                 -- Unix seconds of the first reading
        unique (project, user_id, kind)
    );
    create table history (
        id     integer primary key,      -- in the order in which they were read
        series integer not null,
        since  integer not null,         -- Unix seconds of the first reading with this value
        lasted integer not null,         -- seconds until the last reading with it
        used   integer not null,
        max    integer not null          -- the limit
    );
    create table told (
        project text not null,
        user_id text not null,
        kind    text not null,
        memory  text not null,           -- JSON of domain::notification::Memory
        primary key (project, user_id, kind)
    ) without rowid;
",
    "
    create table project (
        host     text primary key,
        url      text not null,
        key      text not null,          -- publishable or anon: it is public
        edge_url text not null,
        shown    integer not null        -- the highest was shown last
    ) without rowid;
    alter table account add column signed_in integer not null default 0;
    update account set signed_in = current;
",
    "
    create table flow (
        id         text primary key,
        project    text not null,
        user_id    text not null,
        name       text not null,        -- of the version that holds
        nodes      integer not null,     -- of the version that holds
        changed_at integer not null,     -- Unix milliseconds
        holds      integer not null,     -- number of the version that holds
        deleted    integer not null      -- 1 until it is brought back or swept
    ) without rowid;
    create index flow_of_account on flow (project, user_id, changed_at desc);
    create table flow_version (
        flow_id text not null,
        number  integer not null,        -- in the order in which they were made
        name    text not null,
        nodes   integer not null,
        origin  text not null,           -- JSON of domain::ipc::Origin
        flow    text not null,           -- JSON of domain::flow::Flow
        primary key (flow_id, number)
    ) without rowid;
",
    "
    create table run (
        id           integer primary key autoincrement,  -- in the order in which they were started
        project      text not null,
        user_id      text not null,
        run_id       text not null unique,
        conversation text not null,
        launch       text not null,      -- of the app: one that did not end its runs was killed
        started_at   integer not null,   -- Unix milliseconds
        name         text,               -- what the person calls it
        model        text not null,
        end          text,               -- JSON of domain::ipc::End; null while it runs
        measured     text not null,      -- JSON of domain::Measured
        request      text not null,      -- JSON of domain::NodeRequest, without its input and its history
        is_json      integer not null,   -- whether the prompt is JSON
        prompt       text not null,
        content      text not null,      -- empty while it runs: see run_draft
        reasoning    text not null,
        foreign key (project, user_id) references account
    );
    create index run_of_account on run (project, user_id);
    create index run_of_conversation on run (conversation);
    create index run_unended on run (id) where end is null;
    create table run_draft (
        run       integer primary key references run on delete cascade,
        content   text not null,
        reasoning text not null,
        measured  text not null
    );
    create virtual table run_text using fts5 (name, prompt, content, content = 'run', content_rowid = 'id',
        tokenize = 'trigram');
    -- What a person deletes is gone from the index, too.
    insert into run_text (run_text, rank) values ('secure-delete', 1);
    create table run_choices (
        project text not null,
        user_id text not null,
        choices text not null,           -- JSON of domain::RunChoices
        primary key (project, user_id)
    ) without rowid;
",
    "
    create table flow_run (
        flow_id text primary key,        -- of each flow the last run
        run_id  text not null,
        launch  text not null,           -- of the app: one that did not end its run was killed
        run     text not null            -- JSON of domain::ipc::FlowRunView
    ) without rowid;
",
];

/// A handle on the store. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store(Arc<Inner>);

struct Inner {
    file: PathBuf,
    connection: Mutex<Connection>,
    put_aside: Mutex<Option<PathBuf>>,
    /// Tells the runs of this launch from those that another one left.
    launch: Uuid,
}

impl Store {
    /// Opens or creates the store in `folder`. A damaged one is put aside.
    pub(crate) fn open(folder: &Path) -> Result<Self, UiError> {
        let Opened { connection, put_aside } = opening::open(folder).map_err(|error| {
            let message = format!("the store in {} cannot be used: {error}", folder.display());
            UiError::new(error.code(), message)
        })?;
        if let Some(file) = &put_aside {
            tracing::warn!(file = %file.display(), "the store was damaged and is put aside");
        }
        let file = folder.join(opening::FILE);
        let (connection, put_aside) = (Mutex::new(connection), Mutex::new(put_aside));
        Ok(Self(Arc::new(Inner { file, connection, put_aside, launch: Uuid::new_v4() })))
    }

    /// The folder that it is in.
    pub(crate) fn folder(&self) -> &Path {
        self.0.file.parent().unwrap_or(Path::new("."))
    }

    /// Where a damaged store was put at this launch.
    pub(crate) fn put_aside(&self) -> Option<String> {
        let put_aside = self.0.put_aside.lock().unwrap_or_else(PoisonError::into_inner);
        put_aside.as_ref().map(|file| file.display().to_string())
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

    /// Works on the file. Damage that only shows now puts the file aside, so that the next work
    /// finds a new one.
    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, UiError> {
        let mut connection = self.lock();
        work(&mut connection).map_err(|error| {
            if opening::is_damage(&error) {
                self.renew(&mut connection);
            }
            failed(error)
        })
    }

    fn renew(&self, connection: &mut Connection) {
        let Ok(nowhere) = Connection::open_in_memory() else { return };
        // Closed first: an open file cannot be renamed everywhere.
        drop(std::mem::replace(connection, nowhere));
        let put_aside = opening::put_aside(&self.0.file);
        let opened = self.0.file.parent().map(opening::open);
        if let Some(Ok(opened)) = opened {
            *connection = opened.connection;
        }
        tracing::warn!(?put_aside, "the store is damaged and is put aside");
        *self.0.put_aside.lock().unwrap_or_else(PoisonError::into_inner) = put_aside.ok();
    }

    /// Works on a thread of its own: text takes a moment, and others should not wait for it.
    pub(crate) async fn on_a_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, UiError> + Send + 'static,
    ) -> Result<T, UiError> {
        let store = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&store)).await;
        done.unwrap_or_else(|_| Err(UiError::new(Code::Internal, "working on the store panicked")))
    }

    /// A panic of another thread leaves the connection usable: its transaction was rolled back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        store.set_signed_in("one", &mei, true).unwrap();
        store.set_signed_in("one", &tom, false).unwrap();
        store.save("one", &mei, &snapshot).unwrap();
        drop(store);

        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.all_signed_in().unwrap(), [("one".to_owned(), mei.clone())]);
        assert_eq!(store.snapshot("one", &mei).unwrap(), Some(snapshot));
        assert_eq!(store.snapshot("one", &tom).unwrap(), None);
    }

    #[test]
    fn damage_that_shows_later_puts_the_file_aside_and_the_next_work_succeeds() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let damage = |_: &mut Connection| -> rusqlite::Result<()> {
            Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(11), None))
        };
        assert_eq!(store.with(damage).unwrap_err().code, Code::StoreFailed);
        assert!(store.put_aside().unwrap().ends_with("flowmeter.damaged-1.sqlite"));
        assert_eq!(store.set_signed_in("one", &account("mei@example.com"), true), Ok(()));
    }

    #[test]
    fn a_store_of_a_newer_version_is_named() {
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
