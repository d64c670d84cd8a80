//! Without a network the last numbers are there; with it they come up to date by themselves.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{App, Machine, Network, Person, stack};

/// Until when the numbers are up to date once the network is back.
const BACK_WITHIN: Duration = Duration::from_secs(5);

/// An app that was signed in, and was started again when its network had gone.
pub(crate) struct Offline {
    pub(crate) app: App,
    person: Person,
    network: Network,
    _machine: Machine,
}

/// Somebody had used so many LLM runs.
pub(crate) async fn started_without_a_network(used: u32) -> Offline {
    let (stack, machine) = (stack(), Machine::new().await);
    let mut network = Network::to(stack).await;
    let machine = machine.with("FLOWMETER_SUPABASE_URL", &network.url());
    let mei = stack.person("mei").await;
    stack.set_quota(&mei, json!({"llm_executions_used": used})).await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    app.wait_for("quota-llm_executions", "data-used", &used.to_string()).await;
    app.close().await;

    network.cut().await;
    Offline { app: App::start(stack, &machine).await, person: mei, network, _machine: machine }
}

#[tokio::test]
async fn a_start_without_a_network_shows_the_last_numbers_and_the_next_ones_come_by_themselves() {
    let Offline { app, person: mei, mut network, _machine } = started_without_a_network(62).await;
    assert_eq!(app.attribute("quota-llm_executions", "data-used").await, "62");
    assert!(!app.sees("sign-in").await && !app.sees("quota-loading").await);
    assert!(app.text("quota-age").await.contains("Updated"));
    // One failure over young numbers says nothing; the second says what it means, and what still works.
    app.wait_for("quota-failure", "data-code", "UNREACHABLE").await;
    assert!(app.text("quota-failure").await.contains("History and settings work without it"));
    app.picture("offline").await;
    app.go("history").await;
    app.see("chart-llm_executions").await;

    stack().set_quota(&mei, json!({"llm_executions_used": 63})).await;
    network.mend().await;
    let mended = Instant::now();
    app.wait_for("quota-compact-llm_executions", "data-used", "63").await;
    assert!(mended.elapsed() < BACK_WITHIN, "{:?} after the network was back", mended.elapsed());
    assert_eq!(app.text("quota-news").await, "LLM runs: 63 of 100 used");
    app.go("home").await;
    assert!(!app.sees("quota-failure").await);
    app.close().await;
}
