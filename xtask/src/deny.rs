//! What may come into the build: licenses, banned crates, sources, as `deny.toml` has it.
//!
//! A command of its own and no part of the tests, because the tool takes minutes to compile and what it
//! looks at changes only with `Cargo.lock`.

use std::process::Command;

use crate::process::run as run_to_end;
use crate::setup;

/// Installs `cargo-deny` where it is missing, and runs it on the whole workspace.
pub(crate) fn run() -> anyhow::Result<()> {
    let program = setup::cargo_deny()?;
    run_to_end(Command::new(program).args(["--workspace", "check", "licenses", "bans", "sources"]))
}
