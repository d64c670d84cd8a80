//! Bad bodies, for every route: a 4xx in JSON that names the field, and nothing else happens.
//!
//! Nothing in this file is ever worked on, so the provider must not have been asked at all.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use serde_json::json;
use support::routes::{ROUTES, used};
use support::{Answer, Api, Person, send};

/// Past the body limit.
const TOO_LONG: usize = 1024 * 1024 + 1;

/// What is wrong with any body, and a word of the answer that says so.
fn no_json() -> Vec<(Vec<u8>, &'static str)> {
    let deep = |open: &str, close: &str| [open.repeat(5000), close.repeat(5000)].concat().into_bytes();
    vec![
        (b"".to_vec(), "EOF"),
        (b"{".to_vec(), "line 1 column 1"),
        (b"not json".to_vec(), "line 1"),
        (b"{\"model\": NaN, \"prompt\": NaN}".to_vec(), "line 1 column 11"),
        (b"{\"model\": Infinity, \"prompt\": Infinity}".to_vec(), "line 1 column 11"),
        (b"{\"model\": \"\\ud800\", \"prompt\": \"\\ud800\"}".to_vec(), "line 1"),
        (b"{\"model\": \"\xff\xfe\", \"prompt\": \"\xff\xfe\"}".to_vec(), "unicode"),
        (b"{\"model\": \"a\nb\", \"prompt\": \"a\nb\"}".to_vec(), "control character"),
        (b"{'model': 'm'}".to_vec(), "line 1 column 2"),
        (b"\xef\xbb\xbf{}".to_vec(), "line 1 column 1"),
        (b"{\"model\": \"m\", \"prompt\": \"p\",}".to_vec(), "trailing comma"),
        (
            b"{\"model\": \"m\", \"prompt\": \"p\", \"currentNodes\": [], \"currentEdges\": []} {}".to_vec(),
            "trailing",
        ),
        (deep("[", "]"), "recursion limit"),
        (deep("{\"model\":", "}"), "line 1 column"),
    ]
}

/// What is wrong with a run, and the field that the answer names.
fn bad_runs() -> Vec<(String, &'static str)> {
    let mut table: Vec<(String, &str)> = [
        ("{}", "model"),
        ("[]", "model"),
        ("null", "model"),
        ("\"text\"", "model"),
        (r#"{"model": null}"#, "model"),
        (r#"{"model": ""}"#, "model"),
        (r#"{"model": "  "}"#, "model"),
        (r#"{"model": 7}"#, "model"),
        (r#"{"model": ["m"]}"#, "model"),
        (r#"{"model": {"name": "m"}}"#, "model"),
        (r#"{"model": "m", "model": "n"}"#, "model"),
        (r#"{"model": "m", "systemPrompt": 7}"#, "systemPrompt"),
        (r#"{"model": "m", "systemPrompt": {}}"#, "systemPrompt"),
        (r#"{"model": "m", "systemPrompt": "a", "systemPrompt": "b"}"#, "systemPrompt"),
        (r#"{"model": "m", "temperature": "hot"}"#, "temperature"),
        (r#"{"model": "m", "temperature": []}"#, "temperature"),
        (r#"{"model": "m", "temperature": true}"#, "temperature"),
        (r#"{"model": "m", "temperature": -0.1}"#, "temperature"),
        (r#"{"model": "m", "temperature": 1e300}"#, "temperature"),
        (r#"{"model": "m", "conversationHistory": "before"}"#, "conversationHistory"),
        (r#"{"model": "m", "conversationHistory": {"role": "user"}}"#, "conversationHistory"),
        (r#"{"model": "m", "input": 1, "input": 2}"#, "input"),
    ]
    .map(|(body, field)| (body.to_owned(), field))
    .into();
    let deep = format!("{{\"model\": \"m\", \"input\": {}{}}}", "[".repeat(500), "]".repeat(500));
    table.push((deep, "input"));
    table.push((r#"{"model": "m", "temperature": 1e999}"#.to_owned(), "out of range"));
    table
}

fn bad_plans() -> Vec<(String, &'static str)> {
    let mut table: Vec<(String, &str)> = [
        "{}",
        "[]",
        "null",
        "7",
        r#"{"prompt": null}"#,
        r#"{"prompt": ""}"#,
        r#"{"prompt": 7}"#,
        r#"{"prompt": ["p"]}"#,
        r#"{"prompt": {"text": "p"}}"#,
        r#"{"prompt": true}"#,
        r#"{"prompt": "p", "prompt": "q"}"#,
        r#"{"Prompt": "p"}"#,
    ]
    .map(|body| (body.to_owned(), "prompt"))
    .into();
    table.push((json!({"prompt": "p".repeat(1001)}).to_string(), "prompt"));
    table.push((json!({"prompt": "p".repeat(500_000)}).to_string(), "prompt"));
    table
}

fn bad_changes() -> Vec<(String, &'static str)> {
    let with = |field: &str, value: &str| {
        let fields =
            [("prompt", "\"p\""), ("currentNodes", "[]"), ("currentEdges", "[]"), ("mode", "\"full\"")];
        let member = |(name, usual)| format!("\"{name}\": {}", if name == field { value } else { usual });
        format!("{{{}}}", fields.map(member).join(", "))
    };
    let mut table: Vec<(String, &str)> = [
        ("prompt", "null", "prompt"),
        ("prompt", "\"\"", "prompt"),
        ("prompt", "7", "prompt"),
        ("prompt", "[]", "prompt"),
        ("currentNodes", "null", "currentNodes"),
        ("currentNodes", "{}", "currentNodes"),
        ("currentNodes", "\"n\"", "currentNodes"),
        ("currentNodes", "[7]", "currentNodes[0]"),
        ("currentNodes", "[{}]", "currentNodes[0]"),
        ("currentNodes", r#"[{"id": 7, "type": "llm"}]"#, "currentNodes[0]"),
        ("currentNodes", r#"[{"id": "a", "type": "dance"}]"#, "currentNodes[0]"),
        ("currentNodes", r#"[{"id": "a", "type": "llm", "data": []}]"#, "currentNodes[0]"),
        ("currentNodes", r#"[{"id": "a", "id": "b", "type": "llm"}]"#, "currentNodes[0]"),
        (
            "currentNodes",
            r#"[{"id": "a", "type": "llm", "position": {"x": "left", "y": 0}}]"#,
            "currentNodes[0]",
        ),
        ("currentEdges", "null", "currentEdges"),
        ("currentEdges", "{}", "currentEdges"),
        ("currentEdges", "[null]", "currentEdges[0]"),
        ("currentEdges", r#"[{"source": "a"}]"#, "currentEdges[0]"),
        ("currentEdges", r#"[{"source": "a", "target": 7}]"#, "currentEdges[0]"),
        ("currentEdges", r#"[{"source": "a", "target": "b", "sourceHandle": 7}]"#, "currentEdges[0]"),
        ("mode", "null", "mode"),
        ("mode", "7", "mode"),
        ("mode", "\"half\"", "mode"),
        ("mode", "\"full\", \"mode\": \"patch\"", "mode"),
    ]
    .map(|(field, value, named)| (with(field, value), named))
    .into();
    table.extend(["{}", "[]", "null", "7"].map(|body| (body.to_owned(), "prompt")));
    let deep = [r#"[{"id": "a", "type": "llm", "data": {"d": "#, &"[".repeat(500), &"]".repeat(500), "}}]"];
    table.push((with("currentNodes", &deep.concat()), "currentNodes"));
    table
}

struct Sender {
    api: Api,
    person: Person,
}

impl Sender {
    async fn new() -> Sender {
        let api = Api::new();
        Sender { person: Person::new(&api).await, api }
    }

    async fn send(&self, route: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.api.http.post(format!("{}/api/{route}", self.api.state.edge_url));
        let request = request.bearer_auth(self.person.access_token()).header("Content-Type", content_type);
        send(request.body(body)).await
    }

    async fn assert_refused(&self, route: &str, body: Vec<u8>, named: &str) {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let answer = self.send(route, "application/json", body).await;
        assert_eq!(answer.status, 400, "{route} {shown}: {}", answer.body);
        let text = answer.body["details"].as_str().unwrap();
        assert!(text.contains(named), "{route} {shown}: {named:?} is not in {text:?}");
        assert!(answer.body["error"].is_string() && answer.body["code"] == "INVALID_INPUT");
    }

    /// Nothing was charged, and the provider was never asked.
    async fn assert_nothing_happened(&self) {
        assert_eq!(self.api.provider_stats().await["requests"], 0);
        for kind in ["llm_executions", "flow_generations"] {
            assert_eq!(used(&self.api, &self.person, kind).await, 0, "{kind}");
        }
    }
}

#[tokio::test]
async fn what_is_no_json_is_refused_with_the_place_of_the_fault() {
    let sender = Sender::new().await;
    for route in ROUTES {
        for (body, named) in no_json() {
            sender.assert_refused(route, body, named).await;
        }
    }
    sender.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_bad_run_is_refused_by_the_name_of_its_field() {
    let sender = Sender::new().await;
    for route in ["run-node", "run-node-stream"] {
        for (body, field) in bad_runs() {
            sender.assert_refused(route, body.into_bytes(), field).await;
        }
    }
    sender.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_bad_plan_is_refused_by_the_name_of_its_field() {
    let sender = Sender::new().await;
    for (body, field) in bad_plans() {
        sender.assert_refused("plan", body.into_bytes(), field).await;
    }
    sender.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_bad_change_is_refused_by_the_name_of_its_field() {
    let sender = Sender::new().await;
    for (body, field) in bad_changes() {
        sender.assert_refused("modify-flow", body.into_bytes(), field).await;
    }
    sender.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_run_without_a_model_is_told_in_the_contracts_words() {
    let sender = Sender::new().await;
    for body in ["{}", r#"{"model": 7}"#, r#"{"model": ""}"#] {
        let error = &sender.send("run-node", "application/json", body).await.body["error"];
        let expected = if body.contains('7') { "Invalid input" } else { "Model is required" };
        assert_eq!(error, expected, "{body}");
    }
}

#[tokio::test]
async fn a_huge_body_is_413_and_another_kind_of_body_415() {
    let sender = Sender::new().await;
    for route in ROUTES {
        let huge = json!({"model": "m", "prompt": "p".repeat(TOO_LONG)}).to_string();
        let answer = sender.send(route, "application/json", huge).await;
        assert_eq!((answer.status.as_u16(), answer.body["error"].is_string()), (413, true), "{route}");
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"]
        {
            let body = r#"{"model": "m", "prompt": "p", "currentNodes": [], "currentEdges": []}"#;
            let answer = sender.send(route, content_type, body).await;
            assert_eq!(answer.status, 415, "{route} {content_type}: {}", answer.body);
            assert!(answer.body["error"].as_str().unwrap().contains("Content-Type"));
        }
    }
    sender.assert_nothing_happened().await;
}

/// A small generator: what the tables forgot.
#[tokio::test]
async fn any_value_in_any_field_is_never_a_fault_of_ours() {
    let sender = Sender::new().await;
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5e300),
        json!(""),
        json!("\u{0}"),
        json!("\u{fffd}😀"),
        json!([]),
        json!([[[]]]),
        json!({}),
        json!({"": null}),
        json!([null, {"id": []}]),
        json!("__proto__"),
    ];
    let fields = [
        "model",
        "systemPrompt",
        "temperature",
        "conversationHistory",
        "prompt",
        "currentNodes",
        "currentEdges",
        "mode",
    ];
    for route in ROUTES {
        for (one, other) in fields.iter().flat_map(|one| fields.map(|other| (one, other))) {
            let place = (one.len() * 7 + other.len() * 3 + route.len()) % values.len();
            // Never complete: a number as the model or the prompt, and one field of its own value.
            let mut body = json!({"model": 7, "prompt": 7, "currentNodes": 7});
            body[one] = values[place].clone();
            body[other] = values[(place * 5 + 1) % values.len()].clone();
            let is_complete = |field: &str| body[field].as_str().is_some_and(|text| !text.is_empty());
            if is_complete("model") || is_complete("prompt") {
                continue;
            }
            let answer = sender.send(route, "application/json", body.to_string()).await;
            assert_eq!(answer.status, 400, "{route} {body}: {}", answer.body);
            assert!(answer.body["details"].is_string(), "{}", answer.body);
        }
    }
    sender.assert_nothing_happened().await;
}
