//! `bench-relay`: what a stream costs between the socket and the eye, in the real app in a real webview.
//!
//! Beside it in the same run: a bare download of the same bytes, the page when nothing happens, and the naive
//! way (one event a delta, all Markdown parsed each time), which is the same app built with the feature `naive`.
//! `cargo xtask bench relay` builds both and brings a display, a bus and a key store.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the table is what this program is for")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a fault ends the bench")]

mod edge;
mod processor;
mod scenes;
#[path = "../support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the harness of the tests: not all of it is needed here")]
mod support;

use std::path::PathBuf;

use anyhow::Context;
use flowmeter_figures::Figures;

/// What was asked for on the command line.
struct Arguments {
    runs: usize,
    /// How long a paced answer takes.
    seconds: u32,
    /// Runs for the memory.
    many: usize,
    only: String,
    out: Option<PathBuf>,
    /// The app that was built with the feature `naive`.
    naive: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let arguments = arguments(std::env::args().skip(1))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

fn arguments(mut given: impl Iterator<Item = String>) -> anyhow::Result<Arguments> {
    let mut arguments =
        Arguments { runs: 5, seconds: 60, many: 200, only: String::new(), out: None, naive: None };
    while let Some(name) = given.next() {
        // Cargo tells every bench that it is one.
        if name == "--bench" {
            continue;
        }
        let value = given.next().with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--runs" => arguments.runs = value.parse().context("--runs should be a number")?,
            "--seconds" => arguments.seconds = value.parse().context("--seconds should be a number")?,
            "--many" => arguments.many = value.parse().context("--many should be a number")?,
            "--only" => arguments.only = value,
            "--out" => arguments.out = Some(value.into()),
            "--naive" => arguments.naive = Some(value.into()),
            other => anyhow::bail!("{other} is not known"),
        }
    }
    Ok(arguments)
}

async fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    let edge = edge::Edge::start(arguments.seconds).await?;
    let wanted = |word: &str| arguments.only.is_empty() || arguments.only == word;
    let mut figures = Figures::new("relay");
    if wanted("fast") {
        scenes::as_fast_as_it_goes(&edge, arguments.runs, &mut figures).await?;
    }
    if wanted("first") {
        figures.add(scenes::first_delta(&edge, arguments.runs * 20).await?);
    }
    if wanted("paced") {
        let naive = arguments.naive.as_deref();
        scenes::paced(&edge, arguments.runs, arguments.seconds, naive, &mut figures).await?;
    }
    if wanted("memory") {
        figures.add(scenes::memory(&edge, arguments.many).await?);
    }
    println!("{}", figures.table());
    arguments.out.as_deref().map_or(Ok(()), |path| figures.write(path))
}
