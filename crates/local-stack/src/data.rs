//! The directory of the database: temporary, or kept and locked.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::Error;

/// The directory of the database. A temporary one is removed with this value.
pub(crate) enum Data {
    /// Dies with the stack.
    Temporary(TempDir),
    /// Outlives the stack.
    Kept {
        /// The directory that was asked for.
        path: PathBuf,
        /// Held by the system until this process ends, however it ends: two stacks never share a cluster.
        _lock: File,
    },
}

impl Data {
    /// A fresh directory without `kept`.
    pub(crate) fn open(kept: Option<PathBuf>) -> Result<Data, Error> {
        match kept {
            Some(path) => Ok(Data::Kept { _lock: lock(&path)?, path }),
            None => temporary().map(Data::Temporary),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Data::Temporary(directory) => directory.path(),
            Data::Kept { path, .. } => path,
        }
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.path().join("cluster")
    }

    pub(crate) fn is_kept(&self) -> bool {
        matches!(self, Data::Kept { .. })
    }
}

/// Root's TMPDIR may be closed to the user that root became; `/tmp` is open to everybody.
fn temporary() -> Result<TempDir, Error> {
    let named = tempfile::Builder::new().prefix("flowmeter-stack-").tempdir();
    let made = match named {
        Err(cause) if cfg!(unix) && cause.kind() == std::io::ErrorKind::PermissionDenied => {
            tempfile::Builder::new().prefix("flowmeter-stack-").tempdir_in("/tmp")
        }
        made => made,
    };
    made.map_err(|cause| Error::Data { path: std::env::temp_dir(), cause })
}

fn lock(path: &Path) -> Result<File, Error> {
    let unusable = |cause| Error::Data { path: path.to_owned(), cause };
    let file =
        File::options().create(true).write(true).truncate(false).open(path.join("lock")).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::DataInUse(path.to_owned())),
        Err(TryLockError::Error(cause)) => Err(unusable(cause)),
    }
}
