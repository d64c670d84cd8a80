//! Without `/proc`: PostgreSQL is asked to stop by the process id that it wrote down, as `pg_ctl` does it.
//! What this cannot see, a server that has not yet written its id, ends when its data directory is gone.

use std::path::Path;
use std::process::Command;

use crate::Error;

/// Ends the PostgreSQL server on this data directory, if there is one.
///
/// Only for whoever holds the directory's lock: then no other stack is running on it.
pub(super) fn end(data: &Path) -> Result<(), Error> {
    let cluster = data.join("cluster");
    if !cluster.join("postmaster.pid").exists() {
        return Ok(());
    }
    let pg_ctl = match super::installed::find()? {
        Some(installation) => installation.join("bin").join("pg_ctl"),
        None => "pg_ctl".into(),
    };
    // It fails when the server is gone already; then PostgreSQL takes the stale file away by itself.
    let _ =
        Command::new(pg_ctl).args(["stop", "--wait", "--mode", "fast", "--pgdata"]).arg(&cluster).output();
    Ok(())
}
