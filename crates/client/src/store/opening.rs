//! Opening the store's file, and what to do with one that is damaged.
//!
//! A damaged file is put aside under a name of its own and a new one takes its place: the numbers are
//! the server's, so what is lost is history, and the app goes on. Nothing is deleted.

use std::path::{Path, PathBuf};

use flowmeter_domain::Code;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::{MIGRATIONS, run_search};

/// The file in the data folder.
pub(super) const FILE: &str = "flowmeter.sqlite";
/// What SQLite keeps beside it.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("it was written by a newer version of Flowmeter; update, or choose another folder")]
    Newer,
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    File(#[from] std::io::Error),
}

impl Fault {
    pub(super) fn code(&self) -> Code {
        match self {
            Fault::Newer => Code::StoreNewer,
            Fault::Sqlite(_) | Fault::File(_) => Code::StoreFailed,
        }
    }
}

/// An open store, and where a damaged one went.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) put_aside: Option<PathBuf>,
}

/// Opens or creates the store in `folder`.
pub(super) fn open(folder: &Path) -> Result<Opened, Fault> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join(FILE);
    match connect(&file) {
        Ok(connection) => Ok(Opened { connection, put_aside: None }),
        Err(Fault::Sqlite(error)) if is_damage(&error) => {
            let put_aside = put_aside(&file)?;
            Ok(Opened { connection: connect(&file)?, put_aside: Some(put_aside) })
        }
        Err(fault) => Err(fault),
    }
}

/// Whether the file itself is broken, and not the disk full or somebody else writing.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Moves the file out of the way; the name that it has now.
pub(super) fn put_aside(file: &Path) -> std::io::Result<PathBuf> {
    let named = |number: u32| file.with_extension(format!("damaged-{number}.sqlite"));
    let free = (1..).map(named).find(|name| !name.exists()).unwrap_or_else(|| named(0));
    for beside in BESIDE {
        let beside_of = |path: &Path| PathBuf::from(format!("{}{beside}", path.display()));
        if beside_of(file).exists() {
            std::fs::rename(beside_of(file), beside_of(&free))?;
        }
    }
    std::fs::rename(file, &free)?;
    Ok(free)
}

fn connect(file: &Path) -> Result<Connection, Fault> {
    let mut connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // With a write-ahead log the file stays whole without waiting for the disk at each reading.
    connection.pragma_update(None, "synchronous", "normal")?;
    // What a person clears is gone from the file too.
    connection.pragma_update(None, "secure_delete", "on")?;
    run_search::define(&connection)?;
    migrate(&mut connection)?;
    read_small_tables(&connection)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), Fault> {
    // Immediate: of two programs that start at once, the second waits and then finds it done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let applied: i64 = transaction.query_row("pragma user_version", [], |row| row.get(0))?;
    let open = MIGRATIONS.get(usize::try_from(applied).unwrap_or(usize::MAX)..).ok_or(Fault::Newer)?;
    for sql in open {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    Ok(transaction.commit()?)
}

/// Finds damage where the app could not live with it; the history, which may be large, is found out
/// about when it is read.
fn read_small_tables(connection: &Connection) -> rusqlite::Result<()> {
    for table in ["account", "reading", "preference", "series", "told", "run_choices"] {
        let mut query = connection.prepare(&format!("select * from {table}"))?;
        let mut rows = query.query([])?;
        while rows.next()?.is_some() {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_store_is_put_aside_under_a_free_name() {
        let dir = tempfile::tempdir().unwrap();
        for number in 1..=2 {
            std::fs::write(dir.path().join(FILE), "nonsense, and rather much of it".repeat(400)).unwrap();
            let opened = open(dir.path()).unwrap();
            let aside = dir.path().join(format!("flowmeter.damaged-{number}.sqlite"));
            assert_eq!(opened.put_aside.as_deref(), Some(aside.as_path()));
            assert!(std::fs::read_to_string(aside).unwrap().starts_with("nonsense"));
            drop(opened);
            assert_eq!(open(dir.path()).unwrap().put_aside, None);
        }
    }

    #[test]
    fn a_store_whose_middle_is_overwritten_is_put_aside() {
        let dir = tempfile::tempdir().unwrap();
        drop(open(dir.path()).unwrap());
        let file = dir.path().join(FILE);
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[4096..].fill(0xff);
        std::fs::write(&file, bytes).unwrap();
        assert!(open(dir.path()).unwrap().put_aside.is_some());
    }

    #[test]
    fn a_store_of_any_older_version_is_taken_further_with_what_is_in_it() {
        for version in 1..MIGRATIONS.len() {
            let dir = tempfile::tempdir().unwrap();
            let older = Connection::open(dir.path().join(FILE)).unwrap();
            MIGRATIONS[..version].iter().for_each(|sql| older.execute_batch(sql).unwrap());
            older.pragma_update(None, "user_version", version as i64).unwrap();
            let account =
                "insert into account (project, user_id, email, current) values ('one', 'a', 'b', 1)";
            older.execute(account, []).unwrap();
            drop(older);

            let opened = open(dir.path()).unwrap();
            assert_eq!(opened.put_aside, None, "version {version}");
            let count = |table: &str| -> i64 {
                let sql = format!("select count(*) from {table}");
                opened.connection.query_row(&sql, [], |row| row.get(0)).unwrap()
            };
            assert_eq!((count("account"), count("flow_run")), (1, 0), "version {version}");
        }
    }

    #[test]
    fn a_store_of_a_newer_version_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        open(dir.path()).unwrap().connection.pragma_update(None, "user_version", 99).unwrap();
        assert_eq!(open(dir.path()).err().map(|fault| fault.code()), Some(Code::StoreNewer));
    }
}
