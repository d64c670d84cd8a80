//! PostgREST (`/rest/v1/llm_models`): the models that a project offers.
//!
//! Read leniently: only newer projects have the table, its columns are the web product's, and a model that
//! is not listed can be run all the same.

use flowmeter_domain::ipc::Model;
use reqwest::Method;
use serde_json::{Map, Value};

use crate::{Caller, Error, Supabase};

/// PostgREST's codes for "there is no such table", of today and of before.
const NO_TABLE: [&str; 2] = ["PGRST205", "42P01"];
/// What a run names, by the web product's column and by what others would call it.
const NAMES: [&str; 4] = ["model_id", "model", "name", "id"];
/// What people call it.
const LABELS: [&str; 3] = ["model_name", "display_name", "label"];

impl Supabase {
    /// The models that are switched on, in the project's order; none where it has no such table.
    ///
    /// # Errors
    /// When the read failed.
    pub async fn llm_models(&self, caller: Caller<'_>) -> Result<Vec<Model>, Error> {
        // Neither order nor filter is asked for: a column that is not there would be an error.
        let request = self.request(Method::GET, "rest/v1/llm_models?select=*", caller)?;
        match self.send::<Vec<Map<String, Value>>>(request).await {
            Ok(rows) => Ok(models(rows)),
            Err(error) if error.server_code().is_some_and(|code| NO_TABLE.contains(&code)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

fn models(mut rows: Vec<Map<String, Value>>) -> Vec<Model> {
    rows.retain(|row| row.get("is_active").is_none_or(|on| on != &Value::Bool(false)));
    rows.sort_by_key(|row| row.get("display_order").and_then(Value::as_i64).unwrap_or(i64::MAX));
    rows.iter().filter_map(model).collect()
}

fn model(row: &Map<String, Value>) -> Option<Model> {
    let text = |columns: &[&str]| {
        let found = columns.iter().filter_map(|column| row.get(*column)?.as_str());
        found.map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
    };
    let name = text(&NAMES)?;
    let label = text(&LABELS).filter(|label| *label != name);
    Some(Model { label, points: row.get("points_cost").and_then(Value::as_i64), name })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(rows: Value) -> Vec<(String, Option<String>, Option<i64>)> {
        let models = models(serde_json::from_value(rows).unwrap()).into_iter();
        models.map(|model| (model.name, model.label, model.points)).collect()
    }

    #[test]
    fn the_web_product_s_rows_are_read_in_its_order_without_what_is_switched_off() {
        let rows = json!([
            {"id": "7f", "model_id": "b", "model_name": "B", "is_active": true, "display_order": 2, "points_cost": 8},
            {"id": "7e", "model_id": "off", "model_name": "Off", "is_active": false, "display_order": 0},
            {"id": "7d", "model_id": "a", "model_name": "a", "is_active": null, "display_order": 1, "points_cost": null},
        ]);
        assert_eq!(read(rows), [("a".into(), None, None), ("b".into(), Some("B".into()), Some(8))]);
    }

    #[test]
    fn other_columns_are_guessed_and_a_row_without_a_name_is_left_out() {
        let rows = json!([{"name": "plain"}, {"points_cost": 3}, {"model": " ", "name": "named"}]);
        assert_eq!(read(rows), [("plain".into(), None, None), ("named".into(), None, None)]);
    }
}
