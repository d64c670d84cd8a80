//! What a provider does wrong, and what a client that leaves does to it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::{Value, json};
use support::routes::{Edge, counted, events, small_flow, tagged, used};
use support::{Api, Person, send, until};

const LLM: &str = "llm_executions";

/// What each model does, in the words of the edge.
const FAULTS: [(&str, &str); 9] = [
    ("demo-429", "the provider asks to slow down"),
    ("demo-401", "the provider does not accept the configured key"),
    ("demo-404", "the provider refused the request with status 404"),
    ("demo-500", "the provider failed with status 500"),
    ("demo-503", "the provider failed with status 503"),
    ("demo-html", "the provider's answer is not a chat completion"),
    ("demo-fail-midway", "the provider's answer broke off"),
    ("demo-huge-line", "the provider's answer is too long"),
    ("demo-slow-drip", "the provider took too long"),
];

/// With so little patience that a drip is given up.
async fn impatient(api: &Api) -> Edge {
    Edge::with(api, &[("EDGE_PROVIDER_TOTAL_SECONDS", "3")]).await
}

fn assert_harmless(text: &str) {
    for secret in ["sk-secret", "local.", "10.0.0.7", "127.0.0.1", "://"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn each_fault_of_a_provider_is_the_contracts_500_and_costs_nothing() {
    let api = Api::new();
    let (edge, person) = (impatient(&api).await, Person::new(&api).await);
    for (model, details) in FAULTS {
        let answer = send(edge.call(&api, &person, "run-node", &json!({"model": model}))).await;
        assert_eq!((answer.status.as_u16(), &answer.body["error"]), (500, &json!("Execution failed")));
        assert_eq!(answer.body["details"], details, "{model}");
        assert_harmless(&answer.body.to_string());
    }
    assert_eq!(used(&api, &person, LLM).await, 0);
}

#[tokio::test]
async fn each_fault_in_a_stream_is_an_error_without_the_end_mark_and_costs_nothing() {
    let api = Api::new();
    let (edge, person) = (impatient(&api).await, Person::new(&api).await);
    for (model, error) in FAULTS {
        let request = edge.call(&api, &person, "run-node-stream", &json!({"model": model}));
        let (events, done) = events(request.send().await.unwrap()).await;
        assert!(!done, "{model}");
        let last = events.last().unwrap();
        assert_eq!(last["error"], error, "{model}");
        assert_harmless(&last.to_string());
        let came: Vec<&Value> = events.iter().filter(|event| event.get("content").is_some()).collect();
        assert_eq!(came.is_empty(), model != "demo-fail-midway", "text that came stays: {model}");
    }
    assert_eq!(used(&api, &person, LLM).await, 0);
}

#[tokio::test]
async fn a_provider_that_is_silent_or_drips_is_given_up() {
    let api = Api::new();
    let person = Person::new(&api).await;
    for setting in ["EDGE_PROVIDER_SILENCE_SECONDS", "EDGE_PROVIDER_TOTAL_SECONDS"] {
        let edge = Edge::with(&api, &[(setting, "0.05")]).await;
        let model = tagged("demo-slow-drip");
        let began = Instant::now();
        let answer = send(edge.call(&api, &person, "run-node", &json!({"model": model}))).await;
        assert_eq!(answer.body["details"], "the provider took too long", "{setting}");
        assert!(began.elapsed() < Duration::from_secs(5), "{setting}");
    }
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_is_not_named() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let edge = Edge::with(&api, &[("OPENAI_BASE_URL", &closed)]).await;
    let answer = send(edge.call(&api, &person, "run-node", &json!({"model": "gpt-4o"}))).await;
    assert_eq!(answer.body["details"], "the provider cannot be reached");
    assert_harmless(&answer.body.to_string());
}

/// Stays at the door of `address`.
async fn knock(address: std::net::SocketAddr) {
    let _held = tokio::net::TcpStream::connect(address).await;
    std::future::pending::<()>().await;
}

/// A socket on which nobody answers: its queue is full, so that the system drops whoever knocks.
async fn deaf() -> (tokio::net::TcpListener, Vec<tokio::task::JoinHandle<()>>) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let waiting = (0..8).map(|_| tokio::spawn(knock(address))).collect();
    until("nobody is let in any more", async || {
        let next = tokio::net::TcpStream::connect(address);
        tokio::time::timeout(Duration::from_millis(200), next).await.is_err()
    })
    .await;
    (listener, waiting)
}

#[tokio::test]
async fn a_provider_that_does_not_answer_the_door_is_given_up() {
    let api = Api::new();
    let (person, deaf) = (Person::new(&api).await, deaf().await);
    let url = format!("http://{}", deaf.0.local_addr().unwrap());
    // Neither of the limits that can be set would end it.
    let edge = Edge::with(&api, &[("OPENAI_BASE_URL", &url)]).await;
    let answer = send(edge.call(&api, &person, "run-node", &json!({"model": "gpt-4o"}))).await;
    assert_eq!((answer.status.as_u16(), &answer.body["error"]), (500, &json!("Execution failed")));
    assert_eq!(answer.body["details"], "the provider took too long");
    assert_eq!(used(&api, &person, LLM).await, 0);
}

#[tokio::test]
async fn a_line_without_an_end_is_cut_and_not_kept() {
    let api = Api::new();
    let (edge, person) = (Edge::with(&api, &[]).await, Person::new(&api).await);
    for route in ["run-node", "run-node-stream"] {
        let model = tagged("demo-huge-line");
        edge.call(&api, &person, route, &json!({"model": model}))
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        // Completed would mean that all 64 MiB of it were taken.
        until("the line is cut", async || counted(&api, &model, "aborted").await == 1).await;
    }
}

/// Sees that the provider's connection is closed within a second of `left`.
async fn assert_closed(api: &Api, model: &str, left: Instant) {
    until("the provider's connection is closed", async || counted(api, model, "aborted").await == 1).await;
    assert!(left.elapsed() < Duration::from_secs(1), "{:?}", left.elapsed());
}

async fn leave_after_text(mut response: Response) -> Instant {
    let mut text = String::new();
    while !text.contains("\"content\":\"") {
        text += &String::from_utf8_lossy(&response.chunk().await.unwrap().unwrap());
    }
    Instant::now()
}

#[tokio::test]
async fn a_reader_that_leaves_after_text_came_closes_the_provider_and_pays_once() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let table = [("run-node-stream", LLM), ("plan", "flow_generations")];
    for (route, kind) in table {
        let model = tagged("demo-slow");
        let edge = Edge::planning(&api, &model, "demo").await;
        let body = json!({"model": model, "prompt": "a poem"});
        let left = leave_after_text(edge.call(&api, &person, route, &body).send().await.unwrap()).await;
        assert_closed(&api, &model, left).await;
        until("it is charged", async || used(&api, &person, kind).await == 1).await;
    }
}

#[tokio::test]
async fn a_client_that_leaves_before_any_text_closes_the_provider_and_pays_nothing() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let (nodes, edges) = small_flow();
    let table = [
        ("run-node", "demo-slow"),
        ("run-node-stream", "demo-slow-drip"),
        ("plan", "demo-slow-drip"),
        ("modify-flow", "demo-slow"),
    ];
    for (route, name) in table {
        let model = tagged(name);
        let edge = Edge::planning(&api, &model, "demo").await;
        let body = json!({"model": model, "prompt": "a poem", "currentNodes": nodes, "currentEdges": edges});
        let call = tokio::spawn(edge.call(&api, &person, route, &body).send());
        until("the provider is asked", async || counted(&api, &model, "open").await == 1).await;
        call.abort();
        drop(call.await);
        assert_closed(&api, &model, Instant::now()).await;
    }
    // What runs afterwards is all that is counted.
    let edge = Edge::with(&api, &[]).await;
    assert_eq!(send(edge.call(&api, &person, "run-node", &json!({"model": "demo"}))).await.status, 200);
    assert_eq!((used(&api, &person, LLM).await, used(&api, &person, "flow_generations").await), (1, 0));
}
