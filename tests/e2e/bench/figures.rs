//! Figures of several runs beside what they are measured against: a goal, a table and a JSON file.

use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

/// One measure.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) unit: &'static str,
    /// Of each run.
    pub(crate) values: Vec<f64>,
    pub(crate) against: &'static str,
    pub(crate) against_values: Vec<f64>,
    pub(crate) goal: Goal,
}

/// What is to be held.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    /// So many times what it is measured against, at most.
    Times(f64),
    /// So many times fewer than what it is measured against, at least.
    TimesFewer(f64),
    /// So much more than what it is measured against, at most.
    More(f64),
    /// So much, at most.
    Most(f64),
}

impl Row {
    fn holds(&self) -> bool {
        let (value, against) = (median(&self.values), median(&self.against_values));
        match self.goal {
            Goal::Times(times) => value <= against * times,
            Goal::TimesFewer(times) => value * times <= against,
            Goal::More(more) => value <= against + more,
            Goal::Most(most) => value <= most,
        }
    }

    fn goal(&self) -> String {
        match self.goal {
            Goal::Times(times) => format!("at most {times} times"),
            Goal::TimesFewer(times) => format!("at least {times} times fewer"),
            Goal::More(more) => format!("at most {more} {} more", self.unit),
            Goal::Most(most) => format!("at most {most} {}", self.unit),
        }
    }

    fn json(&self) -> Value {
        let (value, against) = (median(&self.values), median(&self.against_values));
        json!({
            "what": self.what, "value": value, "spread": spread(&self.values), "unit": self.unit,
            "against": self.against, "against_value": against, "against_spread": spread(&self.against_values),
            "ratio": value / against, "goal": self.goal(), "holds": self.holds(),
        })
    }
}

/// The middle one.
pub(crate) fn median(values: &[f64]) -> f64 {
    percentile(values, 50)
}

/// The value that so many of a hundred are not above.
pub(crate) fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

fn spread(values: &[f64]) -> [f64; 2] {
    [percentile(values, 0), percentile(values, 100)]
}

pub(crate) fn print(rows: &[Row]) {
    let told = |values: &[f64]| {
        let [least, most] = spread(values);
        format!("{:.1} ({least:.1} to {most:.1})", median(values))
    };
    println!("{:<48} {:<26} {:<26} {:>6}  goal", "what", "value", "against", "ratio");
    for row in rows {
        let ratio = median(&row.values) / median(&row.against_values);
        let holds = if row.holds() { "holds" } else { "MISSED" };
        let what = format!("{} [{}]", row.what, row.unit);
        let (value, against) = (told(&row.values), told(&row.against_values));
        println!(
            "{what:<48} {value:<26} {against:<26} {ratio:>6.2}  {} {}: {holds}",
            row.goal(),
            row.against
        );
    }
}

pub(crate) fn write(rows: &[Row], path: &Path) -> anyhow::Result<()> {
    let rows: Vec<Value> = rows.iter().map(Row::json).collect();
    let json = json!({"name": "relay", "machine": machine(), "rows": rows});
    std::fs::write(path, format!("{json:#}\n")).with_context(|| format!("cannot write {}", path.display()))
}

/// The processor and how many cores of it there are.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{}, {cores} cores, {}", model.map_or("unknown", |(_, name)| name), std::env::consts::OS)
}
