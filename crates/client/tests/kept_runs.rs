//! Runs that are kept: with their text however they end, found again, renamed, deleted and brought back.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test a fault ends the test")]

#[expect(dead_code, reason = "each test file uses its part of the world")]
mod support;

use std::time::Duration;

use flowmeter_client::{Client, News};
use flowmeter_domain::ipc::{
    AccountKey, ContinueRun, DeleteRun, GetRun, KeptRun, KeptRuns, ListRuns, ReadRun, RemoveAccount,
    RenameRun, RestoreRun, RunWords, SaveRun, SetRunChoices, StartRun, StopRun,
};
use flowmeter_domain::{Charged, Code, ConversationId, NodeRequest, Outcome, RunChoices, RunId};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{body_json, method, path};
use wiremock::{Mock, ResponseTemplate};

use support::{Heard, USER, World, answer, sign_in};

fn ask(prompt: &str) -> StartRun {
    let request = NodeRequest { model: "demo".into(), input: Some(prompt.into()), ..NodeRequest::default() };
    StartRun::new(RunId::random(), request)
}

fn written(text: &str) -> ResponseTemplate {
    let delta = json!({"content": text});
    ResponseTemplate::new(200).set_body_raw(format!("data: {delta}\n\ndata: [DONE]\n\n"), "text/event-stream")
}

/// Runs `prompt` to its end with the answer `text`.
async fn run(world: &World, client: &Client, heard: &mut Heard, prompt: &str, text: &str) -> RunId {
    world.reset_edge().await;
    world.edge(written(text)).await;
    let start = ask(prompt);
    let run_id = start.run_id;
    client.start_run(start).unwrap();
    heard.end().await;
    run_id
}

async fn list(client: &Client, search: &str) -> Vec<KeptRun> {
    client.list_runs(ListRuns { search: search.into(), after: None }).await.unwrap().runs
}

async fn found(client: &Client, search: &str) -> Vec<String> {
    list(client, search).await.into_iter().map(|run| run.prompt).collect()
}

#[tokio::test]
async fn a_run_is_kept_with_its_text_in_each_of_the_four_ends_and_over_a_restart() {
    let (world, client, mut heard) = World::running().await;
    let half = "data: {\"content\":\"half\",\"reasoning\":\"Hm\"}\n\n";
    let table = [
        ("completed", format!("{half}data: [DONE]\n\n")),
        ("incomplete", half.to_owned()),
        ("failed", format!("{half}data: {{\"error\":\"broken\"}}\n\n")),
    ];
    for (name, body) in &table {
        world.reset_edge().await;
        world.edge(ResponseTemplate::new(200).set_body_raw(body.clone(), "text/event-stream")).await;
        client.start_run(ask(name)).unwrap();
        assert_eq!(heard.end().await.outcome.name(), *name);
    }
    drop(client);

    let (client, _heard) = world.client();
    let kept = list(&client, "").await;
    assert_eq!(
        kept.iter().map(|run| run.prompt.as_str()).collect::<Vec<_>>(),
        ["failed", "incomplete", "completed"]
    );
    for run in kept {
        assert_eq!(run.end.as_ref().unwrap().outcome.name(), run.prompt);
        let [whole] = &client.read_run(ReadRun { run_id: run.run_id }).await.unwrap()[..] else {
            panic!("not one")
        };
        assert_eq!((whole.text.content.as_str(), whole.text.reasoning.as_str()), ("half", "Hm"));
        assert_eq!((whole.end.as_ref(), whole.request.model.as_str()), (run.end.as_ref(), "demo"));
        assert!(whole.measured.total_ms.is_some() && whole.measured.first_ms <= whole.measured.total_ms);
    }
}

/// An edge that writes a little and then nothing, for as long as it is kept.
async fn stalled_edge() -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 8192];
            // Whatever is asked, this is the answer.
            let _ = stream.read(&mut request).await;
            let answer = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {\"content\":\"so far\"}\n\n";
            stream.write_all(answer.as_bytes()).await.unwrap();
            open.push(stream);
        }
    });
    (url, serving)
}

#[tokio::test]
async fn stopping_and_being_killed_keep_the_text_too() {
    let (mut world, client, _heard) = World::running().await;
    drop(client);
    let (url, _serving) = stalled_edge().await;
    world.edge_url = Some(url);
    let (client, mut heard) = world.client();
    client.sign_in(sign_in()).await.unwrap();

    let stopped = ask("stopped");
    client.start_run(stopped.clone()).unwrap();
    let has_text = |news: &News| matches!(news, News::Run(event) if event.seq == 1);
    heard.until(has_text).await;
    client.stop_run(StopRun { run_id: stopped.run_id }).unwrap();
    assert_eq!(heard.end().await.outcome, Outcome::Cancelled);

    let killed = ask("killed");
    client.start_run(killed.clone()).unwrap();
    heard.until(has_text).await;
    until_drafted(&world).await;
    // Another launch on the same data, while the first one never got to the end.
    let (restarted, _heard) = world.client();
    let kept = list(&restarted, "").await;
    assert_eq!(kept.iter().map(|run| run.prompt.as_str()).collect::<Vec<_>>(), ["killed", "stopped"]);
    let end = kept[0].end.clone().unwrap();
    let Outcome::Incomplete { cause } = end.outcome else { panic!("not incomplete") };
    assert_eq!((cause.code, end.charged), (Code::Interrupted, Charged::Unknown));
    for run in kept {
        let whole = restarted.read_run(ReadRun { run_id: run.run_id }).await.unwrap();
        assert_eq!(whole[0].text.content, "so far", "{}", run.prompt);
    }
    assert_eq!(found(&restarted, "so far").await, ["killed", "stopped"]);
}

/// A draft is kept every two seconds, and nobody is told.
async fn until_drafted(world: &World) {
    let store = rusqlite::Connection::open(world.folder().join("flowmeter.sqlite")).unwrap();
    let drafted = async {
        let count = || store.query_row("select count(*) from run_draft", [], |row| row.get::<_, i64>(0));
        while count().unwrap() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), drafted).await.unwrap();
}

#[tokio::test]
async fn every_word_of_a_search_is_found_in_either_language_however_short() {
    let (world, client, mut heard) = World::running().await;
    run(&world, &client, &mut heard, "Explain optimistic locking", "Nobody waits; a WRITE checks.").await;
    run(&world, &client, &mut heard, "用两句话解释乐观锁", "写入时检查版本，锁不等待。").await;
    run(&world, &client, &mut heard, "Percent % and quote \"x\"", "50%_off \\ done").await;
    let table: [(&str, &[&str]); 14] = [
        ("locking", &["Explain optimistic locking"]),
        ("LOCK write", &["Explain optimistic locking"]),
        ("ait", &["Explain optimistic locking"]),
        ("locking nothing", &[]),
        ("乐观锁", &["用两句话解释乐观锁"]),
        ("检查 解释", &["用两句话解释乐观锁"]),
        ("锁", &["用两句话解释乐观锁"]),
        ("乐观 locking", &[]),
        ("ex", &["Explain optimistic locking"]),
        ("%", &["Percent % and quote \"x\""]),
        ("_o", &["Percent % and quote \"x\""]),
        ("\"x\"", &["Percent % and quote \"x\""]),
        ("OR", &[]),
        ("\\", &["Percent % and quote \"x\""]),
    ];
    for (search, expected) in table {
        assert_eq!(found(&client, search).await, expected, "{search}");
    }
    let hit = list(&client, "版本").await.pop().unwrap().found.unwrap();
    assert_eq!(
        (hit.before.as_str(), hit.hit.as_str(), hit.after.as_str()),
        ("写入时检查", "版本", "，锁不等待。")
    );
    assert_eq!(list(&client, "locking").await[0].found, None, "the line shows it itself");
}

#[tokio::test]
async fn the_list_goes_on_page_by_page_without_a_gap() {
    let (world, client, mut heard) = World::running().await;
    world.edge(written("ok")).await;
    for number in 0..120 {
        client.start_run(ask(&format!("number {number}"))).unwrap();
        heard.end().await;
    }
    for search in ["", "number", "nu"] {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page: KeptRuns = client.list_runs(ListRuns { search: search.into(), after }).await.unwrap();
            assert!(page.runs.len() <= 50);
            all.extend(page.runs.into_iter().map(|run| run.prompt));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let expected: Vec<String> = (0..120).rev().map(|number| format!("number {number}")).collect();
        assert_eq!(all, expected, "{search:?}");
    }
}

#[tokio::test]
async fn a_run_is_renamed_deleted_and_brought_back() {
    let (world, client, mut heard) = World::running().await;
    let first = run(&world, &client, &mut heard, "one", "first answer").await;
    let second = run(&world, &client, &mut heard, "two", "second answer").await;

    client.rename_run(RenameRun { run_id: first, name: "  Mein Lauf ".into() }).await.unwrap();
    assert_eq!(list(&client, "mein lauf").await[0].name.as_deref(), Some("Mein Lauf"));

    client.delete_run(DeleteRun { run_id: first }).await.unwrap();
    assert_eq!(found(&client, "").await, ["two"]);
    assert!(list(&client, "first answer").await.is_empty() && list(&client, "Lauf").await.is_empty());
    assert_eq!(client.run(GetRun { run_id: first }).unwrap_err().code, Code::NotFound);
    assert_eq!(client.read_run(ReadRun { run_id: first }).await.unwrap_err().code, Code::NotFound);

    client.restore_run(RestoreRun { run_id: first }).await.unwrap();
    assert_eq!(found(&client, "").await, ["two", "one"], "it is where it was");
    assert_eq!(list(&client, "first answer").await[0].name.as_deref(), Some("Mein Lauf"));
    assert_eq!(client.restore_run(RestoreRun { run_id: second }).await.unwrap_err().code, Code::NotFound);

    client.rename_run(RenameRun { run_id: first, name: " ".into() }).await.unwrap();
    assert_eq!(list(&client, "one").await[0].name, None);
    assert!(list(&client, "Lauf").await.is_empty());
}

#[tokio::test]
async fn a_run_that_is_deleted_while_it_runs_stops_and_does_not_come_back_by_itself() {
    let (world, client, mut heard) = World::running().await;
    world.edge(ResponseTemplate::new(200).set_delay(Duration::from_secs(60))).await;
    let start = ask("deleted");
    client.start_run(start.clone()).unwrap();
    world.until_requested("/api/run-node-stream").await;
    assert_eq!(list(&client, "").await[0].end, None);

    client.delete_run(DeleteRun { run_id: start.run_id }).await.unwrap();

    assert_eq!(heard.end().await.outcome, Outcome::Cancelled);
    assert!(list(&client, "").await.is_empty());
    client.restore_run(RestoreRun { run_id: start.run_id }).await.unwrap();
    let end = list(&client, "").await[0].end.clone();
    assert_eq!(end.map(|end| end.outcome), Some(Outcome::Cancelled), "nobody would end it any more");
}

#[tokio::test]
async fn clearing_the_history_takes_the_runs_and_undoing_it_brings_them_back() {
    let (world, client, mut heard) = World::running().await;
    let first = run(&world, &client, &mut heard, "one", "first answer").await;
    run(&world, &client, &mut heard, "two", "第二个回答").await;

    client.clear_history().await.unwrap();
    assert!(list(&client, "").await.is_empty() && list(&client, "回答").await.is_empty());
    assert!(client.start(String::new()).runs.is_empty());
    let path = world.folder().join("flowmeter.sqlite");
    let store = rusqlite::Connection::open(&path).unwrap();
    store.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).unwrap();
    let file = std::fs::read(path).unwrap();
    assert!(!file.windows(12).any(|bytes| bytes == b"first answer"), "it is still in the file");

    run(&world, &client, &mut heard, "three", "third answer").await;
    client.restore_history().await.unwrap();
    assert_eq!(found(&client, "").await, ["three", "two", "one"]);
    assert_eq!(found(&client, "回答").await, ["two"]);
    assert_eq!(client.read_run(ReadRun { run_id: first }).await.unwrap()[0].text.content, "first answer");
}

#[tokio::test]
async fn removing_an_account_takes_its_runs_and_its_choices() {
    let (world, client, mut heard) = World::running().await;
    run(&world, &client, &mut heard, "one", "first answer").await;
    let choices = RunChoices { model: "gpt-x".into(), ..RunChoices::default() };
    client.set_run_choices(SetRunChoices { choices }).await.unwrap();
    let key = AccountKey { project: world.host(), user_id: USER };

    client.remove_account(&RemoveAccount { key }).await.unwrap();
    client.sign_in(sign_in()).await.unwrap();

    assert!(list(&client, "").await.is_empty() && list(&client, "first").await.is_empty());
    assert_eq!(client.start(String::new()).choices, RunChoices::default());
}

#[tokio::test]
async fn what_a_person_chose_holds_after_a_restart() {
    let (world, client, _heard) = World::running().await;
    let choices =
        RunChoices { model: "gpt-x".into(), temperature: Some(0.2), stream: false, ..RunChoices::default() };
    client.set_run_choices(SetRunChoices { choices: choices.clone() }).await.unwrap();
    let wrong = RunChoices { temperature: Some(9.0), ..choices.clone() };
    let refused = client.set_run_choices(SetRunChoices { choices: wrong }).await.unwrap_err();
    assert_eq!(refused.code, Code::InvalidInput);
    drop(client);
    assert_eq!(world.client().0.start(String::new()).choices, choices);
}

#[tokio::test]
async fn a_conversation_is_kept_together_and_can_be_gone_on_with_after_a_restart() {
    let (world, client, mut heard) = World::running().await;
    run(&world, &client, &mut heard, "elsewhere", "another conversation").await;
    let conversation = ConversationId::random();
    for prompt in ["one", "two"] {
        world.reset_edge().await;
        world.edge(written("answer")).await;
        client.start_run(StartRun { conversation, ..ask(prompt) }).unwrap();
        heard.end().await;
    }
    drop(client);

    let (client, _heard) = world.client();
    let newest = list(&client, "").await.remove(0);
    assert!(client.start(String::new()).runs.is_empty());
    let runs = client.continue_run(ContinueRun { run_id: newest.run_id }).await.unwrap();

    let prompts: Vec<_> = runs.iter().map(|run| run.request.user_message()).collect();
    assert_eq!(prompts, ["one", "two"]);
    assert!(runs.iter().all(|run| run.conversation == conversation));
    assert_eq!(client.start(String::new()).runs, runs, "a reloaded page shows them again");
    assert_eq!(client.run(GetRun { run_id: newest.run_id }).unwrap(), runs[1]);
}

#[tokio::test]
async fn system_prompt_json_and_history_arrive_and_the_history_is_not_kept_twice() {
    let (world, client, mut heard) = World::running().await;
    let body = json!({
        "model": "demo", "systemPrompt": "Be brief.", "input": {"a": [1, "字"]}, "temperature": 0.2,
        "conversationHistory": [{"role": "user", "content": "before"}, {"role": "assistant", "content": "yes"}],
    });
    let whole = Mock::given(method("POST")).and(path("/api/run-node")).and(body_json(&body));
    let reply = json!({"response": "At once.", "reasoning": "Hm."});
    whole.respond_with(ResponseTemplate::new(200).set_body_json(reply)).expect(1).mount(&world.server).await;
    let request: NodeRequest = serde_json::from_value(body).unwrap();
    let start = StartRun { stream: false, ..StartRun::new(RunId::random(), request) };
    client.start_run(start.clone()).unwrap();

    let end = heard.end().await;

    assert_eq!((end.outcome, end.charged), (Outcome::Completed, Charged::Yes));
    let kept = client.read_run(ReadRun { run_id: start.run_id }).await.unwrap().remove(0);
    assert_eq!((kept.text.content.as_str(), kept.text.reasoning.as_str()), ("At once.", "Hm."));
    assert_eq!(kept.request.input, Some(json!({"a": [1, "字"]})));
    assert_eq!(kept.request.system_prompt.as_deref(), Some("Be brief."));
    assert_eq!(kept.request.conversation_history, []);
    assert_eq!(found(&client, "字").await, ["{\"a\":[1,\"字\"]}"]);
}

#[tokio::test]
async fn a_whole_answer_that_is_refused_or_not_the_contract_s_says_so() {
    let (world, client, mut heard) = World::running().await;
    let table: [(u16, Value, Code, Charged); 4] = [
        (429, json!({"error": "100/100", "code": "QUOTA_EXCEEDED"}), Code::QuotaExceeded, Charged::No),
        (500, json!({"error": "Execution failed", "details": "…"}), Code::ExecutionFailed, Charged::No),
        (200, json!({"other": 1}), Code::UnexpectedAnswer, Charged::Unknown),
        (200, json!("<html>"), Code::UnexpectedAnswer, Charged::Unknown),
    ];
    for (status, body, code, charged) in table {
        world.reset_edge().await;
        world.supabase(answer("POST", "/api/run-node", status, body.clone())).await;
        client.start_run(StartRun { stream: false, ..ask("whole") }).unwrap();
        let end = heard.end().await;
        let (Outcome::Failed { cause } | Outcome::Incomplete { cause }) = end.outcome else {
            panic!("{body}")
        };
        assert_eq!((cause.code, end.charged), (code, charged), "{body}");
    }
}

#[tokio::test]
async fn the_provider_s_own_count_of_tokens_is_kept() {
    let (world, client, mut heard) = World::running().await;
    let body = "data: {\"content\":\"a\"}\n\ndata: {\"content\":\"b\",\"usage\":{\"completion_tokens\":42}}\n\ndata: [DONE]\n\n";
    world.edge(ResponseTemplate::new(200).set_body_raw(body, "text/event-stream")).await;
    let start = ask("count");
    client.start_run(start.clone()).unwrap();
    heard.end().await;
    let kept = client.read_run(ReadRun { run_id: start.run_id }).await.unwrap().remove(0);
    assert_eq!((kept.text.content.as_str(), kept.measured.tokens), ("ab", Some(42)));
}

#[tokio::test]
async fn a_run_is_exported_by_its_name() {
    let (world, client, mut heard) = World::running().await;
    let run_id = run(&world, &client, &mut heard, "Why?", "Because **so**.").await;
    client.rename_run(RenameRun { run_id, name: "Reasons".into() }).await.unwrap();
    let words = RunWords { prompt: "Frage".into(), answer: "Antwort".into(), ..RunWords::default() };
    let file = client.export_run(SaveRun { run_id, words }).await.unwrap();
    assert_eq!(file.file_name, "2027-01-15-Reasons.md");
    assert!(
        file.text.starts_with("# Reasons\n") && file.text.contains("## Frage\n\nWhy?\n"),
        "{}",
        file.text
    );
    assert!(file.text.contains("## Antwort\n\nBecause **so**.\n"), "{}", file.text);
}

#[tokio::test]
async fn models_are_the_project_s_and_a_project_without_a_list_has_none() {
    let (world, client, _heard) = World::running().await;
    let rows = json!([{"model_id": "demo", "model_name": "Demo", "points_cost": 3, "is_active": true}]);
    world.supabase(answer("GET", "/rest/v1/llm_models", 200, rows)).await;
    let models = client.models().await.unwrap();
    assert_eq!(
        (models[0].name.as_str(), models[0].label.as_deref(), models[0].points),
        ("demo", Some("Demo"), Some(3))
    );
    world.reset_edge().await;
    world
        .supabase(answer("GET", "/rest/v1/llm_models", 404, json!({"code": "PGRST205", "message": "…"})))
        .await;
    assert_eq!(client.models().await.unwrap(), []);
}
