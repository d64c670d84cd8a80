//! `/api/plan`, line by line of the contract.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use flowmeter_domain::flow::{Flow, validate};
use serde_json::{Value, json};
use support::routes::{Edge, asked, counted, events, tagged, used};
use support::{Api, Person, send};

const FLOWS: &str = "flow_generations";

/// What is told for a prompt, the progress apart.
async fn plan(api: &Api, edge: &Edge, person: &Person, prompt: &str) -> (String, Vec<Value>) {
    let response = edge.call(api, person, "plan", &json!({"prompt": prompt})).send().await.unwrap();
    let (events, done) = events(response).await;
    assert!(done, "the end mark is last");
    let (progress, told): (Vec<_>, Vec<_>) =
        events.into_iter().partition(|event| event["type"] == "progress");
    (progress.iter().map(|event| event["content"].as_str().unwrap()).collect(), told)
}

fn types(told: &[Value]) -> Vec<&str> {
    told.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_plan_is_told_as_it_is_written_and_charged_once() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let (model, fallback) = (tagged("demo"), tagged("demo"));
    let edge = Edge::planning(&api, &model, &fallback).await;
    let (progress, told) = plan(&api, &edge, &person, "If it rains, write a poem").await;
    assert_eq!(types(&told), ["result"]);
    assert_eq!(told[0]["title"], "If it rains, write a poem");
    let written: Value = serde_json::from_str(&progress).unwrap();
    assert_eq!(written["nodes"].as_array().unwrap().len(), told[0]["nodes"].as_array().unwrap().len());
    let flow: Flow = serde_json::from_value(told[0].clone()).unwrap();
    assert_eq!(validate(&flow), []);
    assert_eq!(used(&api, &person, FLOWS).await, 1);
    assert_eq!((counted(&api, &model, "requests").await, counted(&api, &fallback, "requests").await), (1, 0));
}

#[tokio::test]
async fn the_model_is_asked_for_json_and_told_what_a_flow_is() {
    let api = Api::new();
    let (person, model) = (Person::new(&api).await, tagged("demo"));
    let edge = Edge::planning(&api, &model, "demo").await;
    plan(&api, &edge, &person, "a poem").await;
    let asked = &asked(&api, &model).await[0];
    assert_eq!(asked["temperature"], 0.2);
    assert_eq!(asked["response_format"], json!({"type": "json_object"}));
    assert_eq!(asked["messages"][1], json!({"role": "user", "content": "a poem"}));
    let system = asked["messages"][0]["content"].as_str().unwrap();
    for kind in ["input", "llm", "rag", "output", "branch", "tool", "imagegen"] {
        assert!(system.contains(&format!("- {kind}: ")), "{kind}");
    }
}

#[tokio::test]
async fn a_prompt_of_white_space_gets_an_empty_flow_for_nothing() {
    let api = Api::new();
    let (person, model) = (Person::new(&api).await, tagged("demo"));
    let edge = Edge::planning(&api, &model, &model).await;
    for prompt in [" ", "\n\t \u{3000}"] {
        let body = json!({"prompt": prompt, "ownerId": "ignored"});
        let answer = send(edge.call(&api, &person, "plan", &body)).await;
        assert_eq!((answer.status.as_u16(), answer.body), (200, json!({"nodes": [], "edges": []})));
    }
    assert_eq!((counted(&api, &model, "requests").await, used(&api, &person, FLOWS).await), (0, 0));
}

#[tokio::test]
async fn a_prompt_has_1_to_1000_characters() {
    let api = Api::new();
    let (person, model) = (Person::new(&api).await, tagged("demo"));
    let edge = Edge::planning(&api, &model, &model).await;
    for prompt in [String::new(), "字".repeat(1001), " ".repeat(1001)] {
        let answer = send(edge.call(&api, &person, "plan", &json!({"prompt": prompt}))).await;
        assert_eq!((answer.status.as_u16(), &answer.body["error"]), (400, &json!("Invalid input")));
        assert!(answer.body["details"].as_str().unwrap().starts_with("prompt: "), "{}", answer.body);
    }
    assert_eq!(counted(&api, &model, "requests").await, 0);
    for prompt in ["字".to_owned(), "字".repeat(1000)] {
        assert_eq!(types(&plan(&api, &edge, &person, &prompt).await.1), ["result"]);
    }
    assert_eq!(used(&api, &person, FLOWS).await, 2);
}

#[tokio::test]
async fn a_missing_title_is_the_first_20_characters_of_the_prompt() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let edge = Edge::planning(&api, "demo", "demo").await;
    let (_, told) = plan(&api, &edge, &person, "无标题: ein Gedicht über den Herbst").await;
    assert_eq!(told[0]["title"], "无标题: ein Gedicht übe");
}

#[tokio::test]
async fn what_may_pass_is_asked_again_and_then_the_fallback_is_asked() {
    let api = Api::new();
    for preferred in ["demo-429", "demo-503", "demo-fail-midway"] {
        let person = Person::new(&api).await;
        let (model, fallback) = (tagged(preferred), tagged("demo"));
        let edge = Edge::planning(&api, &model, &fallback).await;
        let (_, told) = plan(&api, &edge, &person, "a poem").await;
        assert_eq!(types(&told), ["retrying", "fallback", "result"], "{preferred}");
        assert_eq!(told[0], json!({"type": "retrying", "attempt": 2, "model": model}));
        assert_eq!(told[1], json!({"type": "fallback", "model": fallback}));
        assert_eq!(counted(&api, &model, "requests").await, 2);
        assert_eq!(counted(&api, &fallback, "requests").await, 1);
        assert_eq!(used(&api, &person, FLOWS).await, 1);
    }
}

#[tokio::test]
async fn what_will_not_pass_goes_to_the_fallback_at_once() {
    let api = Api::new();
    let models = [
        "demo-500",
        "demo-404",
        "demo-401",
        "demo-html",
        "demo-not-json",
        "demo-no-nodes",
        "demo-unknown",
        "demo-huge-line",
    ];
    for preferred in models {
        let person = Person::new(&api).await;
        let (model, fallback) = (tagged(preferred), tagged("demo"));
        let edge = Edge::planning(&api, &model, &fallback).await;
        let (_, told) = plan(&api, &edge, &person, "a poem").await;
        assert_eq!(types(&told), ["fallback", "result"], "{preferred}");
        assert_eq!(counted(&api, &model, "requests").await, 1, "{preferred}");
        assert_eq!(used(&api, &person, FLOWS).await, 1);
    }
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_or_is_silent_is_asked_again() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    for model in ["gpt-unreachable", "demo-slow-drip"] {
        let settings = [
            ("DEFAULT_LLM_MODEL", model),
            ("FALLBACK_LLM_MODEL", "demo"),
            ("OPENAI_BASE_URL", closed.as_str()),
            ("EDGE_PROVIDER_SILENCE_SECONDS", "0.05"),
            ("EDGE_PLAN_RETRY_SECONDS", "0"),
        ];
        let edge = Edge::with(&api, &settings).await;
        let (_, told) = plan(&api, &edge, &person, "a poem").await;
        assert_eq!(types(&told), ["retrying", "fallback", "result"], "{model}");
    }
}

#[tokio::test]
async fn a_model_that_fails_once_is_asked_again_after_the_pause() {
    let api = Api::new();
    let (person, model) = (Person::new(&api).await, tagged("demo-flaky"));
    let settings = [("DEFAULT_LLM_MODEL", model.as_str()), ("EDGE_PLAN_RETRY_SECONDS", "0.3")];
    let edge = Edge::with(&api, &settings).await;
    let began = Instant::now();
    let (_, told) = plan(&api, &edge, &person, "a poem").await;
    assert_eq!(types(&told), ["retrying", "result"]);
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert_eq!((counted(&api, &model, "requests").await, used(&api, &person, FLOWS).await), (2, 1));
}

#[tokio::test]
async fn a_failure_is_an_error_an_empty_result_and_costs_nothing() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let table = [
        ("demo-503", "demo-429", vec!["retrying", "fallback", "retrying", "error", "result"]),
        ("demo-500", "demo-not-json", vec!["fallback", "error", "result"]),
        ("demo-circle", "demo-no-nodes", vec!["validation", "fallback", "error", "result"]),
    ];
    for (preferred, fallback, expected) in table {
        let edge = Edge::planning(&api, preferred, fallback).await;
        let (_, told) = plan(&api, &edge, &person, "a poem").await;
        assert_eq!(types(&told), expected);
        let (error, result) = (&told[told.len() - 2], &told[told.len() - 1]);
        let message = error["message"].as_str().unwrap();
        assert!(!message.contains("sk-secret") && !message.contains("://"), "{message}");
        assert_eq!((&result["nodes"], &result["edges"]), (&json!([]), &json!([])));
    }
    assert_eq!(used(&api, &person, FLOWS).await, 0);
}

#[tokio::test]
async fn faults_and_repairs_are_told_and_the_result_is_repaired() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let edge = Edge::planning(&api, "demo-bad-flow", "demo").await;
    let (_, told) = plan(&api, &edge, &person, "a poem").await;
    let fix = "validation_fix";
    assert_eq!(types(&told), ["validation", fix, fix, fix, fix, "result"]);
    let codes = |event: &Value| event["repair"]["code"].as_str().unwrap().to_owned();
    let repairs: Vec<String> = told[1..5].iter().map(codes).collect();
    assert_eq!(repairs, ["dangling_edge_dropped", "edge_id_given", "edge_id_replaced", "nodes_placed"]);
    let faults: Vec<_> = told[0]["faults"].as_array().unwrap().iter().map(|fault| &fault["code"]).collect();
    assert_eq!(faults, ["double_edge_id", "dangling_edge"]);
    let flow: Flow = serde_json::from_value(told[5].clone()).unwrap();
    assert_eq!((validate(&flow), flow.edges.len()), (vec![], 3));
    assert_eq!(told[5]["nodes"][2]["theirs"], true, "unknown fields are kept");
    assert_eq!(used(&api, &person, FLOWS).await, 1);
}

#[tokio::test]
async fn a_flow_that_cannot_be_repaired_goes_to_the_fallback() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let edge = Edge::planning(&api, "demo-circle", "demo").await;
    let (_, told) = plan(&api, &edge, &person, "a poem").await;
    assert_eq!(types(&told), ["validation", "fallback", "result"]);
    assert_eq!(told[0]["faults"][0]["code"], "circle");
    assert_eq!(used(&api, &person, FLOWS).await, 1);
}

#[tokio::test]
async fn all_attempts_together_take_no_longer_than_one_run_may() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let models = [("DEFAULT_LLM_MODEL", "demo-slow-drip"), ("FALLBACK_LLM_MODEL", "demo-slow-drip")];
    let limits = [("EDGE_PROVIDER_TOTAL_SECONDS", "2"), ("EDGE_PLAN_RETRY_SECONDS", "0")];
    let edge = Edge::with(&api, &[models, limits].concat()).await;
    let began = Instant::now();
    let (_, told) = plan(&api, &edge, &person, "a poem").await;
    assert_eq!(types(&told), ["retrying", "fallback", "retrying", "error", "result"]);
    // Eight seconds if each attempt had the whole time.
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    assert_eq!(used(&api, &person, FLOWS).await, 0);
}
