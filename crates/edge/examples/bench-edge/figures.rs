//! Figures of several runs: their median and spread, a goal, a table and a JSON file.

use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

/// All rows of one bench.
pub(crate) struct Figures {
    name: &'static str,
    rows: Vec<Row>,
}

/// One measure.
pub(crate) struct Row {
    what: &'static str,
    unit: &'static str,
    edge: Spread,
    nginx: Option<Spread>,
    /// The median of the rounds' own ratios: each round has both sides one after the other, so that
    /// whatever else the machine does at the time falls on both.
    ratio: Option<f64>,
    goal: String,
    holds: bool,
}

/// The median of some runs and the runs at both ends.
#[derive(Clone, Copy)]
struct Spread {
    median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    fn of(mut runs: Vec<f64>) -> Self {
        runs.sort_by(f64::total_cmp);
        let at = |index: usize| runs.get(index).copied().unwrap_or(f64::NAN);
        Self { median: at(runs.len() / 2), least: at(0), most: at(runs.len().saturating_sub(1)) }
    }
}

/// Of the edge to nginx, round by round; the median.
fn ratio(edge: &[f64], nginx: &[f64]) -> f64 {
    Spread::of(edge.iter().zip(nginx).map(|(edge, nginx)| edge / nginx).collect()).median
}

impl Row {
    /// The edge reaches at least this share of nginx.
    pub(crate) fn at_least(
        what: &'static str,
        unit: &'static str,
        edge: Vec<f64>,
        nginx: Vec<f64>,
        share: f64,
    ) -> Self {
        let ratio = ratio(&edge, &nginx);
        let goal = format!("at least {share:.2} of nginx");
        Self::beside(what, unit, edge, nginx, goal, ratio >= share)
    }

    /// The edge takes at most this many times what nginx takes.
    pub(crate) fn at_most_times(
        what: &'static str,
        unit: &'static str,
        edge: Vec<f64>,
        nginx: Vec<f64>,
        times: f64,
    ) -> Self {
        let ratio = ratio(&edge, &nginx);
        let goal = format!("at most {times} times nginx");
        Self::beside(what, unit, edge, nginx, goal, ratio <= times)
    }

    /// The edge takes at most this much more than nginx.
    pub(crate) fn at_most_more(
        what: &'static str,
        unit: &'static str,
        edge: Vec<f64>,
        nginx: Vec<f64>,
        more: f64,
    ) -> Self {
        let holds = Spread::of(edge.clone()).median <= Spread::of(nginx.clone()).median + more;
        Self::beside(what, unit, edge, nginx, format!("at most {more} {unit} more"), holds)
    }

    /// The edge stays under a fixed number.
    pub(crate) fn at_most(what: &'static str, unit: &'static str, edge: Vec<f64>, limit: f64) -> Self {
        let edge = Spread::of(edge);
        let holds = edge.median <= limit;
        Self { what, unit, edge, nginx: None, ratio: None, goal: format!("at most {limit} {unit}"), holds }
    }

    fn beside(
        what: &'static str,
        unit: &'static str,
        edge: Vec<f64>,
        nginx: Vec<f64>,
        goal: String,
        holds: bool,
    ) -> Self {
        let ratio = Some(ratio(&edge, &nginx));
        Self { what, unit, edge: Spread::of(edge), nginx: Some(Spread::of(nginx)), ratio, goal, holds }
    }

    fn json(&self) -> Value {
        json!({
            "what": self.what,
            "value": self.edge.median,
            "spread": [self.edge.least, self.edge.most],
            "unit": self.unit,
            "against": self.nginx.map(|_| "nginx"),
            "against_value": self.nginx.map(|nginx| nginx.median),
            "against_spread": self.nginx.map(|nginx| [nginx.least, nginx.most]),
            "ratio": self.ratio,
            "goal": self.goal,
            "holds": self.holds,
        })
    }
}

impl Figures {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, rows: Vec::new() }
    }

    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn print(&self) {
        let spread =
            |spread: Spread| format!("{:.2} ({:.2} to {:.2})", spread.median, spread.least, spread.most);
        println!("{:<42} {:<30} {:<30} {:>6}  goal", "what", "edge", "nginx", "ratio");
        for row in &self.rows {
            let nginx = row.nginx.map(spread).unwrap_or_default();
            let ratio = row.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
            let holds = if row.holds { "holds" } else { "MISSED" };
            let what = format!("{} [{}]", row.what, row.unit);
            println!("{what:<42} {:<30} {nginx:<30} {ratio:>6}  {}: {holds}", spread(row.edge), row.goal);
        }
    }

    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        let json = json!({"name": self.name, "machine": machine(), "rows": rows});
        std::fs::write(path, format!("{json:#}\n"))
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

/// The processor and how many cores of it there are.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        info.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{}, {cores} cores, {}", model.map_or("unknown", |(_, name)| name), std::env::consts::OS)
}
