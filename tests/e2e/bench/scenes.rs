//! What is measured, scene by scene.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use flowmeter_figures::{Figures, Row};
use reqwest::Client;
use serde_json::json;

use crate::edge::{Edge, FAST_DELTAS, MANY_DELTAS, now};
use crate::processor::processor_time;
use crate::support::process::memory as memory_of;
use crate::support::{App, Machine, Person, stack, until};

const WATCH: &str = include_str!("page.js");
/// How long the page is watched when it has the last word: what its end costs belongs to it.
const AFTERMATH: Duration = Duration::from_secs(1);

/// An app that is signed in and watched.
struct Scene {
    app: App,
    machine: Machine,
    person: Person,
}

impl Scene {
    async fn open(edge: &Edge, program: Option<&Path>) -> anyhow::Result<Self> {
        let stack = stack();
        let person = stack.person("mei").await;
        stack.set_quota(&person, json!({"llm_executions_limit": 1_000_000})).await;
        let mut machine = Machine::new().await.with("FLOWMETER_EDGE_URL", &edge.url);
        if let Some(program) = program {
            machine.program = program.to_owned();
        }
        let app = App::start(stack, &machine).await;
        app.resize(1120, 760).await;
        app.sign_in(&person).await;
        app.page.execute_async(WATCH, Vec::new()).await?;
        Ok(Self { app, machine, person })
    }

    /// Closes all runs: whoever signs out takes them along.
    async fn close_runs(&self) {
        self.app.sign_out().await;
        self.app.see("sign-in").await;
        self.app.sign_in(&self.person).await;
    }

    async fn ask(&self, model: &str) -> anyhow::Result<()> {
        self.app.page.execute("bench.reset()", Vec::new()).await?;
        self.app.ask(model, "Go.").await;
        Ok(())
    }

    async fn number(&self, name: &str) -> anyhow::Result<f64> {
        let script = format!("return bench.{name}");
        Ok(self.app.page.execute(&script, Vec::new()).await?.json().as_f64().unwrap_or_default())
    }

    async fn measured(&self, name: &str) -> anyhow::Result<f64> {
        let script = format!("const done = arguments[0]; bench.{name}().then(done, done)");
        let value = self.app.page.execute_async(&script, Vec::new()).await?.json().clone();
        value.as_f64().ok_or_else(|| anyhow::anyhow!("{name}: {value}"))
    }

    /// Asks for the long answer and waits until it is there.
    async fn answer_at_a_pace(&self, edge: &Edge, seconds: u32) -> anyhow::Result<()> {
        self.ask("paced").await?;
        self.done(Duration::from_secs(u64::from(seconds) * 2)).await?;
        let behind = self.number("done").await? - edge.asked() - f64::from(seconds) * 1e3;
        let drawings = self.number("drawings").await?;
        eprintln!("paced: {drawings} drawings, {behind:.0} ms behind");
        self.app.see("run").await;
        Ok(())
    }

    /// Waits until the last word is in the page, for so long. Nothing is asked of the page meanwhile.
    async fn done(&self, patience: Duration) -> anyhow::Result<()> {
        self.app.page.set_script_timeout(patience).await?;
        let shown = self.app.page.execute_async("bench.shown.then(arguments[0])", Vec::new()).await;
        if let Err(fault) = shown {
            let there = self.app.page.execute("return bench.state()", Vec::new()).await?;
            return Err(fault).with_context(|| format!("the last word did not come: {}", there.json()));
        }
        Ok(())
    }
}

/// From the socket to the page at full speed, beside a bare download and one paint of the same.
pub(crate) async fn as_fast_as_it_goes(
    edge: &Edge,
    runs: usize,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let scene = Scene::open(edge, None).await?;
    let (mut times, mut bare, mut messages) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=runs {
        scene.ask("fast").await?;
        scene.done(Duration::from_secs(60)).await?;
        scene.app.wait_for("run-item", "data-outcome", "completed").await;
        let (time, sent) = (scene.number("done").await? - edge.asked(), scene.number("messages").await?);
        let (download, paint) = (download(edge).await?, scene.measured("paint").await?);
        eprintln!("fast: {time:.1} ms, {sent} messages, beside {download:.1} + {paint:.1} ms");
        // The first one is for whatever is made once.
        if run > 0 {
            times.push(time);
            bare.push(download + paint);
            messages.push(sent);
        }
        scene.close_runs().await;
    }
    scene.app.close().await;
    let shown = Row::new("20,000 deltas until the last is in the page", "ms", &times);
    figures.add(shown.against("a bare download and one paint", &bare).at_most_times(1.5));
    let sent = Row::new("messages over the bridge", "messages", &messages);
    figures.add(sent.against("deltas", &[FAST_DELTAS as f64]).at_least_times_fewer(10.0));
    Ok(())
}

/// The same bytes by the same client library, read and thrown away.
async fn download(edge: &Edge) -> anyhow::Result<f64> {
    let request = Client::new().post(&edge.url).json(&json!({"model": "fast"}));
    let mut response = request.send().await?;
    while response.chunk().await?.is_some() {}
    Ok(now() - edge.asked())
}

/// From the socket to the page when a model says its first word, beside the page's round trip.
pub(crate) async fn first_delta(edge: &Edge, runs: usize) -> anyhow::Result<Row> {
    let scene = Scene::open(edge, None).await?;
    let (mut times, mut idle) = (Vec::new(), Vec::new());
    for run in 0..=runs {
        idle.push(scene.measured("round_trip").await?);
        scene.ask("first").await?;
        scene.done(Duration::from_secs(10)).await?;
        scene.app.see("run").await;
        if run > 0 {
            times.push(scene.number("first").await? - edge.wrote());
        }
        if run % 20 == 19 {
            scene.close_runs().await;
        }
    }
    scene.app.close().await;
    eprintln!("first: median {:.1} ms, 95 % {:.1} ms", percentile(&times, 50), percentile(&times, 95));
    let row = Row::new("first delta from the socket to the page, 95 %", "ms", &[percentile(&times, 95)]);
    Ok(row.against("the page's idle round trip", &idle).at_most_more(16.7))
}

/// The value that so many of a hundred are not above.
fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// A long answer at a pace: the longest task, and the processor time beside the naive way.
pub(crate) async fn paced(
    edge: &Edge,
    runs: usize,
    seconds: u32,
    naive: Option<&Path>,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let scene = Scene::open(edge, None).await?;
    let (mut longest, mut used, mut quiet) = (Vec::new(), Vec::new(), Vec::new());
    scene.app.page.execute("bench.probe()", Vec::new()).await?;
    for _ in 0..runs {
        // What the machine around does to a page that does nothing, watched for a while.
        scene.app.page.execute("bench.reset()", Vec::new()).await?;
        tokio::time::sleep(Duration::from_secs(u64::from(seconds) / 6)).await;
        quiet.push(scene.number("longest").await?);
        scene.answer_at_a_pace(edge, seconds).await?;
        tokio::time::sleep(AFTERMATH).await;
        longest.push(scene.number("longest").await?);
        eprintln!("paced: {longest:?} ms at most");
        scene.close_runs().await;
    }
    scene.app.page.execute("bench.probes = false", Vec::new()).await?;
    for _ in 0..runs.div_ceil(2) {
        let before = processor_time(&scene.machine);
        scene.answer_at_a_pace(edge, seconds).await?;
        used.push((processor_time(&scene.machine) - before).as_secs_f64());
        eprintln!("paced: {used:?} s of processor");
        scene.close_runs().await;
    }
    scene.app.close().await;
    // One machine at a time: the naive one waits for this one to be gone.
    drop(scene.machine);
    let naive = match naive {
        Some(program) => vec![naively(edge, seconds, program).await?],
        None => Vec::new(),
    };
    let longest = Row::new("longest task in 200 KB at 500 deltas a second", "ms", &longest);
    figures.add(longest.against("an idle page", &quiet).at_most(50.0));
    let used = Row::new("processor time of app and page for it", "s", &used);
    figures.add(
        used.against("the naive way, as far as it comes in four times the time", &naive).at_most_times(0.25),
    );
    Ok(())
}

/// So many times as long as the deltas come the naive way is watched: it falls behind, and goes on long after them.
const NAIVE_PATIENCE: u32 = 4;

/// What the naive way uses up for the same answer, or for as much of it as it has shown by then.
async fn naively(edge: &Edge, seconds: u32, program: &Path) -> anyhow::Result<f64> {
    let scene = Scene::open(edge, Some(program)).await?;
    let idle = edge.asked();
    let watched = async {
        until("the question", async || (edge.asked() > idle).then_some(())).await;
        let before = processor_time(&scene.machine);
        for times in 1..=NAIVE_PATIENCE {
            tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
            let used = (processor_time(&scene.machine) - before).as_secs_f64();
            eprintln!("naive: {used:.1} s of processor after {times} times the time");
        }
        (processor_time(&scene.machine) - before).as_secs_f64()
    };
    // The page is too busy to say that it was asked: nobody waits for that.
    let asked = async {
        scene.ask("paced").await?;
        std::future::pending::<anyhow::Result<f64>>().await
    };
    let used = tokio::select! {
        used = watched => used,
        fault = asked => fault?,
    };
    Ok(used)
}

/// So many runs are open before all of them are closed.
const ROUND: usize = 10;

/// What stays behind of many runs when they are closed.
pub(crate) async fn memory(edge: &Edge, runs: usize) -> anyhow::Result<Row> {
    let scene = Scene::open(edge, None).await?;
    // What is made once is made before the start, and what as many runs need at once is taken: a page never gives
    // back what WebAssembly had for them.
    many(&scene, ROUND).await?;
    scene.close_runs().await;
    let start = settled(&scene.machine).await;
    for _ in 0..runs.div_ceil(ROUND) {
        many(&scene, ROUND).await?;
        let (held, _) = memory_of(&scene.machine);
        scene.close_runs().await;
        eprintln!("memory: {held:.0} MiB with ten runs, {:.0} MiB closed", memory_of(&scene.machine).0);
    }
    let end = settled(&scene.machine).await;
    scene.app.close().await;
    eprintln!("memory: from {start:.1} to {end:.1} MiB after {} deltas", runs * MANY_DELTAS);
    let row = Row::new("memory after a million deltas in 200 closed runs", "MiB", &[end]);
    Ok(row.against("the start", &[start]).at_most_more(20.0))
}

async fn many(scene: &Scene, runs: usize) -> anyhow::Result<()> {
    for _ in 0..runs {
        scene.ask("many").await?;
        scene.done(Duration::from_secs(30)).await?;
        scene.app.see("run").await;
    }
    Ok(())
}

/// The least that is held within a while, in MiB: a page gives memory back when it has time, and says nothing.
async fn settled(machine: &Machine) -> f64 {
    let start = Instant::now();
    let mut least = f64::INFINITY;
    while start.elapsed() < Duration::from_secs(20) {
        least = least.min(memory_of(machine).0);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    least
}
