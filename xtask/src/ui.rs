//! Building the interface: cargo, wasm-bindgen and the static files, into `src-ui/dist`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use xtask_wasm::{Dist, default_build_command};

const PACKAGE: &str = "flowmeter-ui";
/// Name of the JavaScript and wasm files, as `index.html` loads them.
const APP_NAME: &str = "flowmeter_ui";
/// What the program embeds.
const DIST: &str = "src-ui/dist";
/// Built here first, so that files that did not change keep their time and the app is not rebuilt.
const FRESH: &str = "target/ui";
/// The interface is made of these.
const SOURCES: &[&str] =
    &["src-ui/src", "src-ui/assets", "src-ui/Cargo.toml", "crates/domain", "Cargo.lock", "xtask/src/ui.rs"];

/// Size first: the webview loads and compiles all of it before the first frame. Set here and not in
/// a profile of its own, because xtask-wasm looks for its input where the release profile puts it.
const PROFILE: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z"),
    ("CARGO_PROFILE_RELEASE_LTO", "true"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    // Function names are a third of the file.
    ("CARGO_PROFILE_RELEASE_STRIP", "true"),
];

/// Builds the interface, unless it is newer than all of its sources.
pub(crate) fn build() -> anyhow::Result<()> {
    let stamp = Path::new(FRESH).join("index.html");
    let built = fs::metadata(&stamp).and_then(|file| file.modified()).ok();
    let same = Path::new(DIST).join(format!("{APP_NAME}_bg.wasm")).exists();
    if same && built.is_some_and(|built| SOURCES.iter().all(|path| newest(Path::new(path)) < Some(built))) {
        return Ok(());
    }
    eprintln!("» building the interface into {DIST}");
    build_into(FRESH, &[])?;
    copy_changed(Path::new(FRESH), Path::new(DIST))?;
    fs::write(&stamp, fs::read(&stamp)?)?;
    Ok(())
}

/// Builds the interface as the benchmark of the relay is measured against; gives its folder.
pub(crate) fn build_naive() -> anyhow::Result<PathBuf> {
    let folder = std::path::absolute("target/bench/ui")?;
    eprintln!("» building the naive interface into {}", folder.display());
    build_into(&folder, &["--features", "naive"])?;
    Ok(folder)
}

fn build_into(folder: impl AsRef<Path>, arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = default_build_command();
    command.args(arguments).envs(PROFILE.iter().copied());
    let mut dist = Dist::default()
        .build_command(command)
        .dist_dir(folder.as_ref())
        .assets_dir("src-ui/assets")
        .app_name(APP_NAME);
    dist.release = true;
    dist.build(PACKAGE)?;
    Ok(())
}

fn newest(path: &Path) -> Option<SystemTime> {
    let children = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let own = fs::metadata(path).and_then(|file| file.modified()).ok();
    children.filter_map(|child| newest(&child)).chain(own).max()
}

fn copy_changed(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for gone in names(to)?.iter().filter(|name| !from.join(name).exists()) {
        let gone = to.join(gone);
        if gone.is_dir() { fs::remove_dir_all(gone)? } else { fs::remove_file(gone)? }
    }
    for name in names(from)? {
        let (source, target) = (from.join(&name), to.join(&name));
        if source.is_dir() {
            copy_changed(&source, &target)?;
        } else if fs::read(&source)? != fs::read(&target).unwrap_or_default() {
            fs::copy(source, target)?;
        }
    }
    Ok(())
}

fn names(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    Ok(entries.into_iter().map(|entry| PathBuf::from(entry.file_name())).collect())
}
