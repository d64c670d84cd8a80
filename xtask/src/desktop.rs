//! A bus and a key store where there is no desktop: on a server, in a container, in the tests.
//!
//! The keyring is one of our own in a folder of our own; the person's is never touched.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use crate::process::run as run_to_end;
use crate::setup;

/// Unlocks a new keyring with an empty line as its password, then becomes the command.
///
/// The daemon lives on the private bus and ends with it.
const WITH_KEYRING: &str = r#"
mkdir -p "$KEYRING_HOME"
printf '\n' | XDG_DATA_HOME="$KEYRING_HOME" gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null
exec "$@"
"#;

/// `program` on a private session bus with an unlocked keyring that is kept in `folder`.
pub(crate) fn private_session(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "sh", "-c", WITH_KEYRING, "sh"]).arg(program).env("KEYRING_HOME", folder);
    command
}

/// Runs `program` on a display, a bus and a keyring of their own, with a home of their own.
pub(crate) fn on_a_display(program: &[&str], more: impl FnOnce(&mut Command)) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("flowmeter-test-{}", std::process::id()));
    let mut session = private_session("xvfb-run", &folder.join("keyring"));
    session.args(["-a", "-s", "-screen 0 1400x1000x24"]).args(program).env("PATH", path_with_tools()?);
    more(&mut session);
    let outcome = run_to_end(&mut session);
    // Left behind only if something still holds it open.
    let _ = std::fs::remove_dir_all(folder);
    outcome
}

fn path_with_tools() -> anyhow::Result<OsString> {
    let own = std::iter::once(setup::tools().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    Ok(std::env::join_paths(own.chain(std::env::split_paths(&path)))?)
}

/// Whether this login has a session bus, and with it, most likely, a key store.
pub(crate) fn has_session_bus() -> bool {
    let in_runtime_dir = || {
        let folder = std::env::var_os("XDG_RUNTIME_DIR");
        folder.is_some_and(|folder| Path::new(&folder).join("bus").exists())
    };
    !cfg!(target_os = "linux") || std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some() || in_runtime_dir()
}
