//! Setting a machine up: quick, safe to repeat; what it cannot do itself it names with the command.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::process::{cargo, output, run, succeeds};

/// Debian packages that building and opening the app takes.
const APP: &[&str] = &[
    "build-essential",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "libxdo-dev",
    "pkg-config",
];
/// A bus and a key store, for machines without a desktop.
const DESKTOP: &[&str] = &["dbus", "fonts-dejavu-core", "fonts-noto-cjk", "gnome-keyring"];
/// The local stack runs on it.
const DATABASE: &[&str] = &["postgresql"];
/// A display and a driver for the end-to-end tests.
const WINDOW_TESTS: &[&str] = &["webkit2gtk-driver", "xauth", "xvfb"];

/// Installs and runs what the tests take from npm.
const JAVASCRIPT: &[&str] = &["nodejs", "npm"];
/// What that is, each with its lock file: the official client of Supabase, and axe-core for the window.
const JAVASCRIPT_FOLDERS: [&str; 2] = ["crates/local-stack/tests/supabase-js", "tests/npm"];

/// Drives the app in the end-to-end tests.
const TAURI_DRIVER: &str = "2.1.0";
/// Looks at licenses and sources.
const CARGO_DENY: &str = "0.20.2";

/// What the app and the local stack need.
pub(crate) fn for_running() -> anyhow::Result<()> {
    system_packages(&[APP, DESKTOP, DATABASE])?;
    wasm_target()
}

/// What the local stack needs.
pub(crate) fn for_stack() -> anyhow::Result<()> {
    system_packages(&[&["build-essential", "libssl-dev", "pkg-config"], DATABASE])
}

/// What the tests need.
pub(crate) fn for_tests(window: bool) -> anyhow::Result<()> {
    let groups: &[&[&str]] = &[APP, DATABASE, DESKTOP, WINDOW_TESTS];
    system_packages(if window { groups } else { &groups[..2] })?;
    components(&["rustfmt", "clippy"])?;
    wasm_target()?;
    javascript()?;
    if window { tauri_driver() } else { Ok(()) }
}

/// What building the installer takes: the app's libraries, and the bundler in a folder of npm.
pub(crate) fn for_bundling(npm_folder: &str) -> anyhow::Result<()> {
    system_packages(&[APP])?;
    wasm_target()?;
    node()?;
    javascript_packages(npm_folder)
}

/// The target of the interface.
pub(crate) fn wasm_target() -> anyhow::Result<()> {
    target("wasm32-unknown-unknown")
}

/// A target of rustc.
pub(crate) fn target(triple: &str) -> anyhow::Result<()> {
    let installed = output(Command::new("rustup").args(["target", "list", "--installed"]));
    match installed {
        Some(list) if list.lines().any(|line| line.trim() == triple) => Ok(()),
        Some(_) => run(Command::new("rustup").args(["target", "add", triple])),
        // A toolchain without rustup: trust it if it has the target's library.
        None if has_target_library(triple) => Ok(()),
        None => bail!(
            "rustc cannot build for {triple}: install rustup (https://rustup.rs), or that target's library with your toolchain"
        ),
    }
}

/// Debian packages, installed where they are missing.
pub(crate) fn system_packages(groups: &[&[&str]]) -> anyhow::Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !succeeds(Command::new("dpkg").arg("--version")) {
        return other_distribution();
    }
    let wanted = groups.iter().flat_map(|group| group.iter().copied());
    let missing: Vec<_> = wanted.filter(|package| !installed(package)).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

fn installed(package: &str) -> bool {
    let status = output(Command::new("dpkg-query").args(["-W", "-f=${Status}", package]));
    status.is_some_and(|status| status.ends_with(" installed"))
}

fn install(packages: &[&str]) -> anyhow::Result<()> {
    let install = ["apt-get", "install", "-y", "--no-install-recommends"];
    if !is_root() && !succeeds(Command::new("sudo").args(["-n", "true"])) {
        let command = format!("sudo apt-get update && sudo {} {}", install.join(" "), packages.join(" "));
        bail!("packages are missing, and installing them takes root; run: {command}");
    }
    run(&mut as_root(&["apt-get", "update", "-qq"]))?;
    run(as_root(&install).args(packages))
}

fn as_root(words: &[&str]) -> Command {
    let mut command = if is_root() {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "env"]);
        sudo
    };
    command.arg("DEBIAN_FRONTEND=noninteractive").args(words);
    command
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// Without dpkg we can only look whether the libraries are there.
fn other_distribution() -> anyhow::Result<()> {
    if succeeds(Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1", "openssl"])) {
        return Ok(());
    }
    bail!(
        "this distribution has no dpkg: install the development packages of WebKitGTK 4.1, OpenSSL, librsvg, \
         libxdo and Ayatana AppIndicator, a C compiler, pkg-config, PostgreSQL, D-Bus and GNOME Keyring \
         (for the tests also Xvfb and WebKitWebDriver), then run this again"
    )
}

fn has_target_library(triple: &str) -> bool {
    let folder = output(Command::new("rustc").args(["--print", "target-libdir", "--target", triple]));
    folder.is_some_and(|folder| Path::new(folder.trim()).exists())
}

fn components(names: &[&str]) -> anyhow::Result<()> {
    for name in names {
        let program = if *name == "clippy" { "cargo-clippy" } else { name };
        if !succeeds(Command::new(program).arg("--version")) {
            run(Command::new("rustup").args(["component", "add", name]))?;
        }
    }
    Ok(())
}

/// The packages that the lock file names, with nothing of theirs run. Installed when it has changed.
fn javascript() -> anyhow::Result<()> {
    node()?;
    JAVASCRIPT_FOLDERS.iter().try_for_each(|folder| javascript_packages(folder))
}

fn javascript_packages(name: &str) -> anyhow::Result<()> {
    let folder = crate::root().join(name);
    let installed = folder.join("node_modules/.installed");
    let wanted = std::fs::read_to_string(folder.join("package-lock.json"))?;
    if std::fs::read_to_string(&installed).is_ok_and(|lock| lock == wanted) {
        return Ok(());
    }
    run(Command::new(NPM).args(["ci", "--ignore-scripts"]).current_dir(&folder))
        .with_context(|| format!("what is taken from npm cannot be installed in {name}"))?;
    Ok(std::fs::write(installed, wanted)?)
}

/// npm is a script there.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// From wherever it was installed; from the distribution where there is none.
fn node() -> anyhow::Result<()> {
    let runs =
        || succeeds(Command::new("node").arg("--version")) && succeeds(Command::new(NPM).arg("--version"));
    if !runs() {
        system_packages(&[JAVASCRIPT])?;
    }
    if runs() {
        return Ok(());
    }
    bail!("the tests run the official JavaScript client: install Node.js with npm (https://nodejs.org)")
}

/// Programs of the tests, built into `target/tools`, which is put in front of `PATH`.
pub(crate) fn tools() -> PathBuf {
    crate::root().join("target/tools")
}

fn tauri_driver() -> anyhow::Result<()> {
    tool("tauri-driver", TAURI_DRIVER).map(drop)
}

/// The program that `cargo xtask deny` runs.
pub(crate) fn cargo_deny() -> anyhow::Result<PathBuf> {
    tool("cargo-deny", CARGO_DENY)
}

/// A program from the registry, compiled where it is missing.
fn tool(name: &str, version: &str) -> anyhow::Result<PathBuf> {
    let program = tools().join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        let version = ["--version", version, "--locked", "--root"];
        run(cargo().args(["install", name]).args(version).arg(tools()))?;
    }
    Ok(program)
}
