//! Flows as apps on the real tables, by the real edge: what is counted, and what comes of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use flowmeter_client::secrets::MemorySecrets;
use flowmeter_client::{Client, Events, News, Outside, Settings};
use flowmeter_domain::flow::execution::{FlowEnd, Given, NodeState};
use flowmeter_domain::ipc::{FlowId, FlowProgress, FlowRunView, GetFlowRun, SignIn, StartFlowRun};
use flowmeter_domain::{Charged, Code, Outcome, RunId};
use serde_json::{Value, json};
use support::{Api, Person};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

struct Ears(UnboundedSender<News>);

impl Events for Ears {
    fn tell(&self, news: News) {
        let _ = self.0.send(news);
    }
}

/// A person at a client, with the given counters.
struct At {
    api: Api,
    person: Person,
    client: Client,
    heard: UnboundedReceiver<News>,
    _data: TempDir,
}

impl At {
    async fn with(counters: Value) -> Self {
        let api = Api::new();
        let person = Person::new(&api).await;
        api.set_quota(person.id, &counters).await;
        let data = tempfile::tempdir().unwrap();
        let settings = Settings::load(|name| match name {
            "FLOWMETER_SUPABASE_URL" => Some(api.state.supabase_url.clone()),
            "FLOWMETER_SUPABASE_KEY" => Some(api.state.anon_key.clone()),
            "FLOWMETER_EDGE_URL" => Some(api.state.edge_url.clone()),
            "FLOWMETER_DATA_DIR" => Some(data.path().display().to_string()),
            _ => None,
        });
        let (ears, heard) = unbounded_channel();
        let outside = Outside::new(Arc::new(MemorySecrets::default()), Arc::new(Ears(ears)));
        let client = Client::open(settings.unwrap(), outside).unwrap();
        let (email, password) = (person.email.clone(), person.password.clone());
        client.sign_in(SignIn { email, password }).await.unwrap();
        Self { api, person, client, heard, _data: data }
    }

    async fn run(&mut self, flow: Value, text: &str) -> (FlowRunView, FlowEnd) {
        let given = Given { user_input: text.into(), ..Given::default() };
        let run_id = RunId::random();
        let request = StartFlowRun {
            run_id,
            flow_id: FlowId::random(),
            flow: serde_json::from_value(flow).unwrap(),
            given: BTreeMap::from([("input".to_owned(), given)]),
            default_model: "demo".into(),
        };
        self.client.start_flow_run(request).unwrap();
        loop {
            let News::FlowRun(event) = self.heard.recv().await.unwrap() else { continue };
            if let FlowProgress::Ended(end) = event.progress {
                return (self.client.flow_run(GetFlowRun { run_id }).unwrap(), end);
            }
        }
    }

    /// Uses of apps and LLM runs, as the tables have them.
    async fn counted(&self) -> (i64, i64) {
        let row = self.api.quota(self.person.id).await;
        (row["app_usages_used"].as_i64().unwrap(), row["llm_executions_used"].as_i64().unwrap())
    }
}

/// The writer writes, and whoever the branch chooses goes on from there.
fn branching(critic: &str) -> Value {
    let mut flow: Value = serde_json::from_str(include_str!("flows/second_opinion.json")).unwrap();
    flow["nodes"][4]["data"]["model"] = critic.into();
    flow
}

#[tokio::test]
async fn a_run_counts_one_app_use_and_one_llm_run_for_each_node_that_was_asked() {
    let mut at = At::with(json!({})).await;

    let (view, end) = at.run(branching("demo"), "What is a quota?").await;

    assert_eq!(end, FlowEnd { outcome: Outcome::Completed, app_use: Charged::Yes, llm_runs: 2, unsure: 0 });
    assert_eq!(at.counted().await, (1, 2));
    assert_eq!(view.execution.state("doubt"), &NodeState::Skipped);
    let answer = view.execution.output(view.execution.node("output").unwrap());
    assert!(answer.is_whole && answer.text == view.execution.nodes["edit"].text.content, "{answer:?}");
}

#[tokio::test]
async fn a_node_that_fails_costs_nothing_and_stops_what_depends_on_it() {
    let mut at = At::with(json!({})).await;

    let (view, end) = at.run(branching("demo-fail-midway"), "No question").await;

    assert!(
        matches!(view.execution.state("doubt"), NodeState::Failed { cause } if cause.code == Code::ExecutionFailed)
    );
    assert_eq!(view.execution.state("output"), &NodeState::Stopped { because: Some("doubt".into()) });
    assert_eq!((end.app_use, end.llm_runs, end.unsure), (Charged::Yes, 1, 0));
    assert_eq!(at.counted().await, (1, 1));
}

#[tokio::test]
async fn at_the_limit_of_app_uses_nothing_runs_and_nothing_is_counted() {
    let mut at = At::with(json!({"app_usages_used": 50})).await;

    let (_, end) = at.run(branching("demo"), "What is a quota?").await;

    assert!(
        matches!(&end.outcome, Outcome::Failed { cause } if cause.code == Code::QuotaExceeded),
        "{end:?}"
    );
    assert_eq!((end.app_use, at.counted().await), (Charged::No, (50, 0)));
}

#[tokio::test]
async fn llm_runs_that_end_half_way_leave_what_was_said() {
    let mut at = At::with(json!({"llm_executions_used": 99})).await;

    let (view, end) = at.run(branching("demo"), "What is a quota?").await;

    assert!(
        matches!(view.execution.state("edit"), NodeState::Failed { cause } if cause.code == Code::QuotaExceeded)
    );
    assert_eq!(view.execution.state("write"), &NodeState::Done { way: None });
    assert!(!view.execution.nodes["write"].text.content.is_empty());
    assert_eq!((end.llm_runs, at.counted().await), (1, (1, 100)));
}
