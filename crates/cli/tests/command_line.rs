//! The program as a script runs it: what it prints and how it ends.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use flowmeter_client::domain::Preferences;
use flowmeter_client::domain::ipc::{SetPreferences, SignIn};
use flowmeter_client::domain::preferences::LanguageChoice;
use flowmeter_client::secrets::MemorySecrets;
use flowmeter_client::{Client, Events, News, Outside, Settings};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::matchers::{body_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const USER: &str = "00000000-0000-0000-0000-000000000007";

struct Silence;

impl Events for Silence {
    fn tell(&self, _: News) {}
}

/// A scripted project, and the data folder of the app and of the program beside it.
struct World {
    server: MockServer,
    data: TempDir,
}

impl World {
    async fn new() -> Self {
        let world = Self { server: MockServer::start().await, data: tempfile::tempdir().unwrap() };
        let session = json!({"access_token": "access", "refresh_token": "refresh", "token_type": "bearer",
            "expires_in": 3600, "user": {"id": USER, "email": "mei@example.com"}});
        world.answer("POST", "/auth/v1/token", session).await;
        world
    }

    async fn answer(&self, verb: &str, at: &str, body: Value) {
        let answer = ResponseTemplate::new(200).set_body_json(body);
        Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(&self.server).await;
    }

    fn var(&self, name: &str) -> Option<String> {
        match name {
            "FLOWMETER_SUPABASE_URL" | "FLOWMETER_EDGE_URL" => Some(self.server.uri()),
            "FLOWMETER_SUPABASE_KEY" => Some("anon".to_owned()),
            "FLOWMETER_DATA_DIR" => Some(self.data.path().display().to_string()),
            _ => None,
        }
    }

    /// The app, not signed in yet.
    fn app(&self) -> Client {
        let settings = Settings::load(|name| self.var(name)).unwrap();
        Client::open(settings, Outside::new(Arc::new(MemorySecrets::default()), Arc::new(Silence))).unwrap()
    }

    /// The app on which mei is signed in and has read this row.
    async fn app_with(&self, row: Value) -> Client {
        self.answer("GET", "/rest/v1/users_quota", row).await;
        let app = self.app();
        app.sign_in(SignIn { email: "mei@example.com".into(), password: "secret".into() }).await.unwrap();
        app.refresh_quota().await.unwrap();
        app
    }

    /// The program on this world, on an English system.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowmeter-cli"));
        for name in
            ["SUPABASE_URL", "EDGE_URL", "SUPABASE_KEY", "DATA_DIR"].map(|name| format!("FLOWMETER_{name}"))
        {
            command.env(&name, self.var(&name).unwrap());
        }
        command.env("LANG", "en_US.UTF-8").env_remove("LC_ALL").env_remove("LANGUAGE");
        command.env_remove("SUPABASE_SERVICE_ROLE_KEY").args(arguments);
        command
    }

    /// Runs the program to its end, beside everything that goes on here.
    async fn run(&self, arguments: &[&str]) -> Output {
        to_its_end(self.command(arguments)).await
    }
}

async fn to_its_end(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// A program that goes on, and what it prints line by line.
struct Watching {
    program: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Watching {
    fn start(mut command: Command) -> Self {
        let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        Self { program, lines }
    }

    fn next(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().expect("a line").unwrap()).expect("one object a line")
    }

    /// As Ctrl-C does.
    fn interrupt(mut self) -> Option<i32> {
        let id = Pid::from_raw(i32::try_from(self.program.id()).unwrap());
        kill(id, Signal::SIGINT).unwrap();
        self.program.wait().unwrap().code()
    }

    /// Whoever reads leaves; the program notices when it has something to say.
    fn leave(self) -> Option<i32> {
        let Self { mut program, lines } = self;
        drop(lines);
        program.wait().unwrap().code()
    }
}

fn row(used: i64) -> Value {
    json!({"llm_executions_used": used, "llm_executions_limit": 100,
        "app_usages_used": 0, "app_usages_limit": 50, "updated_at": "x"})
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

#[tokio::test]
async fn the_exit_code_tells_how_much_is_left() {
    let table = [
        (62, 0, "normal"),
        (85, 0, "warning"),
        (95, 10, "low"),
        (100, 11, "exhausted"),
        (103, 11, "exhausted"),
    ];
    for (used, exit, level) in table {
        let world = World::new().await;
        drop(world.app_with(row(used)).await);
        let output = world.run(&["quota", "--offline", "--json"]).await;
        let report = json_of(&output);
        assert_eq!((code(&output), &report["level"]), (exit, &json!(level)), "{used}");
        assert_eq!((&report["schema"], &report["source"]), (&json!(1), &json!("stored")));
        assert_eq!(report["quotas"][0]["remaining"], 100 - used);
        let apps = world.run(&["quota", "--offline", "--kind", "app_usages"]).await;
        assert_eq!(code(&apps), 0, "{used}: only the app uses were asked for");
        assert!(!out(&apps).contains("LLM runs"));
    }
}

#[tokio::test]
async fn the_table_says_whose_numbers_these_are_and_how_old() {
    let world = World::new().await;
    drop(world.app_with(row(62)).await);
    let output = world.run(&["quota", "--offline"]).await;
    let text = out(&output);
    assert!(text.starts_with("mei@example.com at 127.0.0.1:"), "{text}");
    assert!(text.lines().next().unwrap().ends_with("read just now"), "{text}");
    assert!(text.contains("LLM runs               62 / 100      38 left"), "{text}");
}

#[tokio::test]
async fn people_are_answered_in_the_language_of_the_app_or_else_of_the_system() {
    let world = World::new().await;
    let app = world.app_with(row(95)).await;
    let mut command = world.command(&["quota", "--offline"]);
    command.env("LANG", "zh_CN.UTF-8");
    let text = out(&to_its_end(command).await);
    assert!(text.contains("LLM 执行") && text.contains("即将用完"), "{text}");

    let preferences = Preferences { language: LanguageChoice::Chinese, ..Preferences::default() };
    app.set_preferences(SetPreferences { preferences }).unwrap();
    let text = out(&world.run(&["quota", "--offline"]).await);
    assert!(text.contains("LLM 执行") && text.contains("刚刚读取"), "{text}");
    let report = json_of(&world.run(&["quota", "--offline", "--json"]).await);
    assert_eq!((&report["level"], &report["quotas"][0]["kind"]), (&json!("low"), &json!("llm_executions")));

    app.sign_out().await.unwrap();
    let output = world.run(&["quota", "--offline"]).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("尚未登录，请在应用中登录"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn watching_goes_on_with_the_newest_numbers_until_it_is_interrupted() {
    let world = World::new().await;
    let app = world.app_with(row(62)).await;
    let mut watching = Watching::start(world.command(&["quota", "--offline", "--json", "--watch", "10"]));
    assert_eq!(watching.next()["quotas"][0]["used"], 62);

    world.server.reset().await;
    world.answer("GET", "/rest/v1/users_quota", row(95)).await;
    app.refresh_quota().await.unwrap();

    assert_eq!(watching.next()["quotas"][0]["used"], 95);
    assert_eq!(watching.interrupt(), Some(10), "the code of the last reading");
}

#[tokio::test(flavor = "multi_thread")]
async fn watching_ends_when_nobody_reads_any_more() {
    let world = World::new().await;
    drop(world.app_with(row(100)).await);
    let mut watching = Watching::start(world.command(&["quota", "--offline", "--json", "--watch", "10"]));
    assert_eq!(watching.next()["level"], "exhausted");
    assert_eq!(watching.leave(), Some(11));
}

#[tokio::test]
async fn watching_is_for_those_who_can_wait() {
    let world = World::new().await;
    let output = world.run(&["quota", "--watch", "9"]).await;
    assert_eq!(code(&output), 2, "{output:?}");
}

#[tokio::test]
async fn nobody_signed_in_and_nothing_stored_have_exit_codes_of_their_own() {
    let world = World::new().await;
    let output = world.run(&["quota", "--offline"]).await;
    assert_eq!(code(&output), 12, "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("sign in in the app"));

    // Signed in, but no reading ever succeeded: the row is not there.
    let app = world.app();
    app.sign_in(SignIn { email: "mei@example.com".into(), password: "secret".into() }).await.unwrap();
    app.refresh_quota().await.unwrap_err();
    let output = world.run(&["quota", "--offline", "--json"]).await;
    assert_eq!(code(&output), 13, "{output:?}");
    assert_eq!(json_of(&output)["error"]["code"], "UNREACHABLE");
}

#[tokio::test]
async fn a_running_app_is_asked_and_keeps_its_session_to_itself() {
    let world = World::new().await;
    let app = world.app_with(row(62)).await;
    let running = tokio::spawn(async move { app.keep_up_to_date().await });
    let beside = world.app();
    let claimed = async {
        while beside.claim().unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), claimed).await.expect("the app's claim");
    let tokens = async || {
        let requests = world.server.received_requests().await.unwrap();
        requests.iter().filter(|request| request.url.path() == "/auth/v1/token").count()
    };
    let before = tokens().await;

    let output = world.run(&["quota", "--json"]).await;

    assert_eq!(code(&output), 0, "{output:?}");
    assert_eq!(json_of(&output)["source"], "app", "{output:?}");
    assert_eq!(tokens().await, before);
    running.abort();
}

#[tokio::test]
async fn an_administrator_needs_the_key_in_the_environment() {
    let world = World::new().await;
    let output = world.run(&["admin", "reset", "--user", USER, "--all"]).await;
    assert_eq!(code(&output), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("SUPABASE_SERVICE_ROLE_KEY is not set"));
}

#[tokio::test]
async fn an_administrator_sets_limits_of_one_person() {
    let world = World::new().await;
    let patch = Mock::given(method("PATCH")).and(path("/rest/v1/users_quota"));
    let patch = patch
        .and(query_param("user_id", format!("eq.{USER}")))
        .and(header("Authorization", "Bearer service-key"))
        .and(body_json(json!({"llm_executions_limit": 200, "app_usages_limit": 0})));
    let changed = json!([{"llm_executions_used": 3, "llm_executions_limit": 200, "updated_at": "x"}]);
    patch
        .respond_with(ResponseTemplate::new(200).set_body_json(changed))
        .expect(1)
        .mount(&world.server)
        .await;
    let mut command =
        world.command(&["admin", "limit", "--user", USER, "llm_executions=200", "app_usages=0"]);
    command.env("SUPABASE_SERVICE_ROLE_KEY", "service-key");

    let output = to_its_end(command).await;

    assert_eq!(
        (code(&output), out(&output).trim()),
        (0, "LLM runs                3 / 200     197 left"),
        "{output:?}"
    );
}
