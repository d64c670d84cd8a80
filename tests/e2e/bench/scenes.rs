//! What is measured, scene by scene.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::json;

use crate::edge::{Edge, FAST_DELTAS, MANY_DELTAS, now};
use crate::figures::{Goal, Row, percentile};
use crate::processor::processor_time;
use crate::support::process::memory as memory_of;
use crate::support::{App, Machine, Person, stack};

const WATCH: &str = include_str!("page.js");
/// How often the bench looks: seldom, because each look is work for the page.
const LOOK_EVERY: Duration = Duration::from_millis(200);

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

    /// Waits until the last word is in the page, for so long; whether it is.
    async fn done(&self, patience: Duration) -> anyhow::Result<bool> {
        let start = Instant::now();
        while self.number("done").await? == 0.0 {
            if start.elapsed() > patience {
                return Ok(false);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(true)
    }
}

/// From the socket to the page at full speed, beside a bare download and one paint of the same.
pub(crate) async fn as_fast_as_it_goes(edge: &Edge, runs: usize) -> anyhow::Result<Vec<Row>> {
    let scene = Scene::open(edge, None).await?;
    let (mut times, mut bare, mut messages) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=runs {
        scene.ask("fast").await?;
        anyhow::ensure!(scene.done(Duration::from_secs(60)).await?, "the last word did not come");
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
    let deltas = vec![FAST_DELTAS as f64];
    Ok(vec![
        Row {
            what: "20,000 deltas until the last is in the page",
            unit: "ms",
            values: times,
            against: "a bare download and one paint",
            against_values: bare,
            goal: Goal::Times(1.5),
        },
        Row {
            what: "messages over the bridge",
            unit: "messages",
            values: messages,
            against: "deltas",
            against_values: deltas,
            goal: Goal::TimesFewer(10.0),
        },
    ])
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
        anyhow::ensure!(scene.done(Duration::from_secs(10)).await?, "the first word did not come");
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
    Ok(Row {
        what: "first delta from the socket to the page, 95 %",
        unit: "ms",
        values: vec![percentile(&times, 95)],
        against: "the page's idle round trip",
        against_values: idle,
        goal: Goal::More(16.7),
    })
}

/// A long answer at a pace: the longest task, and the processor time beside the naive way.
pub(crate) async fn paced(
    edge: &Edge,
    runs: usize,
    seconds: u32,
    naive: Option<&Path>,
) -> anyhow::Result<Vec<Row>> {
    let scene = Scene::open(edge, None).await?;
    let (mut longest, mut used, mut quiet) = (Vec::new(), Vec::new(), Vec::new());
    scene.app.page.execute("bench.probe()", Vec::new()).await?;
    for _ in 0..runs {
        // What the machine around does to a page that does nothing.
        scene.app.page.execute("bench.reset()", Vec::new()).await?;
        tokio::time::sleep(Duration::from_secs(u64::from(seconds) / 6)).await;
        quiet.push(scene.number("longest").await?);
        let before = processor_time(&scene.machine);
        scene.ask("paced").await?;
        anyhow::ensure!(scene.done(Duration::from_secs(u64::from(seconds) * 2)).await?, "it did not end");
        used.push((processor_time(&scene.machine) - before).as_secs_f64());
        longest.push(scene.number("longest").await?);
        let behind = scene.number("done").await? - edge.asked() - f64::from(seconds) * 1e3;
        eprintln!("paced: {:?} s of processor, {longest:?} ms at most, {behind:.0} ms behind", used.last());
        scene.app.see("run").await;
        scene.close_runs().await;
    }
    scene.app.close().await;
    let naive = match naive {
        Some(program) => vec![naively(edge, seconds, program).await?],
        None => Vec::new(),
    };
    Ok(vec![
        Row {
            what: "longest task in 200 KB at 500 deltas a second",
            unit: "ms",
            values: longest,
            against: "an idle page",
            against_values: quiet,
            goal: Goal::Most(50.0),
        },
        Row {
            what: "processor time of app and page for it",
            unit: "s",
            values: used,
            against: "the naive way in the same time",
            against_values: naive,
            goal: Goal::Times(0.25),
        },
    ])
}

/// What the naive way used up in the time in which the deltas came; by then it has not shown all of them.
async fn naively(edge: &Edge, seconds: u32, program: &Path) -> anyhow::Result<f64> {
    let scene = Scene::open(edge, Some(program)).await?;
    scene.app.page.execute("bench.probe()", Vec::new()).await?;
    let before = processor_time(&scene.machine);
    // The page is too busy to be asked anything before the end.
    scene.ask("paced").await?;
    tokio::time::sleep(Duration::from_secs(u64::from(seconds))).await;
    let used = (processor_time(&scene.machine) - before).as_secs_f64();
    eprintln!("naive: {used:.1} s of processor");
    Ok(used)
}

/// What stays behind of many runs when they are closed.
pub(crate) async fn memory(edge: &Edge, runs: usize) -> anyhow::Result<Row> {
    let scene = Scene::open(edge, None).await?;
    // What is made once is made before the start.
    many(&scene, 5).await?;
    scene.close_runs().await;
    let start = settled(&scene.machine).await;
    for _ in 0..runs.div_ceil(10) {
        many(&scene, 10).await?;
        let (held, _) = memory_of(&scene.machine);
        scene.close_runs().await;
        eprintln!("memory: {held:.0} MiB with ten runs, {:.0} MiB closed", memory_of(&scene.machine).0);
    }
    let end = settled(&scene.machine).await;
    scene.app.close().await;
    eprintln!("memory: from {start:.1} to {end:.1} MiB after {} deltas", runs * MANY_DELTAS);
    Ok(Row {
        what: "memory after a million deltas in 200 closed runs",
        unit: "MiB",
        values: vec![end],
        against: "the start",
        against_values: vec![start],
        goal: Goal::More(20.0),
    })
}

async fn many(scene: &Scene, runs: usize) -> anyhow::Result<()> {
    for _ in 0..runs {
        scene.ask("many").await?;
        anyhow::ensure!(scene.done(Duration::from_secs(30)).await?, "the last word did not come");
        scene.app.see("run").await;
    }
    Ok(())
}

/// The least that is held within a while: a page gives memory back when it has time.
async fn settled(machine: &Machine) -> f64 {
    let start = Instant::now();
    let mut least = f64::INFINITY;
    while start.elapsed() < Duration::from_secs(20) {
        least = least.min(memory_of(machine).0);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    least
}
