//! `/api/modify-flow`, line by line of the contract.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use serde_json::{Value, json};
use support::routes::{Edge, asked, counted, small_flow, tagged, used};
use support::{Answer, Api, Person, send};

const FLOWS: &str = "flow_generations";

fn body(prompt: &str, mode: Option<&str>) -> Value {
    let (nodes, edges) = small_flow();
    let mut body = json!({"prompt": prompt, "currentNodes": nodes, "currentEdges": edges});
    if let Some(mode) = mode {
        body["mode"] = mode.into();
    }
    body
}

/// The answer of `model`, and the person who asked.
async fn modify(api: &Api, model: &str, body: &Value) -> (Answer, Person) {
    let (edge, person) = (Edge::planning(api, model, "demo").await, Person::new(api).await);
    (send(edge.call(api, &person, "modify-flow", body)).await, person)
}

#[tokio::test]
async fn without_a_mode_the_answer_is_the_whole_flow_and_costs_one() {
    let api = Api::new();
    for mode in [None, Some("full")] {
        let (answer, person) = modify(&api, "demo", &body("be brief", mode)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let (mut nodes, edges) = small_flow();
        nodes[1]["data"]["systemPrompt"] = "be brief".into();
        let expected = json!({"title": "Changed", "nodes": nodes, "edges": edges});
        assert_eq!(answer.body, expected, "unknown fields and places are kept");
        assert_eq!(used(&api, &person, FLOWS).await, 1);
    }
}

#[tokio::test]
async fn the_model_gets_the_flow_and_the_wish_as_json() {
    let api = Api::new();
    for (mode, answer) in [("full", "flow"), ("patch", "patch")] {
        let model = tagged("demo");
        modify(&api, &model, &body("be brief", Some(mode))).await;
        let asked = &asked(&api, &model).await[0];
        assert_eq!(asked["temperature"], 0.1);
        assert_eq!(asked["response_format"], json!({"type": "json_object"}));
        let message: Value = serde_json::from_str(asked["messages"][1]["content"].as_str().unwrap()).unwrap();
        let (nodes, edges) = small_flow();
        let expected = json!({"request": "be brief", "answer": answer, "nodes": nodes, "edges": edges});
        assert_eq!(message, expected);
    }
}

#[tokio::test]
async fn a_patch_is_settings_a_node_more_or_a_node_less_and_costs_one() {
    let api = Api::new();
    let added = json!({"label": "Added", "prompt": "add a step"});
    let table = [
        ("be brief", json!({"patches": [{"nodeId": "llm", "data": {"systemPrompt": "be brief"}}]})),
        ("add a step", json!({"action": "add", "nodeType": "llm", "nodeData": added, "connectAfter": "llm"})),
        ("remove it", json!({"action": "delete", "target": "llm"})),
    ];
    for (prompt, expected) in table {
        let (answer, person) = modify(&api, "demo", &body(prompt, Some("patch"))).await;
        assert_eq!((answer.status.as_u16(), answer.body), (200, expected));
        assert_eq!(used(&api, &person, FLOWS).await, 1);
    }
}

#[tokio::test]
async fn a_patch_that_is_not_json_becomes_the_whole_flow() {
    let api = Api::new();
    let model = tagged("demo-no-patch");
    let (answer, person) = modify(&api, &model, &body("be brief", Some("patch"))).await;
    assert_eq!((answer.status.as_u16(), &answer.body["title"]), (200, &json!("Changed")));
    assert_eq!((counted(&api, &model, "requests").await, used(&api, &person, FLOWS).await), (2, 1));
}

#[tokio::test]
async fn what_was_not_understood_is_unknown_and_costs_nothing() {
    let api = Api::new();
    for mode in ["full", "patch"] {
        for model in ["demo-not-json", "demo-unknown"] {
            let (answer, person) = modify(&api, model, &body("be brief", Some(mode))).await;
            assert_eq!((answer.status.as_u16(), answer.body), (200, json!({"action": "unknown"})));
            assert_eq!(used(&api, &person, FLOWS).await, 0, "{model} {mode}");
        }
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_used_is_a_failure_and_costs_nothing() {
    let api = Api::new();
    let table = [
        ("demo-no-nodes", "full", "be brief"),
        ("demo-circle", "full", "be brief"),
        ("demo-circle", "patch", "be brief"),
        ("demo", "patch", "go nowhere"),
    ];
    for (model, mode, prompt) in table {
        let (answer, person) = modify(&api, model, &body(prompt, Some(mode))).await;
        assert_eq!(answer.status, 500, "{model} {mode}");
        assert_eq!(answer.body["error"], "Failed to process modification");
        assert_eq!(used(&api, &person, FLOWS).await, 0);
    }
}

#[tokio::test]
async fn a_flow_that_can_be_repaired_is() {
    let api = Api::new();
    let (answer, person) = modify(&api, "demo-bad-flow", &body("be brief", None)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["edges"].as_array().unwrap().len(), 3);
    assert!(answer.body["nodes"][0]["position"]["x"].is_number());
    assert_eq!(used(&api, &person, FLOWS).await, 1);
}

#[tokio::test]
async fn a_failing_provider_is_a_failure_and_costs_nothing() {
    let api = Api::new();
    for model in ["demo-500", "demo-429", "demo-401", "demo-html", "demo-fail-midway"] {
        let (answer, person) = modify(&api, model, &body("be brief", None)).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["error"]),
            (500, &json!("Failed to process modification"))
        );
        let text = answer.body.to_string();
        assert!(!text.contains("sk-secret") && !text.contains("://"), "{text}");
        assert_eq!(used(&api, &person, FLOWS).await, 0, "{model}");
    }
}

#[tokio::test]
async fn the_wish_and_the_flow_are_required() {
    let api = Api::new();
    for field in ["prompt", "currentNodes", "currentEdges"] {
        let mut incomplete = body("be brief", None);
        incomplete.as_object_mut().unwrap().remove(field);
        let (answer, person) = modify(&api, "demo", &incomplete).await;
        assert_eq!((answer.status.as_u16(), &answer.body["error"]), (400, &json!("Missing required fields")));
        assert!(answer.body["details"].as_str().unwrap().starts_with(field));
        assert_eq!(used(&api, &person, FLOWS).await, 0);
    }
}
