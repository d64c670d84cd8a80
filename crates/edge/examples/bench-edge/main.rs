//! `bench-edge`: the edge's cost beside a bare nginx reverse proxy, in one run on the same cores.
//!
//! Supabase and the provider are one instant stub (`stub`), so that what is measured is the edge: it
//! authenticates, reserves, asks, commits; nginx only passes on. Build with `--release` and build the
//! program beside it: `cargo build --release -p flowmeter-edge --bins --examples`.
//!
//! `bench-edge [--runs N] [--seconds S] [--only WORD] [--out FILE]`. Not here: the cost of counting on
//! a real database, which has a bench of its own.

#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod load;
mod paced;
mod sides;
mod stub;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use flowmeter_figures::{Figures, Row};
use sides::Sides;

/// What the edge is measured against.
const NGINX: &str = "nginx";

/// What was asked for on the command line.
struct Arguments {
    runs: usize,
    seconds: f64,
    only: String,
    out: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let arguments = arguments(std::env::args().skip(1))?;
    // The load has two threads, as the edge and nginx have: all of them share the machine.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

fn arguments(mut given: impl Iterator<Item = String>) -> anyhow::Result<Arguments> {
    let mut arguments = Arguments { runs: 5, seconds: 2.0, only: String::new(), out: None };
    while let Some(name) = given.next() {
        let value = given.next().with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--runs" => arguments.runs = value.parse().context("--runs should be a number")?,
            "--seconds" => arguments.seconds = value.parse().context("--seconds should be a number")?,
            "--only" => arguments.only = value,
            "--out" => arguments.out = Some(value.into()),
            other => anyhow::bail!("{other} is not known"),
        }
    }
    anyhow::ensure!(
        arguments.runs > 0 && arguments.seconds > 0.0,
        "--runs and --seconds should be above zero"
    );
    Ok(arguments)
}

async fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    let mut figures = Figures::new("edge");
    let wanted = |word: &str| arguments.only.is_empty() || arguments.only == word;
    let mut sides = Sides::start().await?;
    if wanted("start") {
        figures.add(start(&mut sides, arguments.runs).await?);
    }
    let duration = Duration::from_secs_f64(arguments.seconds);
    for (word, what, unit, path, model, least) in [
        ("requests", "requests at 32 callers", "requests/s", "/api/run-node", "whole", 0.25),
        (
            "streams",
            "streams of 100 deltas at 32 callers",
            "streams/s",
            "/api/run-node-stream",
            "many",
            1.0 / 3.0,
        ),
    ] {
        if wanted(word) {
            let (edge, nginx) = throughput(&sides, arguments.runs, duration, path, model).await?;
            figures.add(Row::new(what, unit, &edge).against(NGINX, &nginx).at_least_share(least));
        }
    }
    if wanted("first") {
        figures.add(first_delta(&sides, arguments.runs).await?);
    }
    if wanted("paced") {
        figures.add(lateness(&sides, arguments.runs).await?);
        let peak = [sides.peak_memory()?];
        figures.add(Row::new("peak memory of the edge", "MiB", &peak).at_most(48.0));
    }
    println!("{}", sides.stub.summary());
    println!("{}", figures.table());
    arguments.out.as_deref().map_or(Ok(()), |path| figures.write(path))
}

/// From the start of the process to the first answer.
async fn start(sides: &mut Sides, runs: usize) -> anyhow::Result<Row> {
    let mut took = Vec::new();
    for _ in 0..runs {
        took.push(sides.restart_edge().await?.as_secs_f64() * 1000.0);
    }
    Ok(Row::new("start to first answer", "ms", &took).at_most(100.0))
}

async fn throughput(
    sides: &Sides,
    runs: usize,
    duration: Duration,
    path: &str,
    model: &str,
) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
    let (edge, nginx) = (sides.edge_request(path, model), sides.nginx_request(model));
    let (mut at_edge, mut at_nginx) = (Vec::new(), Vec::new());
    load::throughput(&nginx, Duration::from_millis(500)).await?;
    load::throughput(&edge, Duration::from_millis(500)).await?;
    for _ in 0..runs {
        at_nginx.push(load::throughput(&nginx, duration).await?);
        at_edge.push(load::throughput(&edge, duration).await?);
    }
    Ok((at_edge, at_nginx))
}

async fn first_delta(sides: &Sides, runs: usize) -> anyhow::Result<Row> {
    let (edge, nginx) = (sides.edge_request("/api/run-node-stream", "many"), sides.nginx_request("many"));
    let (mut at_edge, mut at_nginx) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        at_nginx.push(load::first_delta(&nginx).await?);
        at_edge.push(load::first_delta(&edge).await?);
    }
    Ok(Row::new("first delta at one caller", "ms", &at_edge).against(NGINX, &at_nginx).at_most_more(1.0))
}

async fn lateness(sides: &Sides, runs: usize) -> anyhow::Result<Row> {
    let (edge, nginx) = (sides.edge_request("/api/run-node-stream", "paced"), sides.nginx_request("paced"));
    let (mut at_edge, mut at_nginx) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        at_nginx.push(paced::lateness(&nginx, &sides.stub).await?);
        at_edge.push(paced::lateness(&edge, &sides.stub).await?);
    }
    let row = Row::new("200 paced streams, 99 % of deltas late by", "ms", &at_edge);
    Ok(row.against(NGINX, &at_nginx).at_most_times(2.0))
}
