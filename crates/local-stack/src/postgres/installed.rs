//! Finds the PostgreSQL that the system has. Installing one is the package manager's work on Linux;
//! elsewhere `postgresql_embedded` downloads it, see `cluster.rs`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Installation;
use crate::Error;

/// The newest installation, `None` where one can be downloaded.
pub(super) fn find() -> Result<Option<Installation>, Error> {
    let found = versioned(Path::new("/usr/lib/postgresql"))
        .or_else(|| versioned(Path::new("/usr/local/lib/postgresql")))
        .or_else(pg_config)
        .or_else(|| homebrew(Path::new("/opt/homebrew/opt")))
        .or_else(|| homebrew(Path::new("/usr/local/opt")))
        .or_else(|| homebrew(Path::new("/home/linuxbrew/.linuxbrew/opt")));
    match found {
        None if cfg!(target_os = "linux") => Err(Error::PostgresNotInstalled),
        found => Ok(found),
    }
}

/// Debian's layout: `<root>/<major>/bin`.
fn versioned(root: &Path) -> Option<Installation> {
    newest(root, |name| name.parse().ok())
}

/// Homebrew's layout: `<root>/postgresql@<major>/bin`.
fn homebrew(root: &Path) -> Option<Installation> {
    newest(root, |name| name.strip_prefix("postgresql@")?.parse().ok())
}

/// For every other layout. It may be there without a server, hence the check.
fn pg_config() -> Option<Installation> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let bin = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    bin.parent().map(Path::to_owned).filter(|installation| is_complete(installation))
}

fn newest(root: &Path, version: impl Fn(&str) -> Option<u32>) -> Option<Installation> {
    std::fs::read_dir(root)
        .ok()?
        .flatten()
        .filter_map(|entry| Some((version(entry.file_name().to_str()?)?, entry.path())))
        .filter(|(_, installation)| is_complete(installation))
        .max_by_key(|(version, _)| *version)
        .map(|(_, installation)| installation)
}

/// Client packages bring `bin` as well, without the server.
fn is_complete(installation: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|name| installation.join("bin").join(name).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installation(root: &Path, name: &str, programs: &[&str]) {
        let bin = root.join(name).join("bin");
        std::fs::create_dir_all(&bin).unwrap();
        for program in programs {
            std::fs::write(bin.join(program), "").unwrap();
        }
    }

    #[test]
    fn the_newest_complete_installation_is_taken() {
        let root = tempfile::tempdir().unwrap();
        installation(root.path(), "9", &["initdb", "pg_ctl", "postgres"]);
        installation(root.path(), "15", &["initdb", "pg_ctl", "postgres"]);
        installation(root.path(), "17", &["psql"]);
        assert_eq!(versioned(root.path()), Some(root.path().join("15")));
    }

    #[test]
    fn without_a_server_nothing_is_found() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(versioned(root.path()), None);
        assert_eq!(homebrew(&root.path().join("absent")), None);
    }
}
