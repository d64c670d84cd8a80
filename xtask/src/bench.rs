//! The benchmarks: each measures ratios side by side in one run, prints a table and writes
//! `target/bench/NAME.json`.

use std::path::Path;
use std::process::Command;

use anyhow::bail;

use crate::process::{cargo, run as run_to_end};
use crate::setup;

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
    Bench { name: "counting", package: "flowmeter-local-stack", needs: &[], out: &[] },
];

/// Runs the benchmark `name`, or all of them.
pub(crate) fn run(name: Option<&str>) -> anyhow::Result<()> {
    let chosen: Vec<_> = BENCHES.iter().filter(|bench| name.is_none_or(|name| bench.name == name)).collect();
    if chosen.is_empty() {
        let known: Vec<_> = BENCHES.iter().map(|bench| bench.name).collect();
        bail!("there is no benchmark {:?}; there are: {}", name.unwrap_or_default(), known.join(", "));
    }
    setup::for_stack()?;
    chosen.into_iter().try_for_each(Bench::run)
}

impl Bench {
    fn run(&self) -> anyhow::Result<()> {
        setup::system_packages(&[self.needs])?;
        run_to_end(cargo().args(["build", "--release", "--bins", "--examples", "--package", self.package]))?;
        std::fs::create_dir_all("target/bench")?;
        let program = Path::new("target/release/examples").join(format!("bench-{}", self.name));
        run_to_end(Command::new(program).args(self.out).arg(format!("target/bench/{}.json", self.name)))
    }
}
