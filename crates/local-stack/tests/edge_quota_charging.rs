//! Who pays for what: each row of the table in `docs/charging.md`, over HTTP.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use reqwest::{RequestBuilder, StatusCode};
use serde_json::json;
use support::edge::Edge;
use support::gate::Gate;
use support::{Api, Person, read, until};

const MANY: (&str, &str) = ("EDGE_RUNS_PER_USER", "1000");

fn run(api: &Api, edge: &str, person: &Person, model: &str) -> RequestBuilder {
    let body = json!({"model": model, "input": "hello"});
    api.http.post(format!("{edge}/api/run-node-stream")).bearer_auth(person.access_token()).json(&body)
}

/// Used and reserved.
async fn numbers(api: &Api, person: &Person) -> (i64, i64) {
    let row = api.quota(person.id).await;
    let number = |what: &str| row[format!("llm_executions_{what}")].as_i64().unwrap();
    (number("used"), number("reserved"))
}

async fn settled_at(api: &Api, person: &Person, used: i64) {
    until("everything is settled", async || numbers(api, person).await.1 == 0).await;
    assert_eq!(numbers(api, person).await.0, used);
}

/// An edge behind a gate, with a journal where one is given.
fn behind(api: &Api, gate: &Gate, journal: &str) -> Edge {
    let issuer = format!("{}/auth/v1", api.state.supabase_url);
    let variables =
        [("SUPABASE_URL", &*gate.url), ("SUPABASE_JWT_ISSUER", &issuer), ("EDGE_JOURNAL", journal), MANY];
    Edge::start(api.state, &variables)
}

#[tokio::test]
async fn a_finished_run_is_charged_once() {
    let (api, edge) = (Api::new(), Api::new().state.edge_url.clone());
    let person = Person::new(&api).await;
    let text = run(&api, &edge, &person, "demo").send().await.unwrap().text().await.unwrap();
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    assert_eq!(numbers(&api, &person).await, (1, 0));
}

#[tokio::test]
async fn a_failure_of_the_provider_at_once_or_midway_is_not_charged() {
    let (api, edge) = (Api::new(), Api::new().state.edge_url.clone());
    let person = Person::new(&api).await;
    for model in ["demo-429", "demo-500", "demo-fail-midway"] {
        let text = run(&api, &edge, &person, model).send().await.unwrap().text().await.unwrap();
        assert!(text.contains("\"error\"") && !text.contains("[DONE]"), "{model}: {text}");
        settled_at(&api, &person, 0).await;
    }
}

#[tokio::test]
async fn a_client_that_leaves_before_any_text_pays_nothing() {
    let (api, person) = (Api::new(), Person::new(&Api::new()).await);
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let edge = Edge::start(api.state, &[("SILICONFLOW_BASE_URL", &url)]);
    let request = tokio::spawn(run(&api, &edge.url, &person, "demo").send());
    // The provider was called and says nothing.
    let _call = silent.accept().await.unwrap();
    assert_eq!(numbers(&api, &person).await, (0, 1));
    drop(request.await.unwrap().unwrap());
    settled_at(&api, &person, 0).await;
}

#[tokio::test]
async fn a_client_that_leaves_after_text_came_pays_once() {
    let (api, edge) = (Api::new(), Api::new().state.edge_url.clone());
    let person = Person::new(&api).await;
    let mut response = run(&api, &edge, &person, "demo-slow").send().await.unwrap();
    assert!(response.chunk().await.unwrap().is_some());
    drop(response);
    settled_at(&api, &person, 1).await;
}

#[tokio::test]
async fn a_killed_edge_charges_nothing_and_its_lease_gives_the_unit_back() {
    let (api, person) = (Api::new(), Person::new(&Api::new()).await);
    api.set_quota(person.id, &json!({"llm_executions_limit": 1})).await;
    let mut edge = Edge::start(api.state, &[("EDGE_LEASE_SECONDS", "2")]);
    let mut response = run(&api, &edge.url, &person, "demo-slow").send().await.unwrap();
    assert!(response.chunk().await.unwrap().is_some());
    edge.kill();
    assert_eq!(numbers(&api, &person).await, (0, 1));
    let second = Edge::start(api.state, &[]);
    let charged = async || {
        let response = run(&api, &second.url, &person, "demo").send().await.unwrap();
        response.status() == StatusCode::OK && response.text().await.unwrap().contains("[DONE]")
    };
    until("the lease has ended", charged).await;
    settled_at(&api, &person, 1).await;
}

// The gate runs on while this thread waits for a line of the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_charge_that_the_database_missed_is_made_behind_the_answer() {
    let api = Api::new();
    let (person, gate) = (Person::new(&api).await, Gate::new(&api).await);
    let edge = behind(&api, &gate, "");
    gate.lose_database_at("/rpc/quota_commit");
    let text = run(&api, &edge.url, &person, "demo").send().await.unwrap().text().await.unwrap();
    assert!(text.ends_with("data: [DONE]\n\n"), "the answer went out: {text}");
    assert_eq!(numbers(&api, &person).await, (0, 1));
    gate.open();
    settled_at(&api, &person, 1).await;
}

// The gate runs on while this thread waits for a line of the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_charge_that_outlives_the_edge_is_in_the_journal_and_made_once_at_the_next_start() {
    let api = Api::new();
    let (person, gate) = (Person::new(&api).await, Gate::new(&api).await);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let journal = path.to_str().unwrap();
    let mut edge = behind(&api, &gate, journal);
    gate.lose_database_at("/rpc/quota_commit");
    let text = run(&api, &edge.url, &person, "demo").send().await.unwrap().text().await.unwrap();
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    edge.kill();
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written.contains(&person.id.to_string()), "{written}");
    for secret in [person.access_token(), &*api.state.service_role_key, "hello"] {
        assert!(!written.contains(secret), "{written}");
    }
    gate.open();
    let mut edge = behind(&api, &gate, journal);
    settled_at(&api, &person, 1).await;
    edge.wait_for_log("a charge that waited was made");
    edge.kill();
    drop(behind(&api, &gate, journal));
    assert_eq!(numbers(&api, &person).await, (1, 0));
}

#[tokio::test]
async fn a_repeated_key_is_answered_409_while_the_first_runs_and_afterwards() {
    let (api, edge) = (Api::new(), Api::new().state.edge_url.clone());
    let (person, other) = (Person::new(&api).await, Person::new(&api).await);
    let model = support::routes::tagged("demo-slow");
    let keyed = |person: &Person| run(&api, &edge, person, &model).header("Idempotency-Key", "run-1");
    let mut first = keyed(&person).send().await.unwrap();
    assert!(first.chunk().await.unwrap().is_some());
    for running in [true, false] {
        let second = read(keyed(&person).send().await.unwrap()).await;
        assert_eq!(
            (second.status, &second.body["code"]),
            (StatusCode::CONFLICT, &json!("DUPLICATE_REQUEST"))
        );
        if running {
            while first.chunk().await.unwrap().is_some() {}
        }
    }
    assert_eq!(support::routes::counted(&api, &model, "requests").await, 1);
    assert_eq!(numbers(&api, &person).await, (1, 0));
    assert_eq!(keyed(&other).send().await.unwrap().status(), StatusCode::OK, "keys of two people never meet");
}

// The gate runs on while this thread waits for a line of the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_without_the_functions_is_counted_by_the_lock_never_past_the_limit() {
    let api = Api::new();
    let (person, gate) = (Person::new(&api).await, Gate::new(&api).await);
    gate.lose_functions_at("/rpc/quota_");
    api.set_quota(person.id, &json!({"llm_executions_limit": 3})).await;
    let mut edge = behind(&api, &gate, "");
    edge.wait_for_log("units are counted by optimistic lock");
    let ready = read(api.http.get(format!("{}/readyz", edge.url)).send().await.unwrap()).await;
    assert_eq!(ready.body["counting"], "optimistic lock");
    let calls = (0..12).map(|_| async {
        let response = run(&api, &edge.url, &person, "demo").send().await.unwrap();
        response.text().await.unwrap().contains("[DONE]")
    });
    let done = futures_util::future::join_all(calls).await.into_iter().filter(|done| *done).count();
    let used = api.quota(person.id).await["llm_executions_used"].as_i64().unwrap();
    assert!(used <= 3 && used == i64::try_from(done).unwrap(), "used {used}, done {done}");
    for _ in used..3 {
        run(&api, &edge.url, &person, "demo").send().await.unwrap().text().await.unwrap();
    }
    let refused = read(run(&api, &edge.url, &person, "demo").send().await.unwrap()).await;
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (StatusCode::TOO_MANY_REQUESTS, &json!("QUOTA_EXCEEDED"))
    );
}

// The gate runs on while this thread waits for a line of the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_without_the_calls_for_several_is_counted_one_by_one() {
    let api = Api::new();
    let (person, gate) = (Person::new(&api).await, Gate::new(&api).await);
    let mut edge = behind(&api, &gate, "");
    edge.wait_for_log("units are counted by reservation");
    gate.lose_functions_at("_all");
    api.set_quota(person.id, &json!({"llm_executions_limit": 20})).await;
    let calls = (0..48).map(|_| async {
        let response = run(&api, &edge.url, &person, "demo").send().await.unwrap();
        response.text().await.unwrap().contains("[DONE]")
    });
    let done = futures_util::future::join_all(calls).await.into_iter().filter(|done| *done).count();
    assert!(gate.refused() > 0, "calls for several were made");
    assert_eq!(done, 20);
    settled_at(&api, &person, 20).await;
}

// The gate runs on while this thread waits for a line of the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edge_that_cannot_reserve_refuses() {
    let api = Api::new();
    let (person, gate) = (Person::new(&api).await, Gate::new(&api).await);
    let mut edge = behind(&api, &gate, "");
    edge.wait_for_log("units are counted by reservation");
    gate.lose_database_at("/rest/v1/");
    let refused = read(run(&api, &edge.url, &person, "demo").send().await.unwrap()).await;
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (StatusCode::TOO_MANY_REQUESTS, &json!("QUOTA_EXCEEDED"))
    );
    assert!(gate.refused() > 0);
    gate.open();
    settled_at(&api, &person, 0).await;
}
