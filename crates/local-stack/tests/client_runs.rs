//! Runs of the client through the real edge to the scripted provider: who is stopped, and who pays.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use flowmeter_client::Client;
use flowmeter_domain::ipc::{GetRun, RunView, StartRun, StopRun};
use flowmeter_domain::run::MOST_AT_ONCE;
use flowmeter_domain::{Charged, NodeRequest, Outcome, RunId};
use support::client::client;
use support::{Api, Person, until};
use uuid::Uuid;

fn start(client: &Client, model: &str) -> RunId {
    let run_id = RunId::random();
    let request =
        NodeRequest { model: model.to_owned(), input: Some("A long story".into()), ..NodeRequest::default() };
    client.start_run(StartRun::new(run_id, request)).unwrap();
    run_id
}

fn view(client: &Client, run_id: RunId) -> RunView {
    client.run(GetRun { run_id }).unwrap()
}

async fn count(api: &Api, model: &str, what: &str) -> i64 {
    api.provider_stats().await["models"][model][what].as_i64().unwrap_or(0)
}

#[tokio::test]
async fn a_stopped_run_lets_go_of_the_provider_and_the_others_go_on() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let (client, _data) = client(&api, &person).await;
    let model = format!("demo-slow+{}", Uuid::new_v4());
    let runs: Vec<_> = (0..MOST_AT_ONCE).map(|_| start(&client, &model)).collect();
    until("all have text", async || runs.iter().all(|run| !view(&client, *run).text.content.is_empty()))
        .await;
    assert_eq!(count(&api, &model, "open").await, 8);

    let (stopped, others) = runs.split_at(3);
    stopped.iter().for_each(|run_id| client.stop_run(StopRun { run_id: *run_id }).unwrap());

    until("the provider is let go", async || count(&api, &model, "aborted").await == 3).await;
    until("the others are complete", async || {
        others.iter().all(|run| {
            let end = view(&client, *run).end;
            end.is_some_and(|end| (end.outcome, end.charged) == (Outcome::Completed, Charged::Yes))
        })
    })
    .await;
    assert_eq!(count(&api, &model, "completed").await, 5);
    // Who leaves after text came pays: stopping just before the end is not free.
    until("each is charged once", async || api.quota(person.id).await["llm_executions_used"] == 8).await;
    until("each says what it left", async || runs.iter().all(|run| view(&client, *run).left.is_some())).await;
    let last = runs.iter().filter_map(|run| view(&client, *run).left).map(|left| left.remaining).min();
    assert_eq!(last, Some(92));
}
