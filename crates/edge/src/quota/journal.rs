//! Charges that wait for the database, in a file, so that the end of this process does not lose them.
//!
//! One JSON object a line: who, what, which request; no secrets. A line is noted and on the disk before
//! anybody relies on it; the file is written anew when a charge was made. Making a charge twice is
//! harmless (the database counts a request once), so a line too many never costs anything.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::reservation::Charge;
use crate::settings::SettingsError;

/// An open journal. One process has it at a time.
#[derive(Clone)]
pub(crate) struct Journal(Arc<Mutex<Book>>);

struct Book {
    file: File,
    waiting: BTreeMap<Uuid, Charge>,
}

impl Journal {
    /// Opens or makes the file and reads what waits in it.
    ///
    /// # Errors
    /// When it cannot be used, or another process has it.
    pub(crate) fn open(path: &Path) -> Result<Self, SettingsError> {
        let wrong = |fault: String| SettingsError::Wrong { name: "EDGE_JOURNAL".to_owned(), fault };
        let unusable = |cause: io::Error| wrong(format!("{} cannot be used: {cause}", path.display()));
        let file = File::options()
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .open(path)
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(wrong(format!("{} is in use by another process", path.display())));
            }
            Err(TryLockError::Error(cause)) => return Err(unusable(cause)),
        }
        Book::read(file).map(|book| Self(Arc::new(Mutex::new(book)))).map_err(unusable)
    }

    /// The charges that are not made yet.
    pub(super) fn waiting(&self) -> Vec<Charge> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).waiting.values().copied().collect()
    }

    /// Notes a charge; it is on the disk afterwards.
    pub(super) async fn note(&self, charge: Charge) {
        self.write(move |book| book.note(charge)).await;
    }

    /// The charge was made.
    pub(super) async fn strike(&self, charge: Charge) {
        self.write(move |book| book.strike(charge)).await;
    }

    /// Off the threads that serve: a disk may take its time.
    async fn write(&self, change: impl FnOnce(&mut Book) -> io::Result<()> + Send + 'static) {
        let book = self.0.clone();
        let written = tokio::task::spawn_blocking(move || {
            change(&mut book.lock().unwrap_or_else(PoisonError::into_inner))
        });
        if let Err(cause) = written.await.unwrap_or_else(|gone| Err(io::Error::other(gone))) {
            tracing::error!(%cause, "the journal could not be written");
        }
    }
}

impl Book {
    /// A line that a crash cut short was never relied on, and is left out.
    fn read(mut file: File) -> io::Result<Self> {
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let charges = text.lines().filter_map(|line| serde_json::from_str::<Charge>(line).ok());
        Ok(Self { file, waiting: charges.map(|charge| (charge.request, charge)).collect() })
    }

    fn note(&mut self, charge: Charge) -> io::Result<()> {
        self.waiting.insert(charge.request, charge);
        self.file.seek(io::SeekFrom::End(0))?;
        // A newline first too: the line before may have been cut short.
        writeln!(self.file, "\n{}", serde_json::to_string(&charge)?)?;
        self.file.sync_data()
    }

    fn strike(&mut self, charge: Charge) -> io::Result<()> {
        self.waiting.remove(&charge.request);
        // Only an empty journal is cut: shortening one with lines in it could lose them in a crash.
        if self.waiting.is_empty() {
            self.file.set_len(0)?;
            self.file.sync_data()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flowmeter_domain::Kind;

    use super::*;

    fn charge(number: u128) -> Charge {
        Charge { request: Uuid::from_u128(number), user: Uuid::from_u128(7), kind: Kind::LlmExecutions }
    }

    fn path() -> std::path::PathBuf {
        std::env::temp_dir().join(format!("flowmeter-journal-{}", Uuid::new_v4()))
    }

    #[tokio::test]
    async fn what_was_noted_is_there_after_a_crash_and_what_was_struck_is_not() {
        let path = path();
        let journal = Journal::open(&path).unwrap();
        journal.note(charge(1)).await;
        journal.note(charge(2)).await;
        drop(journal);
        std::fs::write(&path, std::fs::read_to_string(&path).unwrap() + "{\"request\": \"cut").unwrap();
        let journal = Journal::open(&path).unwrap();
        assert_eq!(journal.waiting(), [charge(1), charge(2)]);
        journal.note(charge(3)).await;
        for number in 1..=3 {
            journal.strike(charge(number)).await;
        }
        drop(journal);
        assert_eq!(Journal::open(&path).unwrap().waiting(), []);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_second_process_is_told_that_it_is_in_use() {
        let path = path();
        let _first = Journal::open(&path).unwrap();
        let fault = Journal::open(&path).err().unwrap().to_string();
        assert!(fault.starts_with("EDGE_JOURNAL is wrong: ") && fault.contains("in use"), "{fault}");
        std::fs::remove_file(path).unwrap();
    }
}
