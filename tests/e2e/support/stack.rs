//! The local stack as a program, and people on it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use flowmeter_domain::{Counter, Kind};
use flowmeter_supabase::{Caller, Project, Supabase};
use reqwest::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use super::until;

const PASSWORD: &str = "correct horse battery staple";

/// Where everything listens, and what opens it.
pub(crate) struct Stack {
    pub(crate) state: Value,
    /// The stack ends when its standard input closes, which is when the test process ends.
    _process: Child,
}

/// The one stack of this test process.
pub(crate) fn stack() -> &'static Stack {
    static STACK: OnceLock<Stack> = OnceLock::new();
    STACK.get_or_init(Stack::start)
}

impl Stack {
    /// A stack of a test's own, with other rules of sign-in.
    pub(crate) fn with_rules(rules: Value) -> Self {
        Self::launch(&["--auth", &rules.to_string()])
    }

    fn start() -> Self {
        Self::launch(&[])
    }

    fn launch(more: &[&str]) -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_flowmeter")).with_file_name("flowmeter-local-stack");
        let mut command = Command::new(program);
        command.args(["--port", "0"]).args(more).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("build the whole workspace: the tests need the local stack");
        let mut line = String::new();
        let output = child.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("the state line");
        let state = serde_json::from_str(&line).expect("the state line is JSON");
        Self { state, _process: child }
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.state[name].as_str().unwrap_or_else(|| panic!("{name} in the state line")).to_owned()
    }

    /// A new person with the default quotas.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let number = Uuid::new_v4().as_u128() % 1_000_000;
        let email = format!("{name}{number}@example.com");
        let body = json!({"email": email, "password": PASSWORD, "email_confirm": true});
        let request = Client::new().post(format!("{}/auth/v1/admin/users", self.text("supabase_url")));
        let user: Value = self.as_service(request).json(&body).send().await.unwrap().json().await.unwrap();
        let id = user["id"].as_str().and_then(|id| Uuid::parse_str(id).ok()).expect("a new user");
        Person { id, email, password: PASSWORD.to_owned() }
    }

    /// Mei, who used 41 runs, and Tom, who used 7.
    pub(crate) async fn two_people(&self) -> (Person, Person) {
        let (mei, tom) = (self.person("mei").await, self.person("tom").await);
        self.set_quota(&mei, json!({"llm_executions_used": 41})).await;
        self.set_quota(&tom, json!({"llm_executions_used": 7})).await;
        (mei, tom)
    }

    /// Sets columns of the person's row, as an administrator does.
    pub(crate) async fn set_quota(&self, person: &Person, columns: Value) {
        let url = format!("{}/rest/v1/users_quota?user_id=eq.{}", self.text("supabase_url"), person.id);
        let answer = self.as_service(Client::new().patch(url)).json(&columns).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// What the provider counted for a model.
    pub(crate) async fn provider_count(&self, model: &str, what: &str) -> i64 {
        let answer = reqwest::get(format!("{}/stats", self.text("provider_url"))).await.unwrap();
        let stats: Value = answer.json().await.unwrap();
        stats["models"][model][what].as_i64().unwrap_or(0)
    }

    /// The code in the newest mail to `email`.
    pub(crate) async fn code(&self, email: &str) -> String {
        let url = format!("{}.json?to={email}", self.text("mail_url"));
        until("a mail with a code", async || {
            let mails: Value = reqwest::get(&url).await.ok()?.json().await.ok()?;
            Some(mails[0]["code"].as_str()?.to_owned())
        })
        .await
    }

    /// Ends every session of the person, on every device, as the person does elsewhere.
    pub(crate) async fn sign_out_everywhere(&self, person: &Person) {
        let (url, key) = (self.text("supabase_url"), self.text("anon_key"));
        let body = json!({"email": person.email, "password": person.password});
        let request = Client::new().post(format!("{url}/auth/v1/token?grant_type=password"));
        let session: Value =
            request.header("apikey", &key).json(&body).send().await.unwrap().json().await.unwrap();
        let token = session["access_token"].as_str().expect("a session");
        let request = Client::new().post(format!("{url}/auth/v1/logout?scope=global"));
        let answer = request.header("apikey", &key).bearer_auth(token).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// What the database says.
    pub(crate) async fn counter(&self, person: &Person, kind: Kind) -> Counter {
        let project = Project::new(&self.text("supabase_url"), &self.text("anon_key")).unwrap();
        let key = self.text("service_role_key").into();
        let row = Supabase::new(project).quota_row(Caller::ServiceRole(&key), person.id).await;
        row.unwrap().and_then(|row| row.quota.get(kind)).expect("a row with this kind")
    }

    fn as_service(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        let key = self.text("service_role_key");
        request.header("apikey", &key).bearer_auth(key)
    }
}

/// Somebody with an account.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) password: String,
}
