//! The history as a file: CSV for a spreadsheet, JSON for a program.
//!
//! One row a day and kind. No account and no address is in it, so that it can be passed on.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::History;
use crate::quota::Kind;

/// The version of the JSON form; raised when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// RFC 4180, with a header.
    Csv,
    /// `{"schema": 1, "days": [{date, kind, used_that_day, over_days, used, limit}]}`.
    Json,
}

/// A file to be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// A name for it, such as `flowmeter-2026-03-01-2026-03-07.csv`.
    pub file_name: String,
    /// What is in it.
    pub text: String,
}

#[derive(Serialize)]
struct Row {
    date: Date,
    kind: Kind,
    used_that_day: i64,
    over_days: u16,
    used: i64,
    limit: i64,
}

#[derive(Serialize)]
struct Document {
    schema: u32,
    days: Vec<Row>,
}

impl History {
    /// The days with a reading as a file.
    pub fn export(&self, format: Format) -> Exported {
        let (text, extension) = match format {
            Format::Csv => (self.csv(), "csv"),
            Format::Json => (self.json(), "json"),
        };
        let date = |day: Option<&super::Day>| day.map(|day| day.date.to_string()).unwrap_or_default();
        let (first, last) = (date(self.days.first()), date(self.days.last()));
        Exported { file_name: format!("flowmeter-{first}-{last}.{extension}"), text }
    }

    fn rows(&self) -> impl Iterator<Item = Row> {
        self.days.iter().flat_map(|day| {
            day.kinds.iter().map(|(kind, entry)| Row {
                date: day.date,
                kind: *kind,
                used_that_day: entry.used,
                over_days: entry.over_days,
                used: entry.closing.used,
                limit: entry.closing.limit,
            })
        })
    }

    /// Dates, names of kinds and numbers: nothing that would need quoting.
    fn csv(&self) -> String {
        let rows = self.rows().map(|row| {
            let Row { date, kind, used_that_day, over_days, used, limit } = row;
            format!("{date},{},{used_that_day},{over_days},{used},{limit}\r\n", kind.name())
        });
        "date,kind,used_that_day,over_days,used,limit\r\n"
            .chars()
            .chain(rows.collect::<String>().chars())
            .collect()
    }

    fn json(&self) -> String {
        let document = Document { schema: SCHEMA, days: self.rows().collect() };
        // Numbers, dates and names always have a JSON form.
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::super::{Day, DayUse};
    use super::*;
    use crate::quota::Counter;

    fn history() -> History {
        let closing = Counter { used: 12, limit: 100 };
        let kinds = BTreeMap::from([(Kind::LlmExecutions, DayUse { used: 5, over_days: 2, closing })]);
        let day = |day, kinds| Day { date: jiff::civil::date(2026, 3, day), kinds };
        History { days: vec![day(1, BTreeMap::new()), day(2, kinds)], ..History::default() }
    }

    #[test]
    fn a_csv_has_a_header_and_a_row_for_each_day_that_was_read() {
        let exported = history().export(Format::Csv);
        assert_eq!(exported.file_name, "flowmeter-2026-03-01-2026-03-02.csv");
        assert_eq!(
            exported.text,
            "date,kind,used_that_day,over_days,used,limit\r\n2026-03-02,llm_executions,5,2,12,100\r\n"
        );
    }

    #[test]
    fn a_json_names_its_schema() {
        let exported = history().export(Format::Json);
        let row = json!({"date": "2026-03-02", "kind": "llm_executions", "used_that_day": 5, "over_days": 2,
            "used": 12, "limit": 100});
        assert_eq!(
            serde_json::from_str::<Value>(&exported.text).unwrap(),
            json!({"schema": 1, "days": [row]})
        );
    }
}
