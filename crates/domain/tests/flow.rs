//! What is wrong with a flow, and what is put right.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use flowmeter_domain::flow::{Change, Fault, Flow, Mode, ModifyRequest, PlanEvent, Repair, repair, validate};
use serde_json::{Value, json};

fn flow(json: Value) -> Flow {
    serde_json::from_value(json).unwrap()
}

fn node(id: &str, kind: &str) -> Value {
    json!({"id": id, "type": kind, "data": {"label": id}, "position": {"x": 0.0, "y": 0.0}})
}

/// Input, LLM, output, with these edges.
fn with_edges(edges: Value) -> Flow {
    let nodes = [node("in", "input"), node("llm", "llm"), node("out", "output"), node("if", "branch")];
    flow(json!({"nodes": nodes, "edges": edges}))
}

fn chain() -> Value {
    json!([{"id": "1", "source": "in", "target": "llm"}, {"id": "2", "source": "llm", "target": "out"}])
}

fn chain_and(edge: Value) -> Value {
    let mut edges = chain();
    edges.as_array_mut().unwrap().push(edge);
    edges
}

fn codes(flow: &Flow) -> Vec<String> {
    let code = |fault: &Fault| serde_json::to_value(fault).unwrap()["code"].as_str().unwrap().to_owned();
    validate(flow).iter().map(code).collect()
}

#[test]
fn a_chain_from_input_to_output_has_no_fault() {
    assert_eq!(validate(&with_edges(chain())), []);
}

#[test]
fn each_fault_has_its_code() {
    let table = [
        (chain_and(json!({"id": "1", "source": "in", "target": "out"})), "double_edge_id"),
        (chain_and(json!({"id": "3", "source": "in", "target": "gone"})), "dangling_edge"),
        (chain_and(json!({"id": "3", "source": "out", "target": "in"})), "circle"),
        (chain_and(json!({"id": "3", "source": "if", "target": "if", "sourceHandle": "true"})), "circle"),
        (json!([{"id": "1", "source": "in", "target": "llm"}]), "no_output_reached"),
        (
            chain_and(json!({"id": "3", "source": "llm", "target": "if", "sourceHandle": "false"})),
            "handle_without_branch",
        ),
        (chain_and(json!({"id": "3", "source": "if", "target": "out"})), "branch_without_handle"),
        (
            chain_and(json!({"id": "3", "source": "if", "target": "out", "sourceHandle": "maybe"})),
            "branch_without_handle",
        ),
    ];
    for (edges, code) in table {
        assert_eq!(codes(&with_edges(edges.clone())), [code], "{edges}");
    }
}

#[test]
fn nodes_with_the_same_id_are_told_once() {
    let nodes = [node("in", "input"), node("out", "output"), node("out", "llm"), node("out", "llm")];
    let flow = flow(json!({"nodes": nodes, "edges": [{"source": "in", "target": "out"}]}));
    assert_eq!(validate(&flow), [Fault::DoubleNodeId { id: "out".into() }]);
}

#[test]
fn an_empty_flow_shows_nothing() {
    assert_eq!(validate(&Flow::default()), [Fault::NoOutputReached]);
}

#[test]
fn handles_may_be_texts_or_truths() {
    let edges = json!([
        {"id": "1", "source": "in", "target": "if", "sourceHandle": null},
        {"id": "2", "source": "if", "target": "out", "sourceHandle": true},
        {"id": "3", "source": "if", "target": "llm", "sourceHandle": "false"},
    ]);
    let flow = with_edges(edges);
    assert_eq!(validate(&flow), []);
    assert_eq!(serde_json::to_value(&flow).unwrap()["edges"][1]["sourceHandle"], "true");
}

#[test]
fn a_variable_names_a_node_and_a_field_it_has() {
    let table = [
        ("no variable, {just} {{open", None),
        ("{{Question.user_input}} and {{ Question.files }}", None),
        ("{{Question.formData.city}}", None),
        ("{{v1.2 model.response}}", None),
        ("{{Search.anything}}", None),
        ("{{Question.response}}", Some("unknown_field")),
        ("{{Question.formData.}}", Some("unknown_field")),
        ("{{v1.2 model.text}}", Some("unknown_field")),
        ("{{in.user_input}}", Some("unknown_variable")),
        ("{{user_input}}", Some("unknown_variable")),
        ("{{}}", Some("unknown_variable")),
    ];
    for (text, code) in table {
        let flow = flow(json!({
            "nodes": [
                {"id": "in", "type": "input", "data": {"label": "Question"}},
                {"id": "find", "type": "rag", "data": {"label": "Search"}},
                {"id": "llm", "type": "llm", "data": {"label": "v1.2 model", "deep": [{"prompt": text}]}},
                {"id": "out", "type": "output"},
            ],
            "edges": [{"source": "in", "target": "out"}],
        }));
        assert_eq!(codes(&flow), Vec::from_iter(code), "{text}");
    }
}

#[test]
fn a_fault_says_what_is_wrong() {
    let flow = with_edges(chain_and(json!({"id": "3", "source": "in", "target": "gone"})));
    let fault = &validate(&flow)[0];
    assert_eq!(fault.to_string(), "the edge from \"in\" to \"gone\" ends at a node that does not exist");
    let expected = json!({"code": "dangling_edge", "source": "in", "target": "gone"});
    assert_eq!(serde_json::to_value(fault).unwrap(), expected);
}

#[test]
fn edges_get_ids_and_dangling_ones_go() {
    let (flow, repairs) = repair(with_edges(json!([
        {"source": "in", "target": "llm"},
        {"id": "x", "source": "llm", "target": "out"},
        {"id": "x", "source": "in", "target": "out"},
        {"id": "", "source": "in", "target": "llm"},
        {"id": "y", "source": "in", "target": "gone"},
    ])));
    let ids: Vec<_> = flow.edges.iter().filter_map(|edge| edge.id.as_deref()).collect();
    assert_eq!(ids, ["in-llm", "x", "in-out", "in-llm-2"]);
    assert_eq!(
        repairs,
        [
            Repair::DanglingEdgeDropped { source_node: "in".into(), target: "gone".into() },
            Repair::EdgeIdGiven { id: "in-llm".into() },
            Repair::EdgeIdReplaced { was: "x".into(), id: "in-out".into() },
            Repair::EdgeIdGiven { id: "in-llm-2".into() },
        ]
    );
    assert_eq!(validate(&flow), []);
}

#[test]
fn nodes_without_a_place_stand_in_layers_below_those_that_have_one() {
    let (flow, repairs) = repair(flow(json!({
        "nodes": [
            {"id": "a", "type": "input"}, {"id": "b", "type": "llm"}, {"id": "c", "type": "llm"},
            {"id": "d", "type": "output"},
            {"id": "kept", "type": "tool", "position": {"x": 7.5, "y": 60.0, "z": 1}},
        ],
        "edges": [
            {"id": "1", "source": "a", "target": "b"}, {"id": "2", "source": "a", "target": "c"},
            {"id": "3", "source": "b", "target": "d"}, {"id": "4", "source": "a", "target": "d"},
        ],
    })));
    let places: Vec<_> = flow.nodes.iter().flat_map(|node| &node.position).map(|at| (at.x, at.y)).collect();
    assert_eq!(places, [(0.0, 200.0), (280.0, 200.0), (280.0, 340.0), (560.0, 200.0), (7.5, 60.0)]);
    assert_eq!(repairs, [Repair::NodesPlaced { nodes: ["a", "b", "c", "d"].map(str::to_owned).into() }]);
}

#[test]
fn what_has_no_safe_repair_stays() {
    let edges = chain_and(json!({"id": "3", "source": "out", "target": "in", "sourceHandle": "true"}));
    let broken = with_edges(edges);
    assert_eq!(repair(broken.clone()), (broken, vec![]));
}

#[test]
fn the_events_of_a_plan_have_the_contracts_shapes() {
    let flow = Flow { title: Some("T".into()), ..Flow::default() };
    let table = [
        (PlanEvent::Progress { content: "{".into() }, json!({"type": "progress", "content": "{"})),
        (
            PlanEvent::Retrying { attempt: 2, model: "m".into() },
            json!({"type": "retrying", "attempt": 2, "model": "m"}),
        ),
        (PlanEvent::Fallback { model: "m".into() }, json!({"type": "fallback", "model": "m"})),
        (PlanEvent::Result(flow), json!({"type": "result", "title": "T", "nodes": [], "edges": []})),
        (PlanEvent::Error { message: "no".into() }, json!({"type": "error", "message": "no"})),
    ];
    for (event, json) in table {
        assert_eq!(serde_json::to_value(&event).unwrap(), json);
        assert_eq!(serde_json::from_value::<PlanEvent>(json).unwrap(), event);
    }
    assert_eq!(serde_json::from_str::<PlanEvent>(r#"{"type":"news","a":1}"#).unwrap(), PlanEvent::Other);
}

#[test]
fn a_change_is_read_by_its_field_and_written_as_it_came() {
    let table = [
        json!({"patches": [{"nodeId": "a", "data": {"prompt": "p"}}]}),
        json!({"action": "add", "nodeType": "rag", "nodeData": {"label": "l"}, "connectAfter": "a"}),
        json!({"action": "delete", "target": "a"}),
        json!({"action": "unknown"}),
        json!({"title": "t", "nodes": [], "edges": [], "theirs": 1}),
    ];
    for json in table {
        let change: Change = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(change).unwrap(), json);
    }
    let fault = |json| serde_json::from_value::<Change>(json).unwrap_err().to_string();
    assert_eq!(fault(json!({"a": 1})), "neither patches nor action nor nodes");
    assert_eq!(fault(json!({"patches": [{"data": {}}]})), "missing field `nodeId`");
    assert!(fault(json!({"action": "dance"})).contains("unknown variant `dance`"));
}

#[test]
fn a_change_of_a_node_that_is_not_there_is_noticed() {
    let nodes = with_edges(chain()).nodes;
    let missing = |json| {
        let change: Change = serde_json::from_value(json).unwrap();
        change.missing_node(&nodes).map(str::to_owned)
    };
    let patches = json!({"patches": [{"nodeId": "in", "data": {}}, {"nodeId": "x", "data": {}}]});
    assert_eq!(missing(patches), Some("x".into()));
    let add = json!({"action": "add", "nodeType": "tool", "nodeData": {}, "connectAfter": "y"});
    assert_eq!(missing(add), Some("y".into()));
    assert_eq!(missing(json!({"action": "delete", "target": "z"})), Some("z".into()));
    assert_eq!(missing(json!({"action": "delete", "target": "llm"})), None);
    assert_eq!(missing(json!({"action": "unknown"})), None);
}

#[test]
fn a_request_without_a_mode_wants_the_whole_flow() {
    let request = |json| serde_json::from_value::<ModifyRequest>(json).unwrap().mode;
    let body = json!({"prompt": "p", "currentNodes": [], "currentEdges": []});
    assert_eq!(request(body.clone()), Mode::Full);
    let mut patch = body;
    patch["mode"] = "patch".into();
    assert_eq!(request(patch), Mode::Patch);
}
