//! Proof that counting is exact: many callers, failures, clients that leave, a crash, two edges.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use futures_util::future::join_all;
use serde_json::json;
use support::edge::Edge;
use support::{Api, Person, until};
use uuid::Uuid;

const MANY: (&str, &str) = ("EDGE_RUNS_PER_USER", "1000");

/// How a call ended for its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// With the end mark: charged.
    Done,
    /// The caller left with text in hand: charged.
    Left,
    /// An answer without the end mark: not charged.
    Failed,
    /// Refused at the door.
    Refused,
    /// The edge is gone; nobody can say.
    Cut,
}

async fn call(api: &Api, edge: &str, person: &Person, model: &str, leaves: bool) -> End {
    let body = json!({"model": model, "input": "hello"});
    let request = api.http.post(format!("{edge}/api/run-node-stream")).bearer_auth(person.access_token());
    let Ok(mut response) = request.json(&body).send().await else { return End::Cut };
    if response.status() != 200 {
        return End::Refused;
    }
    if leaves {
        return if response.chunk().await.unwrap().is_some() { End::Left } else { End::Failed };
    }
    match response.text().await {
        Ok(text) if text.ends_with("data: [DONE]\n\n") => End::Done,
        Ok(_) => End::Failed,
        Err(_) => End::Cut,
    }
}

async fn person(api: &Api, units: usize) -> Person {
    let person = Person::new(api).await;
    api.set_quota(person.id, &json!({"llm_executions_limit": units})).await;
    person
}

/// What is counted when nothing is reserved any more.
async fn used(api: &Api, person: &Person) -> usize {
    let reserved = async || api.quota(person.id).await["llm_executions_reserved"].as_i64().unwrap();
    until("nothing is reserved", async || reserved().await == 0).await;
    api.quota(person.id).await["llm_executions_used"].as_u64().unwrap().try_into().unwrap()
}

fn count(ends: &[End], end: End) -> usize {
    ends.iter().filter(|one| **one == end).count()
}

async fn exactly(callers: usize, units: usize, edges: usize) {
    let api = Api::new();
    let person = person(&api, units).await;
    let edges: Vec<Edge> = (0..edges).map(|_| Edge::start(api.state, &[MANY])).collect();
    let call = |number: usize| call(&api, &edges[number % edges.len()].url, &person, "demo", false);
    let ends = join_all((0..callers).map(call)).await;
    assert_eq!((count(&ends, End::Done), count(&ends, End::Refused)), (units, callers - units));
    assert_eq!(used(&api, &person).await, units);
}

#[tokio::test]
async fn of_64_parallel_callers_exactly_as_many_succeed_as_there_are_units() {
    exactly(64, 20, 1).await;
}

#[tokio::test]
async fn of_256_parallel_callers_exactly_as_many_succeed_as_there_are_units() {
    exactly(256, 100, 1).await;
}

#[tokio::test]
async fn callers_of_two_edges_on_one_database_get_exactly_what_is_there() {
    exactly(256, 100, 2).await;
}

#[tokio::test]
async fn failures_and_clients_that_leave_are_counted_exactly() {
    let api = Api::new();
    let (units, person) = (40, person(&api, 40).await);
    let edges = [Edge::start(api.state, &[MANY]), Edge::start(api.state, &[MANY])];
    let kinds = [("demo", false), ("demo-fail-midway", false), ("demo-429", false), ("demo-slow", true)];
    // Random ids are the dice: another mix each time, and whatever it is, it has to be exact.
    let mix: Vec<_> =
        (0..256).map(|_| kinds[usize::from(Uuid::new_v4().as_bytes()[0]) % kinds.len()]).collect();
    let call = |(number, (model, leaves)): (usize, &(&'static str, bool))| {
        call(&api, &edges[number % 2].url, &person, model, *leaves)
    };
    let ends = join_all(mix.iter().enumerate().map(call)).await;
    let charged = count(&ends, End::Done) + count(&ends, End::Left);
    assert!(charged <= units && count(&ends, End::Cut) == 0, "{ends:?}");
    assert_eq!(used(&api, &person).await, charged);
    let rest =
        join_all((0..64).map(|number| self::call(&api, &edges[number % 2].url, &person, "demo", false)));
    assert_eq!(count(&rest.await, End::Done), units - charged);
    assert_eq!(used(&api, &person).await, units);
}

#[tokio::test]
async fn an_edge_that_is_killed_and_started_again_in_the_middle_loses_and_doubles_nothing() {
    let api = Api::new();
    let (units, person) = (30, person(&api, 30).await);
    let lease = ("EDGE_LEASE_SECONDS", "3");
    let mut killed = Edge::start(api.state, &[MANY, lease]);
    let (url, other) = (killed.url.clone(), Edge::start(api.state, &[MANY, lease]));
    let slow = join_all((0..16).map(|_| call(&api, &url, &person, "demo-slow", false)));
    let quick = join_all((0..16).map(|_| call(&api, &other.url, &person, "demo", false)));
    let crash = async {
        let reserved = async || api.quota(person.id).await["llm_executions_reserved"].as_i64().unwrap() > 4;
        until("many are running", reserved).await;
        killed.kill();
    };
    let (cut, ends, ()) = tokio::join!(slow, quick, crash);
    assert!(count(&cut, End::Cut) > 0, "{cut:?}");
    let again = Edge::start(api.state, &[MANY, lease]);
    let done = std::cell::Cell::new(count(&ends, End::Done) + count(&cut, End::Done));
    let all_used = async || {
        let more = join_all((0..8).map(|_| call(&api, &again.url, &person, "demo", false))).await;
        done.set(done.get() + count(&more, End::Done));
        api.quota(person.id).await["llm_executions_used"].as_u64().unwrap() == units
    };
    until("every unit is used, also those of the crash", all_used).await;
    assert_eq!(used(&api, &person).await as u64, units);
    assert_eq!(done.get() as u64, units, "what was charged was given out");
}
