//! Makes the database cluster: all of it or none of it.
//!
//! It is made beside its place and then moved there, so that a kept directory never holds half a cluster,
//! whatever kills the program.

use std::path::Path;
use std::process::Command;

use super::{Installation, PASSWORD, SUPERUSER};
use crate::Error;

/// Makes the cluster in `data/cluster` unless it is there; gives back where PostgreSQL's programs are.
pub(super) fn create_if_missing(installed: Option<Installation>, data: &Path) -> Result<Installation, Error> {
    let unusable = |cause| Error::Data { path: data.to_owned(), cause };
    let (place, draft) = (data.join("cluster"), data.join("cluster.new"));
    if let (Some(installation), true) = (&installed, place.exists()) {
        return Ok(installation.clone());
    }
    if draft.exists() {
        std::fs::remove_dir_all(&draft).map_err(unusable)?;
    }
    tracing::info!("making the database cluster");
    let password = data.join("password");
    std::fs::write(&password, PASSWORD).map_err(unusable)?;
    let installation = make(installed, data, &draft, &password)?;
    std::fs::remove_file(&password).map_err(unusable)?;
    if !place.exists() {
        std::fs::rename(&draft, &place).map_err(unusable)?;
    }
    Ok(installation)
}

#[cfg(target_os = "linux")]
fn make(
    installed: Option<Installation>,
    _data: &Path,
    draft: &Path,
    password: &Path,
) -> Result<Installation, Error> {
    let installation = installed.ok_or(Error::PostgresNotInstalled)?;
    initdb(&installation, draft, password)?;
    Ok(installation)
}

/// Without an installation `postgresql_embedded` downloads one and makes the cluster with it.
#[cfg(not(target_os = "linux"))]
fn make(
    installed: Option<Installation>,
    data: &Path,
    draft: &Path,
    password: &Path,
) -> Result<Installation, Error> {
    if let Some(installation) = installed {
        initdb(&installation, draft, password)?;
        return Ok(installation);
    }
    download(data, draft, password)
}

#[cfg(not(target_os = "linux"))]
fn download(data: &Path, draft: &Path, password: &Path) -> Result<Installation, Error> {
    let home = std::env::home_dir().unwrap_or_else(|| data.to_owned());
    let mut settings = super::bare_settings(&home.join(".theseus").join("postgresql"), draft);
    settings.trust_installation_dir = false;
    settings.password_file = password.to_owned();
    let mut postgres = postgresql_embedded::PostgreSQL::new(settings);
    tokio::runtime::Handle::current()
        .block_on(postgres.setup())
        .map_err(|error| Error::Postgres { step: "install", detail: error.to_string() })?;
    Ok(postgres.settings().installation_dir.clone())
}

/// Not `postgresql_embedded`'s own: it takes the locale from the environment, where it is often one that
/// the system does not have.
fn initdb(installation: &Path, draft: &Path, password: &Path) -> Result<(), Error> {
    let locale = if cfg!(target_os = "linux") { "C.UTF-8" } else { "C" };
    let mut command = Command::new(installation.join("bin").join("initdb"));
    command
        .arg("--pgdata")
        .arg(draft)
        .arg("--pwfile")
        .arg(password)
        .args(["--username", SUPERUSER, "--auth", "scram-sha-256"])
        .args(["--encoding", "UTF8", "--locale", locale, "--no-sync"])
        .env_remove("LC_ALL")
        .env("LC_MESSAGES", "C");
    apart(&mut command);
    let output = command
        .output()
        .map_err(|error| Error::Postgres { step: "make its cluster", detail: error.to_string() })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = said.lines().find(|line| line.contains("error")).or_else(|| said.lines().next());
    Err(Error::Postgres { step: "make its cluster", detail: reason.unwrap_or_default().to_owned() })
}

/// Outside the terminal's group: a Ctrl-C is for us, and we wait for this step to end.
fn apart(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}
