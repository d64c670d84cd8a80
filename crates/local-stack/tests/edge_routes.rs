//! What every route of the edge has in common, and the two that run a node, line by line of the contract.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use serde_json::{Value, json};
use support::routes::{Edge, ROUTES, asked, events, small_flow, tagged, used};
use support::{Api, Person, send};

const LLM: &str = "llm_executions";

fn joined(events: &[Value], field: &str) -> String {
    events.iter().filter_map(|event| event[field].as_str()).collect()
}

#[tokio::test]
async fn without_a_session_every_route_answers_401() {
    let api = Api::new();
    let edge = Edge::with(&api, &[]).await;
    for route in ROUTES {
        let request = api.http.post(format!("{}/api/{route}", edge.url));
        let answer = send(request.json(&json!({}))).await;
        assert_eq!((answer.status.as_u16(), &answer.body["error"]), (401, &json!("请先登录")), "{route}");
    }
}

#[tokio::test]
async fn a_used_up_quota_answers_429_with_its_numbers() {
    let api = Api::new();
    let (edge, person) = (Edge::with(&api, &[]).await, Person::new(&api).await);
    let columns = json!({
        "llm_executions_used": 100, "llm_executions_limit": 100,
        "flow_generations_used": 7, "flow_generations_limit": 5,
    });
    api.set_quota(person.id, &columns).await;
    for route in ROUTES {
        // The quota is checked before the body is read.
        let answer = send(edge.call(&api, &person, route, &json!({}))).await;
        let expected = if route.starts_with("run") {
            "LLM 执行次数已用完 (100/100)"
        } else {
            "Flow 生成次数已用完 (7/5)"
        };
        assert_eq!(answer.status, 429, "{route}: {}", answer.body);
        assert_eq!(answer.body["error"], expected);
        assert_eq!(answer.body["code"], "QUOTA_EXCEEDED");
    }
}

#[tokio::test]
async fn a_run_answers_text_and_reasoning_and_is_charged_once() {
    let api = Api::new();
    let (edge, person) = (Edge::with(&api, &[]).await, Person::new(&api).await);
    let body = json!({"model": "demo", "input": "What is a quota?"});
    let answer = send(edge.call(&api, &person, "run-node", &body)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body["response"].as_str().unwrap().contains("What is a quota"));
    assert!(!answer.body["reasoning"].as_str().unwrap().is_empty());
    assert_eq!(used(&api, &person, LLM).await, 1);
}

#[tokio::test]
async fn a_streamed_run_says_the_same_and_is_charged_before_its_end_mark() {
    let api = Api::new();
    let (edge, person) = (Edge::with(&api, &[]).await, Person::new(&api).await);
    let body = json!({"model": "demo", "input": "What is a quota?"});
    let (events, done) =
        events(edge.call(&api, &person, "run-node-stream", &body).send().await.unwrap()).await;
    assert!(done);
    assert_eq!(used(&api, &person, LLM).await, 1);
    let is_empty = |event: &Value| event["content"] == "" && event["reasoning"] == "";
    assert!(!events.iter().any(is_empty), "an event has text");
    let whole = send(edge.call(&api, &person, "run-node", &body)).await.body;
    assert_eq!(whole["response"], joined(&events, "content"));
    assert_eq!(whole["reasoning"], joined(&events, "reasoning"));
}

#[tokio::test]
async fn the_provider_gets_system_history_and_user_in_this_order() {
    let api = Api::new();
    let (edge, person) = (Edge::with(&api, &[]).await, Person::new(&api).await);
    for route in ["run-node", "run-node-stream"] {
        let model = tagged("demo");
        let body = json!({
            "model": model, "systemPrompt": "Be brief.", "input": {"city": "Bern"}, "temperature": 0.3,
            "conversationHistory": [
                {"role": "user", "content": "Hi"}, {"role": "user"}, {"content": "x"}, 7,
                {"role": "assistant", "content": "Hello"},
            ],
        });
        let response = edge.call(&api, &person, route, &body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.bytes().await.unwrap();
        let asked = &asked(&api, &model).await[0];
        let messages = json!([
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": "{\"city\":\"Bern\"}"},
        ]);
        assert_eq!((&asked["messages"], &asked["temperature"]), (&messages, &json!(0.3)), "{route}");
        assert!(asked.get("response_format").is_none());
    }
}

#[tokio::test]
async fn a_run_with_nothing_but_a_model_says_start_at_the_default_temperature() {
    let api = Api::new();
    let (edge, person, model) = (Edge::with(&api, &[]).await, Person::new(&api).await, tagged("demo"));
    send(edge.call(&api, &person, "run-node", &json!({"model": model}))).await;
    let asked = &asked(&api, &model).await[0];
    assert_eq!(asked["messages"], json!([{"role": "user", "content": "Start"}]));
    assert_eq!(asked["temperature"], 0.7);
}

#[tokio::test]
async fn a_provider_without_a_key_is_named() {
    let api = Api::new();
    let (edge, person) = (Edge::with(&api, &[("GROQ_API_KEY", "")]).await, Person::new(&api).await);
    for route in ["run-node", "run-node-stream"] {
        let answer = send(edge.call(&api, &person, route, &json!({"model": "llama-3.3-70b"}))).await;
        assert_eq!(answer.status, 500);
        let text = answer.body["error"].as_str().unwrap();
        assert!(text.starts_with("API key for groq is not configured"), "{text}");
    }
    assert_eq!(used(&api, &person, LLM).await, 0);
}

#[tokio::test]
async fn one_unit_left_is_one_run() {
    let api = Api::new();
    let (edge, person) = (Edge::with(&api, &[]).await, Person::new(&api).await);
    api.set_quota(person.id, &json!({"llm_executions_used": 99})).await;
    let body = json!({"model": "demo"});
    assert_eq!(send(edge.call(&api, &person, "run-node", &body)).await.status, 200);
    let refused = send(edge.call(&api, &person, "run-node", &body)).await;
    assert_eq!(refused.body["error"], "LLM 执行次数已用完 (100/100)");
}

#[tokio::test]
async fn a_flow_can_be_planned_changed_and_run_with_the_stacks_own_edge() {
    let api = Api::new();
    let (edge, person) = (Edge { url: api.state.edge_url.clone() }, Person::new(&api).await);
    let response = edge.call(&api, &person, "plan", &json!({"prompt": "a poem"})).send().await.unwrap();
    let (events, done) = events(response).await;
    assert!(done && events.last().unwrap()["type"] == "result");
    let (nodes, edges) = small_flow();
    let body = json!({"prompt": "shorter", "currentNodes": nodes, "currentEdges": edges});
    assert_eq!(send(edge.call(&api, &person, "modify-flow", &body)).await.status, 200);
    assert_eq!(send(edge.call(&api, &person, "run-node", &json!({"model": "demo"}))).await.status, 200);
    assert_eq!((used(&api, &person, "flow_generations").await, used(&api, &person, LLM).await), (2, 1));
}
