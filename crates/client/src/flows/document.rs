//! Flows as the web product writes them: read leniently, written whole.

use flowmeter_domain::flow::{Flow, Layout, Repair, repair};
use flowmeter_domain::history::Exported;
use flowmeter_domain::{Code, UiError};
use serde_json::{Map, Value};

/// More is not a flow that anybody made.
const LONGEST: usize = 8 * 1024 * 1024;

/// A flow from JSON, and what was put right.
///
/// # Errors
/// `INVALID_INPUT` for text that is no flow, with everything that is wrong, a line each.
pub(super) fn read(text: &str) -> Result<(Flow, Vec<Repair>), UiError> {
    let refused = |message: String| UiError::new(Code::InvalidInput, message);
    if text.len() > LONGEST {
        return Err(refused(format!("a flow of {} bytes is too long", text.len())));
    }
    let json: Value = serde_json::from_str(text).map_err(|fault| refused(format!("not JSON: {fault}")))?;
    let flow = flow(unwrapped(json)).map_err(refused)?;
    let (mut repaired, repairs) = repair(flow);
    if repairs.iter().any(|repair| matches!(repair, Repair::NodesPlaced { .. }))
        && Layout::brought(&repaired).is_none()
    {
        super::arrange::arranged(&repaired).place(&mut repaired);
    }
    Ok((repaired, repairs))
}

/// A record of the web product's table has the flow in `data` and its title in `name`.
fn unwrapped(json: Value) -> Value {
    let is_record = json.get("nodes").is_none() && json["data"]["nodes"].is_array();
    if !is_record {
        return json;
    }
    let mut flow = json["data"].clone();
    if let (Some(fields), Some(name)) = (flow.as_object_mut(), json["name"].as_str()) {
        fields.entry("title").or_insert_with(|| name.into());
    }
    flow
}

/// Piece by piece, so that what is wrong is named by its node or edge.
fn flow(json: Value) -> Result<Flow, String> {
    let Value::Object(mut fields) = json else { return Err("not a JSON object".to_owned()) };
    let nodes = list(&mut fields, "nodes")?;
    if nodes.is_empty() {
        return Err("there are no nodes".to_owned());
    }
    let edges = list(&mut fields, "edges")?;
    let mut flow: Flow = serde_json::from_value(fields.into()).map_err(|fault| fault.to_string())?;
    let mut faults = Vec::new();
    flow.nodes = pieces(nodes, "node", &mut faults);
    flow.edges = pieces(edges, "edge", &mut faults);
    if faults.is_empty() { Ok(flow) } else { Err(faults.join("\n")) }
}

fn list(fields: &mut Map<String, Value>, name: &str) -> Result<Vec<Value>, String> {
    match fields.remove(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(entries)) => Ok(entries),
        Some(_) => Err(format!("`{name}` is not a list")),
    }
}

/// Those that can be read; of each other one what is wrong goes into `faults`.
fn pieces<T: serde::de::DeserializeOwned>(
    entries: Vec<Value>,
    what: &str,
    faults: &mut Vec<String>,
) -> Vec<T> {
    let read = entries.into_iter().enumerate().map(|(place, entry)| {
        let name = entry["id"].as_str().map_or_else(|| (place + 1).to_string(), |id| format!("{id:?}"));
        serde_json::from_value(entry).map_err(|fault| format!("{what} {name}: {fault}"))
    });
    read.filter_map(|piece| piece.map_err(|fault| faults.push(fault)).ok()).collect()
}

/// A flow as a file.
///
/// # Errors
/// `INTERNAL`, which no flow that was read can cause.
pub(super) fn write(flow: &Flow, name: &str) -> Result<Exported, UiError> {
    let text = serde_json::to_string_pretty(flow);
    let text = text.map_err(|fault| UiError::new(Code::Internal, fault.to_string()))?;
    Ok(Exported { file_name: format!("{}.json", file_stem(name)), text })
}

/// What every system takes as the name of a file.
fn file_stem(name: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_ ()".contains(letter);
    let plain: String =
        name.chars().map(|letter| if is_plain(letter) { letter } else { '-' }).take(60).collect();
    let plain = plain.trim_matches([' ', '-']);
    if plain.is_empty() { "flow".to_owned() } else { plain.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn fault(json: Value) -> String {
        read(&json.to_string()).unwrap_err().message
    }

    #[test]
    fn what_is_wrong_is_named_by_its_node_or_edge() {
        let node = json!({"id": "a", "type": "input"});
        assert!(read("{").unwrap_err().message.starts_with("not JSON: EOF while parsing"));
        assert_eq!(fault(json!([])), "not a JSON object");
        assert_eq!(fault(json!({"nodes": []})), "there are no nodes");
        assert_eq!(fault(json!({"nodes": 7})), "`nodes` is not a list");
        assert_eq!(fault(json!({"nodes": [{"type": "llm"}]})), "node 1: missing field `id`");
        let unknown = fault(json!({"nodes": [node, {"id": "b", "type": "dance"}]}));
        assert!(unknown.starts_with("node \"b\": unknown variant `dance`"), "{unknown}");
        let edges = json!({"nodes": [node], "edges": [{"id": "e", "source": "a"}]});
        assert_eq!(fault(edges), "edge \"e\": missing field `target`");
        let both = json!({"nodes": [{"type": "llm"}, {"id": "b"}], "edges": [{"id": "e"}]});
        let lines = [
            "node 1: missing field `id`",
            "node \"b\": missing field `type`",
            "edge \"e\": missing field `source`",
        ];
        assert_eq!(fault(both), lines.join("\n"));
    }

    #[test]
    fn a_record_of_the_web_product_is_a_flow_with_its_name_as_title() {
        let flow = json!({"nodes": [{"id": "a", "type": "input"}], "edges": [], "viewport": {"zoom": 1}});
        let (flow, _) = read(&json!({"name": "Poems", "data": flow}).to_string()).unwrap();
        assert_eq!((flow.title.as_deref(), &flow.rest["viewport"]["zoom"]), (Some("Poems"), &json!(1)));
    }

    #[test]
    fn a_file_is_called_as_its_flow_where_a_system_takes_that() {
        for (name, stem) in
            [("写诗: 一首/两首", "写诗- 一首-两首"), ("../..", "flow"), ("A b (2)", "A b (2)")]
        {
            assert_eq!(file_stem(name), stem);
        }
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..3).prop_map(Value::from),
                btree_map("[a-z]{1,5}", inner, 0..3)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    /// Fields that the program does not know, all with names that it does not use.
    fn unknown() -> impl Strategy<Value = Map<String, Value>> {
        btree_map("x[a-z]{1,6}", json_value(), 0..4).prop_map(|fields| fields.into_iter().collect())
    }

    fn with(mut json: Value, more: Map<String, Value>) -> Value {
        json.as_object_mut().unwrap().extend(more);
        json
    }

    proptest! {
        #[test]
        fn a_sound_flow_comes_out_as_it_went_in(
            nodes in vec((unknown(), unknown(), unknown(), "\\PC{0,10}"), 1..6),
            edge in unknown(), top in unknown(), title in "\\PC{1,20}",
        ) {
            let count = nodes.len();
            let nodes = nodes.into_iter().enumerate().map(|(place, (of_node, of_data, of_position, label))| {
                let position = with(json!({"x": place as f64 * 300.5, "y": -7.25}), of_position);
                let data = with(json!({"label": label}), of_data);
                with(json!({"id": place.to_string(), "type": "llm", "data": data, "position": position}), of_node)
            });
            let nodes: Vec<_> = nodes.collect();
            let edges: Vec<_> = (1..count).map(|place| {
                let (source, target) = ((place - 1).to_string(), place.to_string());
                with(json!({"id": format!("e{place}"), "source": source, "target": target}), edge.clone())
            }).collect();
            let flow = with(json!({"title": title, "nodes": nodes, "edges": edges}), top);

            let (read, repairs) = read(&flow.to_string()).unwrap();

            prop_assert_eq!(repairs, vec![]);
            let written: Value = serde_json::from_str(&write(&read, "x").unwrap().text).unwrap();
            prop_assert_eq!(written, flow);
        }
    }
}
