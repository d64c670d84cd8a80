//! The client by its front door, against a scripted Supabase and edge on this machine.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test a fault ends the test")]

#[expect(dead_code, reason = "each test file uses its part of the world")]
mod support;

use std::time::Duration;

use flowmeter_client::News;
use flowmeter_domain::ipc::{Progress, SessionState, StartRun};
use flowmeter_domain::{Charged, Code, Kind, NodeRequest, Outcome, RunId};
use serde_json::json;
use wiremock::matchers::{body_partial_json, header, method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use support::{USER, World, answer, quota, refreshed};

fn run(model: &str) -> StartRun {
    let request = NodeRequest { model: model.into(), input: Some("Hello".into()), ..NodeRequest::default() };
    StartRun::new(RunId::random(), request)
}

#[tokio::test]
async fn after_a_sign_in_the_numbers_arrive_and_only_the_refresh_token_is_kept() {
    let world = World::new().await;
    world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("one"))).await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(62))).await;
    let (client, mut heard) = world.client();

    let account = client.sign_in(support::sign_in()).await.unwrap();

    assert_eq!(account.user_id, USER);
    heard.until(|news| matches!(news, News::Quota(state) if state.snapshot.is_some())).await;
    assert_eq!(client.start(String::new()).quota.snapshot.unwrap().quota.check(Kind::LlmExecutions).used, 62);
    world.until_stored(Some("refresh-one")).await;
}

#[tokio::test]
async fn a_restart_shows_the_last_numbers_before_it_asks_anybody() {
    let world = World::signed_in().await;
    world.server.reset().await;

    let (client, _heard) = world.client();

    let start = client.start(String::new());
    assert_eq!(start.session.account().map(|account| account.user_id), Some(USER));
    assert_eq!(start.quota.snapshot.unwrap().quota.check(Kind::LlmExecutions).used, 62);
    assert!(world.server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_failed_reading_keeps_the_numbers_and_names_the_cause() {
    let world = World::signed_in().await;
    world.server.reset().await;
    world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("two"))).await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 503, json!({"code": "PGRST001"}))).await;
    let (client, _heard) = world.client();

    let error = client.refresh_quota().await.unwrap_err();

    assert_eq!(error.code, Code::ServerFailed);
    let state = client.start(String::new()).quota;
    assert_eq!(state.snapshot.unwrap().quota.check(Kind::LlmExecutions).used, 62);
    assert_eq!(state.failure.map(|failure| failure.code), Some(Code::ServerFailed));
}

#[tokio::test]
async fn many_callers_share_one_refresh_and_the_new_token_is_stored() {
    let world = World::signed_in().await;
    world.server.reset().await;
    let slow = refreshed("two");
    let answer = ResponseTemplate::new(200).set_body_json(slow).set_delay(Duration::from_millis(50));
    let refresh = Mock::given(path("/auth/v1/token")).and(query_param("grant_type", "refresh_token"));
    let old = body_partial_json(json!({"refresh_token": "refresh-one"}));
    refresh.and(old).respond_with(answer).expect(1).mount(&world.server).await;
    world.supabase(support::answer("GET", "/rest/v1/users_quota", 200, quota(63))).await;
    let (client, _heard) = world.client();

    let (a, b, c) = tokio::join!(client.refresh_quota(), client.refresh_quota(), client.refresh_quota());

    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    world.until_stored(Some("refresh-two")).await;
}

#[tokio::test]
async fn a_failed_refresh_is_not_repeated_with_the_same_token_for_a_minute() {
    let world = World::signed_in().await;
    world.server.reset().await;
    let answer = ResponseTemplate::new(500).set_body_json(json!({}));
    Mock::given(path("/auth/v1/token")).respond_with(answer).expect(2).mount(&world.server).await;
    let (client, _heard) = world.client();

    client.refresh_quota().await.unwrap_err();
    world.advance(59);
    client.refresh_quota().await.unwrap_err();
    world.advance(2);
    client.refresh_quota().await.unwrap_err();
}

#[tokio::test]
async fn a_sign_out_removes_the_stored_token_and_tells_the_server() {
    let world = World::new().await;
    world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("one"))).await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(1))).await;
    let (client, mut heard) = world.client();
    client.sign_in(support::sign_in()).await.unwrap();
    heard.until(|news| matches!(news, News::Quota(state) if state.snapshot.is_some())).await;
    let logout = Mock::given(path("/auth/v1/logout")).and(query_param("scope", "local"));
    logout.respond_with(ResponseTemplate::new(204)).expect(1).mount(&world.server).await;

    client.sign_out().await.unwrap();

    let start = client.start(String::new());
    assert_eq!(start.session, SessionState::SignedOut { cause: None });
    assert_eq!(start.quota.snapshot, None);
    assert_eq!(world.stored(), None);
    world.until_requested("/auth/v1/logout").await;
}

#[tokio::test]
async fn without_a_key_store_the_person_is_told_that_the_session_is_not_kept() {
    let mut world = World::new().await;
    world.secrets = support::Secrets::absent();
    world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("one"))).await;
    let (client, mut heard) = world.client();

    client.sign_in(support::sign_in()).await.unwrap();

    heard
        .until(|news| {
            let News::Session(SessionState::SignedIn { not_kept: Some(cause), .. }) = news else {
                return false;
            };
            cause.code == Code::KeychainAbsent
        })
        .await;
}

#[tokio::test]
async fn a_key_store_that_does_not_answer_signs_nobody_out() {
    let mut world = World::signed_in().await;
    let kept = std::mem::replace(&mut world.secrets, support::Secrets::absent());
    let (client, _heard) = world.client();
    assert_eq!(client.refresh_quota().await.unwrap_err().code, Code::KeychainAbsent);
    assert!(client.start(String::new()).session.account().is_some());

    world.secrets = kept;
    let (client, _heard) = world.client();
    assert!(client.refresh_quota().await.is_ok());
}

#[tokio::test]
async fn an_empty_key_store_asks_to_sign_in_again() {
    let mut world = World::signed_in().await;
    world.secrets = Default::default();
    let (client, _heard) = world.client();
    client.refresh_quota().await.unwrap_err();
    let SessionState::Ended { cause, .. } = client.start(String::new()).session else {
        panic!("still signed in without a session")
    };
    assert_eq!(cause.code, Code::SessionEnded);
}

#[tokio::test]
async fn a_sign_out_takes_the_runs_along() {
    let (world, client, mut heard) = World::running().await;
    world.edge(ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).await;
    client.start_run(run("demo")).unwrap();
    world.until_requested("/api/run-node-stream").await;

    client.sign_out().await.unwrap();

    assert!(client.start(String::new()).runs.is_empty());
    heard.until(|news| matches!(news, News::Session(SessionState::SignedOut { .. }))).await;
    client.sign_in(support::sign_in()).await.unwrap();
    let next = heard.until(|news| matches!(news, News::Session(_) | News::Run(_))).await;
    assert!(matches!(next, News::Session(SessionState::SignedIn { .. })), "{next:?}");
}

#[tokio::test]
async fn a_run_is_numbered_without_a_gap_keeps_its_text_and_ends_once() {
    let (world, client, mut heard) = World::running().await;
    let body = "data: {\"content\":\"\",\"reasoning\":\"Hm\"}\n\n: comment\n\ndata: {\"content\":\"字 one\",\"reasoning\":\"\",\"usage\":{}}\n\ndata: {\"content\":\" two\",\"reasoning\":\"\"}\n\ndata: [DONE]\n\n";
    world.edge(ResponseTemplate::new(200).set_body_raw(body, "text/event-stream")).await;
    let request = run("demo");
    client.start_run(request.clone()).unwrap();

    let events = heard.run_to_its_end().await;

    assert!(events.iter().enumerate().all(|(index, event)| event.seq == index as u64));
    assert!(matches!(events[0].progress, Progress::Started));
    let (mut text, mut offset) = (String::new(), 0);
    for event in &events {
        assert_eq!(event.offset, offset);
        if let Progress::Delta(delta) = &event.progress {
            offset += delta.chars();
            text.push_str(&delta.content);
        }
    }
    assert_eq!(text, "字 one two");
    let view = client.run(flowmeter_domain::ipc::GetRun { run_id: request.run_id }).unwrap();
    assert_eq!((view.text.content.as_str(), view.text.reasoning.as_str()), ("字 one two", "Hm"));
    assert_eq!(view.next_seq, events.len() as u64);
    let end = view.end.unwrap();
    assert_eq!((end.outcome, end.charged), (Outcome::Completed, Charged::Yes));
}

#[tokio::test]
async fn the_edge_gets_the_cookie_and_the_bearer() {
    let (world, client, mut heard) = World::running().await;
    let sent = Mock::given(method("POST")).and(path("/api/run-node-stream"));
    let sent = sent
        .and(header("Authorization", "Bearer access-one"))
        .and(body_partial_json(json!({"input": "Hello"})));
    let done = ResponseTemplate::new(200).set_body_raw("data: [DONE]\n\n", "text/event-stream");
    sent.respond_with(done).expect(1).mount(&world.server).await;

    client.start_run(run("demo")).unwrap();
    heard.run_to_its_end().await;

    let requests = world.server.received_requests().await.unwrap();
    let post = requests.iter().find(|request| request.url.path() == "/api/run-node-stream").unwrap();
    assert!(post.headers["cookie"].to_str().unwrap().starts_with("sb-127-auth-token=base64-"));
}

#[tokio::test]
async fn each_refusal_of_the_edge_has_its_code() {
    let table = [
        (429, json!({"error": "LLM 执行次数已用完 (5/5)", "code": "QUOTA_EXCEEDED"}), Code::QuotaExceeded),
        (429, json!({"error": "…", "code": "POINTS_EXCEEDED"}), Code::PointsExceeded),
        (429, json!({"message": "slow down"}), Code::RateLimited),
        (400, json!({"error": "Model is required"}), Code::InvalidInput),
        (500, json!({"error": "Execution failed", "details": "…"}), Code::ExecutionFailed),
        (
            503,
            json!({"error": "the auth server cannot be asked", "code": "SERVER_FAILED"}),
            Code::ServerFailed,
        ),
    ];
    let (world, client, mut heard) = World::running().await;
    for (status, body, code) in table {
        world.reset_edge().await;
        world.edge(ResponseTemplate::new(status).set_body_json(&body)).await;
        client.start_run(run("demo")).unwrap();
        let end = heard.end().await;
        let Outcome::Failed { cause } = end.outcome else { panic!("{status} did not fail") };
        assert_eq!((cause.code, end.charged), (code, Charged::No), "{status} {body}");
    }
}

#[tokio::test]
async fn a_run_that_the_edge_does_not_know_the_caller_of_is_sent_once_more_with_a_renewed_session() {
    let (world, client, mut heard) = World::running().await;
    world.server.reset().await;
    world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("two"))).await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(62))).await;
    let sent = |token: &str| {
        let post = Mock::given(method("POST")).and(path("/api/run-node-stream"));
        post.and(header("Authorization", format!("Bearer access-{token}")))
    };
    let refused = ResponseTemplate::new(401).set_body_json(json!({"error": "请先登录"}));
    let done = ResponseTemplate::new(200).set_body_raw("data: [DONE]\n\n", "text/event-stream");
    world.supabase(sent("one").respond_with(refused).expect(1)).await;
    world.supabase(sent("two").respond_with(done).expect(1)).await;

    client.start_run(run("demo")).unwrap();

    assert_eq!(heard.end().await.outcome, Outcome::Completed);
}

#[tokio::test]
async fn a_session_that_cannot_be_renewed_just_now_is_no_reason_to_sign_in_again() {
    let (world, client, mut heard) = World::running().await;
    world.server.reset().await;
    world.supabase(answer("POST", "/auth/v1/token", 503, json!({}))).await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(62))).await;
    world.edge(ResponseTemplate::new(401).set_body_json(json!({"error": "请先登录"}))).await;

    client.start_run(run("demo")).unwrap();

    let end = heard.end().await;
    let Outcome::Failed { cause } = end.outcome else { panic!("did not fail") };
    assert_eq!((cause.code, end.charged), (Code::ServerFailed, Charged::No));
    assert!(matches!(client.start(String::new()).session, SessionState::SignedIn { .. }));
}

#[tokio::test]
async fn a_second_refusal_of_the_edge_asks_to_sign_in_again_and_keeps_the_run() {
    let (world, client, mut heard) = World::running().await;
    world.edge(ResponseTemplate::new(401).set_body_json(json!({"error": "请先登录"}))).await;
    client.start_run(run("demo")).unwrap();

    let end = heard.end().await;

    let Outcome::Failed { cause } = end.outcome else { panic!("did not fail") };
    assert_eq!((cause.code, end.charged), (Code::NotSignedIn, Charged::No));
    let start = client.start(String::new());
    assert!(matches!(start.session, SessionState::Ended { .. }), "{:?}", start.session);
    assert_eq!(start.runs.len(), 1);
    assert_eq!(client.start_run(run("demo")).unwrap_err().code, Code::SessionEnded);
}

#[tokio::test]
async fn a_stream_without_its_end_mark_is_incomplete_and_an_error_in_it_has_failed() {
    let (world, client, mut heard) = World::running().await;
    let table = [
        ("data: {\"content\":\"half\"}\n\n", Code::Interrupted, Charged::Unknown),
        (
            "data: {\"content\":\"half\"}\n\ndata: {\"error\":\"broken\"}\n\n",
            Code::ExecutionFailed,
            Charged::No,
        ),
        ("data: {\"content\":\"half\"}\n\ndata: nonsense\n\n", Code::UnexpectedAnswer, Charged::Unknown),
    ];
    for (body, code, charged) in table {
        world.reset_edge().await;
        world.edge(ResponseTemplate::new(200).set_body_raw(body, "text/event-stream")).await;
        let request = run("demo");
        client.start_run(request.clone()).unwrap();
        let end = heard.end().await;
        let (Outcome::Failed { cause } | Outcome::Incomplete { cause }) = end.outcome else {
            panic!("{body}")
        };
        assert_eq!((cause.code, end.charged), (code, charged), "{body}");
        let view = client.run(flowmeter_domain::ipc::GetRun { run_id: request.run_id }).unwrap();
        assert_eq!(view.text.content, "half");
    }
}

#[tokio::test]
async fn a_page_instead_of_a_stream_is_no_answer() {
    let (world, client, mut heard) = World::running().await;
    world.edge(ResponseTemplate::new(200).set_body_raw("<html>", "text/html")).await;
    client.start_run(run("demo")).unwrap();
    let Outcome::Incomplete { cause } = heard.end().await.outcome else { panic!("not incomplete") };
    assert_eq!(cause.code, Code::UnexpectedAnswer);
}

#[tokio::test]
async fn a_stopped_run_is_cancelled_even_before_the_edge_answers() {
    let (world, client, mut heard) = World::running().await;
    world.edge(ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).await;
    let request = run("demo");
    client.start_run(request.clone()).unwrap();
    world.until_requested("/api/run-node-stream").await;

    client.stop_run(flowmeter_domain::ipc::StopRun { run_id: request.run_id }).unwrap();

    assert_eq!(heard.end().await.outcome, Outcome::Cancelled);
}

#[tokio::test]
async fn an_old_reading_never_blocks_and_a_new_one_spares_the_call() {
    let world = World::new().await;
    world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("one"))).await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(100))).await;
    let (client, mut heard) = world.client();
    client.sign_in(support::sign_in()).await.unwrap();
    heard.until(|news| matches!(news, News::Quota(state) if state.snapshot.is_some())).await;

    // Still used up at the second look: the edge is not asked.
    client.start_run(run("demo")).unwrap();
    let Outcome::Failed { cause } = heard.end().await.outcome else { panic!("not refused") };
    assert_eq!(cause.code, Code::QuotaExceeded);

    // The second look fails: the old reading does not count, the server decides.
    world.server.reset().await;
    world.supabase(answer("GET", "/rest/v1/users_quota", 500, json!({}))).await;
    world.edge(ResponseTemplate::new(200).set_body_raw("data: [DONE]\n\n", "text/event-stream")).await;
    client.start_run(run("demo")).unwrap();
    assert_eq!(heard.end().await.outcome, Outcome::Completed);
}

#[tokio::test]
async fn two_runs_cannot_have_one_id_and_an_unknown_one_is_named() {
    let (world, client, _heard) = World::running().await;
    world.edge(ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).await;
    let request = run("demo");
    client.start_run(request.clone()).unwrap();
    assert_eq!(client.start_run(request).unwrap_err().code, Code::InvalidInput);
    let unknown = flowmeter_domain::ipc::StopRun { run_id: RunId::random() };
    assert_eq!(client.stop_run(unknown).unwrap_err().code, Code::NotFound);
}
