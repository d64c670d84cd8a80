//! The program as a script runs it: what it prints and how it ends.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use flowmeter_client::domain::ipc::SignIn;
use flowmeter_client::secrets::MemorySecrets;
use flowmeter_client::{Client, Events, News, Outside, Settings};
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

    /// Runs the program to its end, beside everything that goes on here.
    async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowmeter-cli"));
        for name in
            ["SUPABASE_URL", "EDGE_URL", "SUPABASE_KEY", "DATA_DIR"].map(|name| format!("FLOWMETER_{name}"))
        {
            command.env(&name, self.var(&name).unwrap());
        }
        command.env_remove("SUPABASE_SERVICE_ROLE_KEY").args(arguments);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
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
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowmeter-cli"));
    command.env("FLOWMETER_SUPABASE_URL", world.server.uri()).env("SUPABASE_SERVICE_ROLE_KEY", "service-key");
    command.args(["admin", "limit", "--user", USER, "llm_executions=200", "app_usages=0"]);

    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();

    assert_eq!(
        (code(&output), out(&output).trim()),
        (0, "LLM runs                3 / 200     197 left"),
        "{output:?}"
    );
}
