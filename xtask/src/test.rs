//! Every check, in the order in which faults are found soonest.

use crate::process::{cargo, run as run_to_end};
use crate::{desktop, setup, ui};

/// Runs every check; `fast` leaves out what needs a window.
pub(crate) fn run(fast: bool) -> anyhow::Result<()> {
    setup::for_tests(!fast)?;
    run_to_end(cargo().args(["fmt", "--all", "--check"]))?;
    ui::build()?;
    lint()?;
    if fast { run_to_end(cargo().args(["test", "--workspace", "--no-fail-fast"])) } else { all_tests() }
}

fn lint() -> anyhow::Result<()> {
    let all =
        ["clippy", "--workspace", "--all-targets", "--features", "flowmeter/e2e", "--", "-D", "warnings"];
    run_to_end(cargo().args(all))?;
    let wasm =
        ["clippy", "--package", "flowmeter-ui", "--target", "wasm32-unknown-unknown", "--", "-D", "warnings"];
    run_to_end(cargo().args(wasm))
}

fn all_tests() -> anyhow::Result<()> {
    desktop::on_a_display(
        &["cargo", "test", "--workspace", "--no-fail-fast", "--features", "flowmeter/e2e"],
        |_| {},
    )
}
