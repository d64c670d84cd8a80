//! The scripted provider: OpenAI's shapes, the same answer each time, and failures on demand.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use support::{Api, read, send, until};

fn request(model: &str, prompt: &str, stream: bool) -> Value {
    json!({
        "model": model,
        "messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": prompt}],
        "stream": stream,
    })
}

async fn complete(api: &Api, body: &Value) -> Response {
    let url = format!("{}/v1/chat/completions", api.state.provider_url);
    api.http.post(url).bearer_auth("local").json(body).send().await.unwrap()
}

/// The JSON of each event, and whether the end mark came.
async fn events(response: Response) -> (Vec<Value>, bool) {
    let text = response.text().await.unwrap();
    let data: Vec<&str> =
        text.split_terminator("\n\n").filter_map(|line| line.strip_prefix("data: ")).collect();
    let done = data.last() == Some(&"[DONE]");
    let events =
        data.iter().filter(|data| **data != "[DONE]").map(|data| serde_json::from_str(data).unwrap());
    (events.collect(), done)
}

fn joined(events: &[Value], field: &str) -> String {
    events.iter().filter_map(|event| event["choices"][0]["delta"][field].as_str()).collect()
}

#[tokio::test]
async fn a_stream_has_reasoning_then_text_then_its_end() {
    let api = Api::new();
    let response = complete(&api, &request("demo", "What is a quota?", true)).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let (events, done) = events(response).await;
    assert!(done);
    assert_eq!(events[0]["object"], "chat.completion.chunk");
    assert!(events[0]["choices"][0]["delta"]["reasoning_content"].is_string());
    assert_eq!(events.last().unwrap()["choices"][0]["finish_reason"], "stop");
    assert!(joined(&events, "content").contains("What is a quota"));
}

#[tokio::test]
async fn both_ways_and_each_time_the_answer_is_the_same() {
    let api = Api::new();
    let (streamed, _) = events(complete(&api, &request("demo", "写一首诗", true)).await).await;
    let whole = read(complete(&api, &request("demo", "写一首诗", false)).await).await.body;
    let message = &whole["choices"][0]["message"];
    assert_eq!(whole["object"], "chat.completion");
    assert_eq!(message["content"], joined(&streamed, "content"));
    assert_eq!(message["reasoning_content"], joined(&streamed, "reasoning_content"));
    assert!(whole["usage"]["total_tokens"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn any_other_model_behaves_as_demo() {
    let api = Api::new();
    let (ours, _) = events(complete(&api, &request("demo", "hello", true)).await).await;
    let (other, done) = events(complete(&api, &request("gpt-4o", "hello", true)).await).await;
    assert!(done);
    assert_eq!(joined(&ours, "content"), joined(&other, "content"));
}

#[tokio::test]
async fn the_slow_model_takes_five_seconds() {
    let api = Api::new();
    let began = Instant::now();
    let (events, done) = events(complete(&api, &request("demo-slow", "hello", true)).await).await;
    assert!(done && events.len() > 250, "{}", events.len());
    assert!(began.elapsed() >= Duration::from_secs(5));
}

#[tokio::test]
async fn the_failing_model_says_something_and_breaks() {
    let api = Api::new();
    let mut response = complete(&api, &request("demo-fail-midway", "hello", true)).await;
    let mut text = String::new();
    let broken = loop {
        match response.chunk().await {
            Ok(Some(bytes)) => text += &String::from_utf8_lossy(&bytes),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken && text.contains("\"content\"") && !text.contains("[DONE]"), "{text}");
    let whole = complete(&api, &request("demo-fail-midway", "hello", false)).await;
    assert!(whole.text().await.is_err());
}

#[tokio::test]
async fn the_refusing_model_says_when_to_come_back() {
    let api = Api::new();
    let answer = read(complete(&api, &request("demo-429", "hello", true)).await).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers["retry-after"], "2");
    assert_eq!(answer.body["error"]["code"], "rate_limit_exceeded");
}

#[tokio::test]
async fn a_key_is_required_and_the_models_are_listed() {
    let api = Api::new();
    let url = format!("{}/v1/models", api.state.provider_url);
    assert_eq!(send(api.http.get(&url)).await.status, StatusCode::UNAUTHORIZED);
    let models = send(api.http.get(&url).bearer_auth("local")).await.body;
    assert_eq!(models["data"][0]["id"], "demo");
}

#[tokio::test]
async fn a_client_that_leaves_stops_its_run() {
    let api = Api::new();
    let aborted = async || api.provider_stats().await["aborted"].as_u64().unwrap();
    let before = aborted().await;
    let mut response = complete(&api, &request("demo-slow", "hello", true)).await;
    assert!(response.chunk().await.unwrap().is_some());
    drop(response);
    until("the run is counted as aborted", async || aborted().await > before).await;
}

fn json_request(model: &str, prompt: &str) -> Value {
    let mut body = request(model, prompt, false);
    body["response_format"] = json!({"type": "json_object"});
    body
}

async fn json_answer(api: &Api, model: &str, prompt: &str) -> Value {
    let whole = read(complete(api, &json_request(model, prompt)).await).await.body;
    serde_json::from_str(whole["choices"][0]["message"]["content"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn in_json_mode_a_wish_gets_a_flow_and_a_flow_a_change() {
    let api = Api::new();
    let flow = json_answer(&api, "demo", "If it rains, write a poem").await;
    assert!(flow["nodes"].as_array().unwrap().iter().any(|node| node["type"] == "branch"), "{flow}");
    assert_eq!(flow, json_answer(&api, "demo", "If it rains, write a poem").await);
    let change = json!({"request": "remove it", "answer": "patch", "nodes": flow["nodes"], "edges": []});
    let patch = json_answer(&api, "demo", &change.to_string()).await;
    assert_eq!(patch, json!({"action": "delete", "target": "write"}));
}

#[tokio::test]
async fn each_status_comes_when_its_model_is_asked() {
    let api = Api::new();
    for status in [401, 404, 429, 500, 503] {
        let answer = read(complete(&api, &request(&format!("demo-{status}"), "hello", true)).await).await;
        assert_eq!(answer.status, status);
        assert!(answer.body["error"]["message"].is_string());
    }
}

#[tokio::test]
async fn the_flaky_model_fails_once_for_each_prompt() {
    let api = Api::new();
    let statuses = async |prompt| {
        let first = complete(&api, &request("demo-flaky", prompt, false)).await.status();
        let second = complete(&api, &request("demo-flaky", prompt, false)).await.status();
        (first.as_u16(), second.as_u16())
    };
    assert_eq!(statuses("one").await, (503, 200));
    assert_eq!(statuses("two").await, (503, 200));
}

#[tokio::test]
async fn a_tagged_model_is_counted_by_itself_and_its_requests_are_kept() {
    let api = Api::new();
    let body = request("demo+mine", "hello", false);
    complete(&api, &body).await.bytes().await.unwrap();
    let of_mine = &api.provider_stats().await["models"]["demo+mine"];
    assert_eq!(of_mine, &json!({"requests": 1, "open": 0, "completed": 1, "aborted": 0}));
    let url = format!("{}/requests?model=demo%2Bmine", api.state.provider_url);
    assert_eq!(send(api.http.get(url)).await.body, json!([body]));
}
