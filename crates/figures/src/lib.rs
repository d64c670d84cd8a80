//! Figures of several runs: their median and spread, what they are measured against, a goal, a table and
//! a JSON file. For the benchmarks; nothing that ships uses it.
//!
//! Not here: how anything is measured.

use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

/// All rows of one benchmark.
pub struct Figures {
    name: &'static str,
    rows: Vec<Row>,
}

/// One measure, of one or more runs.
pub struct Row {
    what: String,
    unit: &'static str,
    runs: Vec<f64>,
    against: Option<Against>,
    goal: Option<Goal>,
}

/// The same measure of something else.
struct Against {
    whom: &'static str,
    runs: Vec<f64>,
}

struct Goal {
    words: String,
    holds: bool,
}

impl Row {
    /// What was measured, in which unit, in each run.
    pub fn new(what: impl Into<String>, unit: &'static str, runs: &[f64]) -> Self {
        Self { what: what.into(), unit, runs: runs.to_vec(), against: None, goal: None }
    }

    /// What the same is elsewhere, measured in turn with the runs of this row, so that whatever else the
    /// machine does at the time falls on both.
    pub fn against(mut self, whom: &'static str, runs: &[f64]) -> Self {
        self.against = Some(Against { whom, runs: runs.to_vec() });
        self
    }

    /// At least this share of what it is against.
    pub fn at_least_share(self, share: f64) -> Self {
        let words = format!("at least {share:.2} of {}", self.whom());
        let holds = self.ratio().is_some_and(|ratio| ratio >= share);
        self.with_goal(words, holds)
    }

    /// At most this many times what it is against.
    pub fn at_most_times(self, times: f64) -> Self {
        let words = format!("at most {times} times {}", self.whom());
        let holds = self.ratio().is_some_and(|ratio| ratio <= times);
        self.with_goal(words, holds)
    }

    /// At least this many times fewer than what it is against.
    pub fn at_least_times_fewer(self, times: f64) -> Self {
        let words = format!("at least {times} times fewer than {}", self.whom());
        let holds = self.ratio().is_some_and(|ratio| ratio * times <= 1.0);
        self.with_goal(words, holds)
    }

    /// At most this much more than what it is against.
    pub fn at_most_more(self, more: f64) -> Self {
        let words = format!("at most {more} {} more than {}", self.unit, self.whom());
        let beside = self.against.as_ref().map(|against| median(&against.runs));
        let holds = beside.is_some_and(|beside| median(&self.runs) <= beside + more);
        self.with_goal(words, holds)
    }

    /// A fixed number that is not passed.
    pub fn at_most(self, limit: f64) -> Self {
        let words = format!("at most {limit} {}", self.unit);
        let holds = median(&self.runs) <= limit;
        self.with_goal(words, holds)
    }

    fn with_goal(mut self, words: String, holds: bool) -> Self {
        self.goal = Some(Goal { words, holds });
        self
    }

    fn whom(&self) -> &'static str {
        self.against.as_ref().map_or("nothing", |against| against.whom)
    }

    /// The median of the ratios run by run; a run that has none beside it is held against their median.
    fn ratio(&self) -> Option<f64> {
        let beside = &self.against.as_ref()?.runs;
        let of = |at: usize| beside.get(at).copied().unwrap_or_else(|| median(beside));
        let ratios: Vec<f64> = self.runs.iter().enumerate().map(|(at, own)| own / of(at)).collect();
        let ratio = median(&ratios);
        ratio.is_finite().then_some(ratio)
    }

    fn json(&self) -> Value {
        let against = self.against.as_ref();
        json!({
            "what": self.what,
            "value": median(&self.runs),
            "spread": spread(&self.runs),
            "unit": self.unit,
            "against": against.map(|against| against.whom),
            "against_value": against.map(|against| median(&against.runs)),
            "against_spread": against.map(|against| spread(&against.runs)),
            "ratio": self.ratio(),
            "goal": self.goal.as_ref().map(|goal| &goal.words),
            "holds": self.goal.as_ref().map(|goal| goal.holds),
        })
    }

    fn line(&self) -> String {
        let against =
            self.against.as_ref().map(|against| format!("{} {}", against.whom, told(&against.runs)));
        let ratio = self.ratio().map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
        let goal = self
            .goal
            .as_ref()
            .map(|goal| format!("{}: {}", goal.words, if goal.holds { "holds" } else { "MISSED" }));
        let what = format!("{} [{}]", self.what, self.unit);
        let (against, goal) = (against.unwrap_or_default(), goal.unwrap_or_default());
        format!("{what:<54} {:<30} {against:<46} {ratio:>6}  {goal}", told(&self.runs)).trim_end().to_owned()
    }
}

impl Figures {
    /// Of the benchmark `name`.
    pub fn new(name: &'static str) -> Self {
        Self { name, rows: Vec::new() }
    }

    /// One row more.
    pub fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// The table for people, medians with the runs at both ends.
    pub fn table(&self) -> String {
        let head = format!("{:<54} {:<30} {:<46} {:>6}  goal", "what", "value", "against", "ratio");
        let lines = self.rows.iter().map(Row::line);
        std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
    }

    /// The form for programs.
    pub fn json(&self) -> Value {
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        json!({"name": self.name, "machine": machine(), "rows": rows})
    }

    /// Writes [`Figures::json`] to `path`; the folder is made.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let text = format!("{:#}\n", self.json());
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

fn told(runs: &[f64]) -> String {
    let [least, most] = spread(runs);
    format!("{:.2} ({least:.2} to {most:.2})", median(runs))
}

/// The run in the middle.
fn median(runs: &[f64]) -> f64 {
    let mut sorted = runs.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The runs at both ends.
fn spread(runs: &[f64]) -> [f64; 2] {
    let end = |pick: fn(f64, f64) -> f64| runs.iter().copied().reduce(pick).unwrap_or(f64::NAN);
    [end(f64::min), end(f64::max)]
}

/// The processor and how many cores of it there are.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        info.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let name = model.map_or(std::env::consts::ARCH, |(_, name)| name);
    format!("{name}, {cores} cores, {}", std::env::consts::OS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(row: Row) -> Value {
        let mut figures = Figures::new("test");
        figures.add(row);
        figures.json()["rows"][0].clone()
    }

    #[test]
    fn a_row_tells_its_median_its_spread_and_the_median_of_the_ratios() {
        let row = Row::new("speed", "1/s", &[30.0, 10.0, 20.0]).against("nginx", &[60.0, 10.0, 50.0]);
        let row = only(row.at_least_share(0.5));
        assert_eq!((&row["value"], &row["spread"]), (&json!(20.0), &json!([10.0, 30.0])));
        assert_eq!((&row["against"], &row["against_value"]), (&json!("nginx"), &json!(50.0)));
        // 0.5, 1.0 and 0.4, run by run.
        assert_eq!((&row["ratio"], &row["holds"]), (&json!(0.5), &json!(true)));
        assert_eq!(row["goal"], "at least 0.50 of nginx");
    }

    #[test]
    fn what_was_measured_once_is_beside_every_run() {
        let row =
            only(Row::new("time", "s", &[1.0, 2.0, 3.0]).against("the other", &[10.0]).at_most_times(0.2));
        assert_eq!((&row["ratio"], &row["holds"]), (&json!(0.2), &json!(true)));
    }

    #[test]
    fn each_goal_holds_up_to_its_edge_and_no_further() {
        let row = |value: f64| Row::new("time", "ms", &[value]).against("the other", &[10.0]);
        let holds = |row: Row| only(row)["holds"] == json!(true);
        assert!(holds(row(20.0).at_most_times(2.0)) && !holds(row(20.1).at_most_times(2.0)));
        assert!(holds(row(1.0).at_least_times_fewer(10.0)) && !holds(row(1.1).at_least_times_fewer(10.0)));
        assert!(holds(row(11.0).at_most_more(1.0)) && !holds(row(11.1).at_most_more(1.0)));
        assert!(holds(row(9.0).at_most(9.0)) && !holds(row(9.1).at_most(9.0)));
        assert!(
            !holds(Row::new("time", "ms", &[1.0]).at_least_share(0.1)),
            "against nothing there is no share"
        );
        assert_eq!(only(row(1.0))["holds"], Value::Null);
    }
}
