//! The installer of this system: a package for Debian, a disk image for macOS, a setup for Windows.
//!
//! By Tauri's own bundler, taken as a program from npm at the version that the lock file names: compiling
//! it would take longer than compiling the app.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};

use crate::process::{cargo, run as run_to_end};
use crate::{setup, ui};

/// Where the bundler is installed.
const NPM_FOLDER: &str = "xtask/npm";
/// What is built here, and how the file that comes out of it ends. No AppImage: the tools for one are
/// fetched from wherever they are today.
const KIND: (&str, &str) = if cfg!(windows) {
    ("nsis", "exe")
} else if cfg!(target_os = "macos") {
    ("dmg", "dmg")
} else {
    ("deb", "deb")
};

/// Builds the app as people get it, and the installer around it.
pub(crate) fn run() -> anyhow::Result<()> {
    setup::for_bundling(NPM_FOLDER)?;
    ui::build()?;
    run_to_end(cargo().args(["build", "--release", "--package", "flowmeter"]))?;
    let (kind, extension) = KIND;
    let cli = crate::root().join(NPM_FOLDER).join("node_modules/@tauri-apps/cli/tauri.js");
    run_to_end(Command::new("node").arg(cli).args(["bundle", "--ci", "--bundles", kind]))?;
    eprintln!("» the installer: {}", made(kind, extension)?.display());
    Ok(())
}

/// The newest file of that kind.
fn made(kind: &str, extension: &str) -> anyhow::Result<PathBuf> {
    let folder = crate::root().join("target/release/bundle").join(kind);
    let entries =
        std::fs::read_dir(&folder).with_context(|| format!("nothing is in {}", folder.display()))?;
    let files =
        entries.flatten().filter(|entry| entry.path().extension().is_some_and(|end| end == extension));
    let newest = files.max_by_key(|entry| entry.metadata().and_then(|data| data.modified()).ok());
    match newest {
        Some(entry) => Ok(entry.path()),
        None => bail!("there is no .{extension} in {}", folder.display()),
    }
}
