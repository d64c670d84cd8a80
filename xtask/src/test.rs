//! Every check, in the order in which faults are found soonest.

use std::ffi::OsString;

use crate::process::{cargo, run as run_to_end};
use crate::{desktop, setup, ui};

/// Runs every check; `fast` leaves out what needs a window.
pub(crate) fn run(fast: bool) -> anyhow::Result<()> {
    setup::for_tests(!fast)?;
    run_to_end(cargo().args(["fmt", "--all", "--check"]))?;
    ui::build()?;
    lint()?;
    if fast { run_to_end(cargo().args(["test", "--workspace"])) } else { all_tests() }
}

fn lint() -> anyhow::Result<()> {
    let all =
        ["clippy", "--workspace", "--all-targets", "--features", "flowmeter/e2e", "--", "-D", "warnings"];
    run_to_end(cargo().args(all))?;
    let wasm =
        ["clippy", "--package", "flowmeter-ui", "--target", "wasm32-unknown-unknown", "--", "-D", "warnings"];
    run_to_end(cargo().args(wasm))
}

/// On a display, a bus and a keyring of their own, with a home of their own.
fn all_tests() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("flowmeter-test-{}", std::process::id()));
    let mut session = desktop::private_session("xvfb-run", &folder.join("keyring"));
    session.args([
        "-a",
        "-s",
        "-screen 0 1400x1000x24",
        "cargo",
        "test",
        "--workspace",
        "--features",
        "flowmeter/e2e",
    ]);
    let outcome = run_to_end(session.env("PATH", path_with_tools()?));
    // Left behind only if something still holds it open.
    let _ = std::fs::remove_dir_all(folder);
    outcome
}

fn path_with_tools() -> anyhow::Result<OsString> {
    let own = std::iter::once(setup::tools().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    Ok(std::env::join_paths(own.chain(std::env::split_paths(&path)))?)
}
