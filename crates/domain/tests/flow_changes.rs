//! What a change makes of a flow, what differs then, and where everything stands.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use flowmeter_domain::flow::{
    CARD, Change, Difference, Flow, Layout, Mark, NotApplied, labels_so_far, repair, validate,
};
use serde_json::{Value, json};

fn flow(json: Value) -> Flow {
    serde_json::from_value(json).unwrap()
}

fn change(json: Value) -> Change {
    serde_json::from_value(json).unwrap()
}

/// Input, writer, output in a row, with fields that nobody knows.
fn poem() -> Flow {
    flow(json!({
        "title": "Poem", "viewport": {"zoom": 1},
        "nodes": [
            {"id": "in", "type": "input", "data": {"label": "Topic"}, "position": {"x": 0.0, "y": 0.0}},
            {"id": "write", "type": "llm", "data": {"label": "Writer", "prompt": "{{Topic.user_input}}", "model": "m"},
             "position": {"x": 300.0, "y": 0.0}, "width": 200},
            {"id": "out", "type": "output", "data": {"label": "Shown"}, "position": {"x": 600.0, "y": 0.0}},
        ],
        "edges": [
            {"id": "1", "source": "in", "target": "write", "animated": true},
            {"id": "2", "source": "write", "target": "out"},
        ],
    }))
}

/// A branch after the input, to either of two outputs.
fn branch() -> Flow {
    flow(json!({
        "nodes": [
            {"id": "in", "type": "input"}, {"id": "if", "type": "branch"},
            {"id": "yes", "type": "output"}, {"id": "no", "type": "output"},
        ],
        "edges": [
            {"id": "1", "source": "in", "target": "if"},
            {"id": "2", "source": "if", "target": "yes", "sourceHandle": "true"},
            {"id": "3", "source": "if", "target": "no", "sourceHandle": "false"},
        ],
    }))
}

fn ends(flow: &Flow) -> Vec<String> {
    let end = |edge: &flowmeter_domain::flow::Edge| {
        let handle = edge.source_handle.as_deref().map(|handle| format!(":{handle}")).unwrap_or_default();
        format!("{}{handle}>{}", edge.source, edge.target)
    };
    flow.edges.iter().map(end).collect()
}

fn add(kind: &str, after: &str) -> Change {
    change(json!({"action": "add", "nodeType": kind, "nodeData": {"label": "New"}, "connectAfter": after}))
}

fn delete(target: &str) -> Change {
    change(json!({"action": "delete", "target": target}))
}

#[test]
fn a_patch_sets_what_it_names_and_leaves_the_rest() {
    let patch = change(json!({"patches": [{"nodeId": "write", "data": {"model": "n", "temperature": 1}}]}));
    let after = patch.apply(&poem()).unwrap();
    let mut expected = poem();
    expected.nodes[1].data.extend(json!({"model": "n", "temperature": 1}).as_object().unwrap().clone());
    assert_eq!(after, expected);
}

#[test]
fn a_new_node_comes_between_and_what_stands_there_moves_on() {
    let after = add("llm", "write").apply(&poem()).unwrap();
    assert_eq!(ends(&after), ["in>write", "llm-1>out", "write>llm-1"]);
    assert_eq!(validate(&after), []);
    let places: Vec<_> = after.nodes.iter().flat_map(|node| &node.position).map(|at| (at.x, at.y)).collect();
    assert_eq!(places, [(0.0, 0.0), (300.0, 0.0), (896.0, 0.0), (596.0, 0.0)]);
    assert!(Layout::brought(&after).is_some());
}

#[test]
fn behind_a_branch_a_new_node_stands_in_the_way_of_true() {
    let after = add("tool", "if").apply(&branch()).unwrap();
    assert_eq!(ends(&after), ["in>if", "tool-1>yes", "if:false>no", "if:true>tool-1"]);
    let after = add("branch", "in").apply(&branch()).unwrap();
    assert_eq!(ends(&after), ["branch-1:true>if", "if:true>yes", "if:false>no", "in>branch-1"]);
    assert_eq!(validate(&after), []);
}

#[test]
fn what_led_to_a_deleted_node_leads_on_to_what_followed_it() {
    assert_eq!(ends(&delete("write").apply(&poem()).unwrap()), ["in>out"]);
    let after = delete("if").apply(&branch()).unwrap();
    assert_eq!(ends(&after), ["in>yes", "in>no"]);
    assert_eq!(validate(&after), []);
}

#[test]
fn a_whole_flow_keeps_what_the_model_did_not_know() {
    let whole = json!({
        "title": "", "nodes": [
            {"id": "in", "type": "input", "data": {"label": "Subject"}},
            {"id": "write", "type": "llm", "data": {"label": "Writer"}},
            {"id": "out", "type": "output", "data": {"label": "Shown"}},
        ],
        "edges": [{"source": "in", "target": "write"}, {"source": "write", "target": "out"}],
    });
    let after = change(whole).apply(&poem()).unwrap();
    assert_eq!((after.title.as_deref(), &after.rest), (Some("Poem"), &poem().rest));
    assert_eq!(
        (&after.nodes[1].rest, &after.nodes[1].position),
        (&poem().nodes[1].rest, &poem().nodes[1].position)
    );
    assert_eq!(after.edges[0], poem().edges[0]);
    assert_eq!(after.nodes[0].label(), Some("Subject"));
    assert!(!after.nodes[1].data.contains_key("model"));
}

#[test]
fn what_cannot_be_made_is_refused_with_its_reason() {
    let missing = |id: &str| Err(NotApplied::MissingNode { id: id.into() });
    assert_eq!(delete("gone").apply(&poem()), missing("gone"));
    assert_eq!(add("llm", "gone").apply(&poem()), missing("gone"));
    assert_eq!(change(json!({"action": "unknown"})).apply(&poem()), Err(NotApplied::NotUnderstood));
}

#[test]
fn a_difference_is_told_node_by_node_and_field_by_field() {
    let patch = change(json!({"patches": [{"nodeId": "write", "data": {"model": "n"}}]}));
    let mut after = add("rag", "write").apply(&patch.apply(&poem()).unwrap()).unwrap();
    after.nodes.retain(|node| node.id != "out");
    after.edges.retain(|edge| edge.target != "out");
    after.nodes[1].data.remove("prompt");

    let difference = Difference::between(&poem(), &after);

    let told: Vec<_> = difference.nodes.iter().map(|node| (node.label.as_str(), node.mark)).collect();
    assert_eq!(told, [("Writer", Mark::Changed), ("New", Mark::Added), ("Shown", Mark::Removed)]);
    let fields = serde_json::to_value(&difference.nodes[0].fields).unwrap();
    assert_eq!(
        fields,
        json!([
            {"field": "model", "before": "m", "after": "n"},
            {"field": "prompt", "before": "{{Topic.user_input}}", "after": null},
        ])
    );
    assert_eq!(ends(&difference.picture), ["in>write", "write>rag-1", "write>out"]);
    assert_eq!(difference.edges, [(1, Mark::Added), (2, Mark::Removed)]);
    assert_eq!(difference.title, None);
}

#[test]
fn a_node_that_only_moved_has_not_changed() {
    let mut after = poem();
    after.nodes[0].position.as_mut().unwrap().x = -500.0;
    after.edges[0].id = Some("another".into());
    assert!(Difference::between(&poem(), &after).is_empty());
    after.title = Some("Ode".into());
    assert_eq!(Difference::between(&poem(), &after).title, Some(["Poem".into(), "Ode".into()]));
}

#[test]
fn places_are_kept_if_an_eye_can_follow_them() {
    let with = |places: [(f64, f64); 3]| {
        let mut flow = poem();
        for (node, (x, y)) in flow.nodes.iter_mut().zip(places) {
            let position = node.position.as_mut().unwrap();
            (position.x, position.y) = (x, y);
        }
        flow.edges.push(serde_json::from_value(json!({"id": "3", "source": "in", "target": "out"})).unwrap());
        Layout::brought(&flow).is_some()
    };
    assert!(with([(0.0, 0.0), (300.0, 200.0), (600.0, 0.0)]));
    assert!(!with([(0.0, 0.0), (300.0, 0.0), (600.0, 0.0)]), "the third edge is behind the writer");
    assert!(!with([(0.0, 0.0), (CARD.width - 1.0, 10.0), (600.0, 0.0)]), "one lies on another");
    assert!(!with([(0.0, 0.0), (300.0, 200.0), (90_000.0, 0.0)]), "out of sight");
    let mut flow = poem();
    flow.nodes[0].position = None;
    assert_eq!(Layout::brought(&flow), None);
    assert!(Layout::brought(&repair(flow).0).is_some());
}

#[test]
fn a_node_says_what_it_does_by_its_telling_settings() {
    let of = |kind: &str, data: Value| {
        let node = json!({"id": "n", "type": kind, "data": data});
        serde_json::from_value::<flowmeter_domain::flow::Node>(node).unwrap().settings()
    };
    let llm = of("llm", json!({"temperature": 0.5, "model": "m", "systemPrompt": " ", "other": 1}));
    assert_eq!(llm, [("model", "m".to_owned()), ("temperature", "0.5".to_owned())]);
    let form = json!({"formFields": [{"label": "City", "name": "c"}, {"name": "age"}, 3], "greeting": null});
    assert_eq!(of("input", form), [("formFields", "City, age, 3".to_owned())]);
    let output = json!({"inputMappings": {"mode": "select", "sources": [{"value": "{{a.b}}"}]}});
    let told = [("inputMappings.mode", "select".to_owned()), ("inputMappings.sources", "{{a.b}}".to_owned())];
    assert_eq!(of("output", output), told);
}

#[test]
fn labels_are_seen_as_they_are_written() {
    let text = r#"{"title": "T", "nodes": [{"data": {"label": "Say \"hi\""}}, {"data": {"label":"写"}}, {"data": {"label": "unfini"#;
    assert_eq!(labels_so_far(text), [r#"Say "hi""#, "写"]);
    assert_eq!(labels_so_far(r#"{"label": 7, "label""#), Vec::<String>::new());
}
