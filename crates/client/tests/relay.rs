//! The relay by the client's front door: several runs at once, what ends one, and what is never done twice.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test a fault ends the test")]

#[expect(dead_code, reason = "each test file uses its part of the world")]
mod support;

use std::time::Duration;

use flowmeter_client::{Client, News};
use flowmeter_domain::ipc::{GetRun, Left, Progress, SetPreferences, StartRun, StopRun};
use flowmeter_domain::run::MOST_AT_ONCE;
use flowmeter_domain::{Charged, Code, Kind, NodeRequest, Outcome, Preferences, RunId, UiError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use support::live_edge::{LiveEdge, Talk};
use support::{Heard, World};

/// Starts a run and gives its id.
fn start(client: &Client, prompt: &str) -> RunId {
    let run_id = RunId::random();
    let request = NodeRequest { model: "demo".into(), input: Some(prompt.into()), ..NodeRequest::default() };
    client.start_run(StartRun::new(run_id, request)).unwrap();
    run_id
}

/// A run that said "Hello" so far.
async fn begun(edge: &mut LiveEdge, client: &Client, heard: &mut Heard) -> (RunId, Talk) {
    let run_id = start(client, "Hello?");
    let talk = edge.call().await.stream();
    talk.say("Hello");
    assert_eq!(heard.text(run_id).await, "Hello");
    (run_id, talk)
}

fn text(client: &Client, run_id: RunId) -> String {
    client.run(GetRun { run_id }).unwrap().text.content
}

fn be_patient_for(client: &Client, seconds: u16) {
    let preferences = Preferences { silence: seconds, ..client.preferences() };
    client.set_preferences(SetPreferences { preferences }).unwrap();
}

fn cause(outcome: Outcome) -> UiError {
    match outcome {
        Outcome::Failed { cause } | Outcome::Incomplete { cause } => cause,
        other => panic!("there is no cause: {other:?}"),
    }
}

#[tokio::test]
async fn eight_runs_go_on_at_once_and_the_ninth_is_refused() {
    let mut edge = LiveEdge::open().await;
    let (_world, client, mut heard) = World::with_edge(&edge.url).await;
    let mut runs = Vec::new();
    for _ in 0..MOST_AT_ONCE {
        runs.push(begun(&mut edge, &client, &mut heard).await);
    }

    let ninth = StartRun::new(RunId::random(), NodeRequest::default());
    assert_eq!(client.start_run(ninth.clone()).unwrap_err().code, Code::TooManyRuns);
    assert_eq!(client.start(String::new()).runs.len(), MOST_AT_ONCE);

    let (first, talk) = runs.remove(0);
    talk.done();
    assert_eq!(heard.end_of(first).await.outcome, Outcome::Completed);
    client.start_run(ninth).unwrap();
    for (run_id, talk) in runs {
        talk.say(" again");
        assert_eq!(heard.text(run_id).await, " again");
        assert_eq!(text(&client, run_id), "Hello again");
    }
}

#[tokio::test]
async fn stopping_one_run_closes_its_connection_and_no_other() {
    let mut edge = LiveEdge::open().await;
    let (_world, client, mut heard) = World::with_edge(&edge.url).await;
    let (first, first_talk) = begun(&mut edge, &client, &mut heard).await;
    let (second, second_talk) = begun(&mut edge, &client, &mut heard).await;

    client.stop_run(StopRun { run_id: first }).unwrap();

    let end = heard.end_of(first).await;
    assert_eq!((end.outcome, end.charged), (Outcome::Cancelled, Charged::Unknown));
    assert_eq!(text(&client, first), "Hello");
    first_talk.until_gone().await;
    assert!(second_talk.is_heard());
    second_talk.done();
    assert_eq!(heard.end_of(second).await.outcome, Outcome::Completed);
}

#[tokio::test]
async fn a_run_that_is_stopped_before_the_edge_answers_closes_its_connection_too() {
    let mut edge = LiveEdge::open().await;
    let (_world, client, mut heard) = World::with_edge(&edge.url).await;
    let run_id = start(&client, "Hello?");
    let call = edge.call().await;

    client.stop_run(StopRun { run_id }).unwrap();

    assert_eq!(heard.end_of(run_id).await.outcome, Outcome::Cancelled);
    call.stream().until_gone().await;
}

#[tokio::test]
async fn a_page_that_comes_in_the_middle_gets_the_whole_and_then_what_follows() {
    let mut edge = LiveEdge::open().await;
    let (_world, client, mut heard) = World::with_edge(&edge.url).await;
    let (run_id, talk) = begun(&mut edge, &client, &mut heard).await;

    let start = client.start("en".into());
    let whole = client.run(GetRun { run_id }).unwrap();
    assert_eq!((&start.runs[0], whole.end.is_none()), (&whole, true));

    talk.say(" 字");
    let next = heard.of(run_id, |progress| matches!(progress, Progress::Delta(_))).await;
    assert_eq!((next.seq, next.offset), (whole.next_seq, whole.text.chars()));
    talk.done();
    let end = heard.of(run_id, |progress| matches!(progress, Progress::Ended(_))).await;
    assert_eq!((end.seq, end.offset), (next.seq + 1, 7));
    assert_eq!(text(&client, run_id), "Hello 字");
}

#[tokio::test]
async fn a_silent_edge_is_given_up_as_soon_as_the_person_s_patience_is_over() {
    let mut edge = LiveEdge::open().await;
    let (_world, client, mut heard) = World::with_edge(&edge.url).await;
    let (run_id, talk) = begun(&mut edge, &client, &mut heard).await;

    // While it runs: what a person chooses holds at once.
    be_patient_for(&client, 1);

    let end = heard.end_of(run_id).await;
    assert_eq!(end.charged, Charged::Unknown);
    assert!(matches!(&end.outcome, Outcome::Incomplete { cause } if cause.code == Code::TimedOut), "{end:?}");
    assert_eq!(text(&client, run_id), "Hello");
    talk.until_gone().await;
}

#[tokio::test]
async fn an_edge_that_does_not_begin_to_answer_is_given_up_too_and_is_not_asked_again() {
    let mut edge = LiveEdge::open().await;
    let (_world, client, mut heard) = World::with_edge(&edge.url).await;
    be_patient_for(&client, 1);
    let run_id = start(&client, "Hello?");
    let _unanswered = edge.call().await;

    let end = heard.end_of(run_id).await;

    assert_eq!((cause(end.outcome).code, end.charged), (Code::TimedOut, Charged::Unknown));
    assert_eq!(edge.waiting(), 0);
}

#[tokio::test]
async fn a_comment_or_a_heartbeat_is_a_sign_of_life() {
    let mut edge = LiveEdge::open().await;
    let (_world, client, mut heard) = World::with_edge(&edge.url).await;
    be_patient_for(&client, 1);
    let (run_id, talk) = begun(&mut edge, &client, &mut heard).await;

    // Three pauses that are together longer than anybody waits.
    let mut heartbeat = tokio::time::interval(Duration::from_millis(500));
    heartbeat.tick().await;
    for beat in [": still thinking\n\n", "event: ping\ndata: {}\n\n", "data:\n\n"] {
        heartbeat.tick().await;
        talk.write(beat);
    }
    talk.say(" again");
    talk.done();

    assert_eq!(heard.end_of(run_id).await.outcome, Outcome::Completed);
    assert_eq!(text(&client, run_id), "Hello again");
}

#[tokio::test]
async fn an_answer_that_is_cut_in_the_middle_is_kept_and_not_asked_for_again() {
    let mut edge = LiveEdge::open().await;
    let (_world, client, mut heard) = World::with_edge(&edge.url).await;
    let (run_id, talk) = begun(&mut edge, &client, &mut heard).await;

    talk.break_off();

    let end = heard.end_of(run_id).await;
    assert!(
        matches!(&end.outcome, Outcome::Incomplete { cause } if cause.code == Code::Interrupted),
        "{end:?}"
    );
    assert_eq!((end.charged, text(&client, run_id).as_str()), (Charged::Unknown, "Hello"));
    assert_eq!(edge.waiting(), 0);
}

#[tokio::test]
async fn an_event_without_end_is_an_error_and_not_memory() {
    let mut edge = LiveEdge::open().await;
    let (_world, client, mut heard) = World::with_edge(&edge.url).await;
    let (run_id, talk) = begun(&mut edge, &client, &mut heard).await;

    talk.write("data: {\"content\": \"");
    (0..17).for_each(|_| talk.write(&"x".repeat(64 * 1024)));

    let end = heard.end_of(run_id).await;
    assert_eq!((cause(end.outcome).code, end.charged), (Code::UnexpectedAnswer, Charged::Unknown));
    assert_eq!(text(&client, run_id), "Hello");
    talk.until_gone().await;
}

#[tokio::test]
async fn an_error_in_the_stream_has_failed_with_the_server_s_words_and_all_text_before_it() {
    let mut edge = LiveEdge::open().await;
    let (_world, client, mut heard) = World::with_edge(&edge.url).await;
    let (run_id, talk) = begun(&mut edge, &client, &mut heard).await;

    talk.say(", half");
    talk.write("data: {\"error\": \"API key for openai is not configured\"}\n\n");

    let end = heard.end_of(run_id).await;
    assert_eq!(end.charged, Charged::No);
    let cause = cause(end.outcome);
    assert_eq!(
        (cause.code, cause.message.as_str()),
        (Code::ExecutionFailed, "API key for openai is not configured")
    );
    assert_eq!(text(&client, run_id), "Hello, half");
}

#[tokio::test]
async fn without_a_network_a_run_has_failed_and_cost_nothing() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (_world, client, mut heard) = World::with_edge(&format!("http://{nobody}")).await;

    let run_id = start(&client, "Hello?");

    let end = heard.end_of(run_id).await;
    assert!(matches!(&end.outcome, Outcome::Failed { cause } if cause.code == Code::Unreachable), "{end:?}");
    assert_eq!(end.charged, Charged::No);
}

#[tokio::test]
async fn a_rate_limit_says_until_when_to_wait() {
    let mut edge = LiveEdge::open().await;
    let (world, client, mut heard) = World::with_edge(&edge.url).await;
    let run_id = start(&client, "Hello?");
    edge.call().await.say(429, &[("retry-after", "17")], "<html>slow down</html>");

    let end = heard.end_of(run_id).await;

    assert_eq!(end.charged, Charged::No);
    let cause = cause(end.outcome);
    let wait = cause.retry_at.map(|time| time.duration_since(world.now()).as_secs());
    assert_eq!((cause.code, wait), (Code::RateLimited, Some(17)));
}

#[tokio::test]
async fn a_gateway_or_a_page_does_not_say_that_nothing_was_charged() {
    let mut edge = LiveEdge::open().await;
    let (_world, client, mut heard) = World::with_edge(&edge.url).await;
    let table = [(504, Code::ServerFailed), (302, Code::UnexpectedAnswer), (200, Code::UnexpectedAnswer)];
    for (status, code) in table {
        let run_id = start(&client, "Hello?");
        edge.call().await.say(
            status,
            &[("content-type", "text/html")],
            "<html>Sign in to the network</html>",
        );
        let end = heard.end_of(run_id).await;
        assert_eq!((cause(end.outcome).code, end.charged), (code, Charged::Unknown), "{status}");
    }
}

/// Reads a request to its end, which is known because its body is small JSON.
async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let (mut request, mut piece) = (Vec::new(), [0; 4096]);
    while !request.ends_with(b"}") {
        match stream.read(&mut piece).await {
            Ok(count) if count > 0 => request.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
    Some(())
}

/// An edge that answers the first request and hangs up on every later one, also on a connection that it
/// kept; gives the number of requests that it got.
async fn one_that_hangs_up(listener: TcpListener, got: tokio::sync::watch::Sender<u32>) {
    const DONE: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 14\r\n\r\ndata: [DONE]\n\n";
    while let Ok((mut stream, _)) = listener.accept().await {
        while read_request(&mut stream).await.is_some() {
            got.send_modify(|count| *count += 1);
            if *got.borrow() > 1 || stream.write_all(DONE).await.is_err() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn what_may_have_been_paid_for_is_never_sent_twice() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, got) = tokio::sync::watch::channel(0);
    tokio::spawn(one_that_hangs_up(listener, sender));
    let (_world, client, mut heard) = World::with_edge(&url).await;
    let first = start(&client, "Hello?");
    assert_eq!(heard.end_of(first).await.outcome, Outcome::Completed);

    // On the connection that is open from before, then on a new one.
    for requests in [2, 3] {
        let run_id = start(&client, "Hello?");
        let end = heard.end_of(run_id).await;
        assert!(matches!(end.outcome, Outcome::Incomplete { .. }), "{end:?}");
        assert_eq!((end.charged, *got.borrow()), (Charged::Unknown, requests));
    }
}

#[tokio::test]
async fn each_run_tells_what_it_left_by_a_reading_from_after_its_end() {
    let mut edge = LiveEdge::open().await;
    let (world, client, mut heard) = World::with_edge(&edge.url).await;
    let (first, first_talk) = begun(&mut edge, &client, &mut heard).await;
    let (second, second_talk) = begun(&mut edge, &client, &mut heard).await;
    let left = |remaining| Progress::Left(Left { kind: Kind::LlmExecutions, remaining });
    let is_left = |progress: &Progress| matches!(progress, Progress::Left(_));

    world.set_quota(support::quota(63)).await;
    first_talk.done();
    assert_eq!(heard.of(first, is_left).await.progress, left(37));
    world.set_quota(support::quota(64)).await;
    second_talk.done();
    assert_eq!(heard.of(second, is_left).await.progress, left(36));
    let whole = client.run(GetRun { run_id: first }).unwrap();
    assert_eq!(whole.left.map(|left| left.remaining), Some(37), "what it left stays what it was");
}

#[tokio::test]
async fn a_run_that_was_cut_is_looked_after_until_a_late_charge_would_show() {
    let mut edge = LiveEdge::open().await;
    let (world, client, mut heard) = World::with_edge(&edge.url).await;
    let (run_id, talk) = begun(&mut edge, &client, &mut heard).await;
    talk.break_off();
    heard.end_of(run_id).await;
    heard
        .until(|news| matches!(news, News::Quota(state) if state.snapshot.is_some() && !state.refreshing))
        .await;

    // The edge charges a moment after the connection broke.
    world.set_quota(support::quota(63)).await;

    let left = heard.of(run_id, |progress| matches!(progress, Progress::Left(_))).await;
    assert_eq!(left.progress, Progress::Left(Left { kind: Kind::LlmExecutions, remaining: 37 }));
}
