//! The benchmarks: each measures ratios side by side in one run, prints a table and writes
//! `target/bench/NAME.json`.

use std::path::Path;
use std::process::Command;

use anyhow::bail;

use crate::process::{cargo, run as run_to_end};
use crate::{desktop, setup, ui};

/// A benchmark: its program is the example `bench-NAME` of a package.
struct Bench {
    name: &'static str,
    package: &'static str,
    /// Debian packages that it measures against.
    needs: &'static [&'static str],
    /// Goes before the file's name on its command line.
    out: &'static [&'static str],
}

const BENCHES: &[Bench] = &[
    Bench { name: "edge", package: "flowmeter-edge", needs: &["nginx-light"], out: &["--out"] },
    Bench { name: "history", package: "flowmeter-client", needs: &[], out: &[] },
    Bench { name: "runs", package: "flowmeter-client", needs: &[], out: &[] },
    Bench { name: "counting", package: "flowmeter-local-stack", needs: &[], out: &[] },
];

/// The one that needs a window.
const RELAY: &str = "relay";

/// Runs the benchmark `name`, or all of them.
pub(crate) fn run(name: Option<&str>) -> anyhow::Result<()> {
    let is_wanted = |bench: &str| name.is_none_or(|name| bench == name);
    let chosen: Vec<_> = BENCHES.iter().filter(|bench| is_wanted(bench.name)).collect();
    if chosen.is_empty() && !is_wanted(RELAY) {
        let known: Vec<_> = BENCHES.iter().map(|bench| bench.name).chain([RELAY]).collect();
        bail!("there is no benchmark {:?}; there are: {}", name.unwrap_or_default(), known.join(", "));
    }
    setup::for_stack()?;
    std::fs::create_dir_all("target/bench")?;
    chosen.into_iter().try_for_each(Bench::run)?;
    if is_wanted(RELAY) { relay() } else { Ok(()) }
}

/// The real app in a real webview, beside the same app built the naive way.
fn relay() -> anyhow::Result<()> {
    setup::for_tests(true)?;
    let naive = std::path::absolute("target/bench/flowmeter-naive")?;
    let page = serde_json::json!({"build": {"frontendDist": ui::build_naive()?}});
    let app = ["build", "--profile", "measure", "--package", "flowmeter", "--features", "naive"];
    run_to_end(cargo().args(app).env("TAURI_CONFIG", page.to_string()))?;
    std::fs::copy("target/measure/flowmeter", &naive)?;
    ui::build()?;
    run_to_end(cargo().args(["build", "--profile", "measure", "--package", "flowmeter-local-stack"]))?;
    let bench = ["cargo", "bench", "--profile", "measure", "--features", "e2e", "--bench", RELAY, "--"];
    let out = std::path::absolute("target/bench/relay.json")?;
    desktop::on_a_display(&bench, |session| {
        session.arg("--out").arg(&out).arg("--naive").arg(&naive);
    })
}

impl Bench {
    fn run(&self) -> anyhow::Result<()> {
        setup::system_packages(&[self.needs])?;
        run_to_end(cargo().args(["build", "--release", "--bins", "--examples", "--package", self.package]))?;
        let program = Path::new("target/release/examples").join(format!("bench-{}", self.name));
        run_to_end(Command::new(program).args(self.out).arg(format!("target/bench/{}.json", self.name)))
    }
}
