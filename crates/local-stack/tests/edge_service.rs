//! The edge as a service: its limits, its answers to bad requests, its numbers, its end, and two of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;

use nix::sys::signal::Signal::SIGTERM;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use support::edge::Edge;
use support::{Api, Person, send, until};

fn run(api: &Api, edge: &str, person: &Person, model: &str) -> RequestBuilder {
    let body = json!({"model": model, "input": "What is a very private prompt?"});
    api.http.post(format!("{edge}/api/run-node-stream")).bearer_auth(person.access_token()).json(&body)
}

/// A stream of which the first bytes are there.
async fn started(request: RequestBuilder) -> Response {
    let mut response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.chunk().await.unwrap().is_some());
    response
}

async fn used(api: &Api, person: &Person) -> Value {
    api.quota(person.id).await["llm_executions_used"].clone()
}

async fn text_of(edge: &str, path: &str) -> String {
    reqwest::get(format!("{edge}{path}")).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_bad_request_gets_json_that_says_what_is_wrong() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let edge = &api.state.edge_url;
    let call = |method: Method, path: &str| {
        api.http.request(method, format!("{edge}{path}")).bearer_auth(person.access_token())
    };
    let route = "/api/run-node-stream";
    let json = |text: &str| {
        call(Method::POST, route).header("Content-Type", "application/json").body(text.to_owned())
    };
    for (request, status, code, text) in [
        (call(Method::POST, "/api/nothing"), 404, "NOT_FOUND", "no such route"),
        (call(Method::GET, "/"), 404, "NOT_FOUND", "no such route"),
        (call(Method::GET, route), 405, "INVALID_INPUT", "method"),
        (call(Method::DELETE, "/healthz"), 405, "INVALID_INPUT", "method"),
        (json(&"x".repeat(1024 * 1024 + 1)), 413, "INVALID_INPUT", "longer than 1048576 bytes"),
        (json("{\"model\": \"demo\",\n  broken"), 400, "INVALID_INPUT", "line 2 column 3"),
        (json(""), 400, "INVALID_INPUT", "line 1 column 0"),
    ] {
        let answer = send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        assert_eq!(answer.body["code"], code, "{}", answer.body);
        assert!(answer.body["error"].is_string());
        assert!(answer.body["message"].as_str().unwrap().contains(text), "{}", answer.body);
        assert!(answer.body["retryable"].is_boolean() && answer.headers.contains_key("x-request-id"));
    }
    assert_eq!(used(&api, &person).await, 0);
}

#[tokio::test]
async fn a_request_id_comes_back_and_is_in_the_log() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let mut edge = Edge::start(api.state, &[("EDGE_LOG", "json")]);
    let answer = run(&api, &edge.url, &person, "demo").header("X-Request-Id", "run-42").send().await.unwrap();
    assert_eq!(answer.headers()["x-request-id"], "run-42");
    answer.text().await.unwrap();
    let line: Value = serde_json::from_str(&edge.wait_for_log("answered")).unwrap();
    assert_eq!((&line["span"]["id"], &line["status"]), (&json!("run-42"), &json!(200)));
    let made = send(api.http.get(format!("{}/healthz/x", edge.url)).header("X-Request-Id", "a b\"c")).await;
    assert_eq!(made.headers["x-request-id"].len(), 36);
}

#[tokio::test]
async fn no_secret_and_no_prompt_is_in_the_log() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let mut edge = Edge::start(api.state, &[("EDGE_LOG", "json"), ("RUST_LOG", "info")]);
    run(&api, &edge.url, &person, "demo").send().await.unwrap().text().await.unwrap();
    run(&api, &edge.url, &person, "demo-429").send().await.unwrap().text().await.unwrap();
    send(api.http.post(format!("{}/api/run-node-stream", edge.url)).bearer_auth("bad.token.secret")).await;
    edge.wait_for_log("not accepted");
    for line in edge.log() {
        serde_json::from_str::<Value>(&line).unwrap();
        let secrets =
            [person.access_token(), &api.state.service_role_key, "local-provider-key", "token.secret"];
        assert!(secrets.iter().all(|secret| !line.contains(secret)), "{line}");
        assert!(!line.contains("private prompt"), "{line}");
    }
}

#[tokio::test]
async fn it_says_whether_it_lives_and_whether_it_can_work() {
    let api = Api::new();
    let edge = &api.state.edge_url;
    assert_eq!(text_of(edge, "/healthz").await, "ok");
    let ready = send(api.http.get(format!("{edge}/readyz"))).await;
    assert_eq!((ready.status, &ready.body["auth"]), (StatusCode::OK, &json!("reachable")));
    let away = Edge::start(api.state, &[("SUPABASE_URL", "http://127.0.0.1:9")]);
    assert_eq!(text_of(&away.url, "/healthz").await, "ok");
    let ready = send(api.http.get(format!("{}/readyz", away.url))).await;
    assert_eq!((ready.status, &ready.body["auth"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("unreachable")));
    assert!(!ready.body.to_string().contains("127.0.0.1"), "{}", ready.body);
}

#[tokio::test]
async fn it_counts_what_it_does() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let edge = Edge::start(api.state, &[]);
    let open = started(run(&api, &edge.url, &person, "demo-slow")).await;
    assert!(text_of(&edge.url, "/metrics").await.contains("flowmeter_edge_streams_open 1"));
    drop(open);
    until("the stream is closed", async || {
        text_of(&edge.url, "/metrics").await.contains("flowmeter_edge_streams_open 0")
    })
    .await;
    run(&api, &edge.url, &person, "demo").send().await.unwrap().text().await.unwrap();
    run(&api, &edge.url, &person, "demo-429").send().await.unwrap().text().await.unwrap();
    api.set_quota(person.id, &json!({"llm_executions_limit": 0})).await;
    send(run(&api, &edge.url, &person, "demo")).await;
    let text = text_of(&edge.url, "/metrics").await;
    for line in [
        "requests_total{route=\"/api/run-node-stream\",status=\"200\"} 3",
        "requests_total{route=\"/api/run-node-stream\",status=\"429\"} 1",
        "request_seconds_count{route=\"/api/run-node-stream\"} 4",
        "provider_errors_total{kind=\"rate_limited\"} 1",
        "units_total{event=\"reserved\"} 3",
        "units_total{event=\"committed\"} 2",
        "units_total{event=\"released\"} 1",
        "units_total{event=\"refused\"} 1",
    ] {
        assert!(text.contains(&format!("flowmeter_edge_{line}")), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn one_person_has_only_so_many_runs_at_once() {
    let api = Api::new();
    let (person, other) = (Person::new(&api).await, Person::new(&api).await);
    let edge = Edge::start(api.state, &[("EDGE_RUNS_PER_USER", "1")]);
    let first = started(run(&api, &edge.url, &person, "demo-slow")).await;
    let refused = send(run(&api, &edge.url, &person, "demo")).await;
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (StatusCode::TOO_MANY_REQUESTS, &json!("RATE_LIMITED"))
    );
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
    assert!(!refused.body.to_string().contains("QUOTA"), "{}", refused.body);
    let others = run(&api, &edge.url, &other, "demo").send().await.unwrap();
    assert_eq!(others.status(), StatusCode::OK);
    drop(first);
    until("the place is free again", async || {
        let again = run(&api, &edge.url, &person, "demo").send().await.unwrap();
        let is_free = again.status() == StatusCode::OK;
        drop(again.text().await);
        is_free
    })
    .await;
}

/// Writes `bytes` and nothing more; what comes back until the edge closes the connection.
fn until_closed(edge: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(edge.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(support::process::PATIENCE)).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    // A connection that is reset is closed too.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_client_that_never_ends_its_request_is_dropped() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let edge = Edge::start(api.state, &[("EDGE_REQUEST_SECONDS", "1")]);
    until_closed(&edge.url, b"POST /api/run-node-stream HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    let head = format!(
        "POST /api/run-node-stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 100\r\n\r\n{{",
        person.access_token()
    );
    assert!(until_closed(&edge.url, head.as_bytes()).starts_with("HTTP/1.1 408"));
    let many = "X: y\r\n".repeat(100);
    let answer = until_closed(&edge.url, format!("GET /healthz HTTP/1.1\r\n{many}\r\n").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let long = "y".repeat(64 * 1024);
    let answer = until_closed(&edge.url, format!("GET /healthz HTTP/1.1\r\nX: {long}\r\n\r\n").as_bytes());
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn a_running_answer_ends_before_the_program_does() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let mut edge = Edge::start(api.state, &[]);
    let stream = started(run(&api, &edge.url, &person, "demo-slow")).await;
    edge.signal(SIGTERM);
    edge.wait_for_log("stopping");
    assert!(stream.text().await.unwrap().ends_with("data: [DONE]\n\n"));
    assert_eq!(edge.wait().code(), Some(0));
    assert_eq!(used(&api, &person).await, 1);
}

#[tokio::test]
async fn an_answer_that_runs_too_long_is_cut_and_settled() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let mut edge = Edge::start(api.state, &[("EDGE_DRAIN_SECONDS", "1")]);
    let stream = started(run(&api, &edge.url, &person, "demo-slow")).await;
    edge.signal(SIGTERM);
    assert_eq!(edge.wait().code(), Some(0));
    assert!(stream.text().await.is_err(), "the answer was cut");
    // Text came, so it was charged; once, and before the end.
    assert_eq!(used(&api, &person).await, 1);
}

#[tokio::test]
async fn two_instances_count_on_one_database() {
    let api = Api::new();
    let person = Person::new(&api).await;
    api.set_quota(person.id, &json!({"llm_executions_limit": 10})).await;
    let edges = [Edge::start(api.state, &[]), Edge::start(api.state, &[])];
    let calls = (0..24).map(|call: usize| {
        let request = run(&api, &edges[call % 2].url, &person, "demo");
        async move {
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            (status, answer.text().await.unwrap())
        }
    });
    let answers = futures_util::future::join_all(calls).await;
    let done =
        answers.iter().filter(|(status, text)| *status == 200 && text.ends_with("data: [DONE]\n\n")).count();
    let refused = answers.iter().filter(|(status, _)| *status == 429).count();
    assert_eq!((done, refused), (10, 14));
    assert_eq!(used(&api, &person).await, 10);
}
