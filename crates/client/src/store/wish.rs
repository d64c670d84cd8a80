//! How another program asks the app for a reading: a file beside the store.
//!
//! The command line must not use the session of a running app, whose refresh token would be gone; it
//! asks the app to read and finds the reading in the store.

use std::path::PathBuf;

use super::Store;

const FILE: &str = "read-now";

impl Store {
    /// Asks for a reading.
    pub(crate) fn wish(&self) -> std::io::Result<()> {
        std::fs::write(self.wish_file(), "")
    }

    /// Whether somebody asked since the last time.
    pub(crate) fn take_wish(&self) -> bool {
        let file = self.wish_file();
        file.exists() && std::fs::remove_file(file).is_ok()
    }

    fn wish_file(&self) -> PathBuf {
        self.0.file.with_file_name(FILE)
    }
}
