//! One running stack for all tests of a file, and the calls that they share.
//!
//! A test makes its own people and touches nobody else's, so tests may run side by side. The stack ends
//! when the test process does: the system then closes the pipe that is the stack's stdin.

#![allow(dead_code, reason = "each test file uses its own part of this")]

pub(crate) mod client;
pub(crate) mod edge;
pub(crate) mod gate;
pub(crate) mod mail;
pub(crate) mod process;
pub(crate) mod routes;

use std::sync::{Mutex, OnceLock};

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use flowmeter_local_stack::State;
use process::Running;

/// A stack that the tests of a file share: started by the first test that asks.
pub(crate) struct Shared(OnceLock<(Mutex<Running>, State)>);

impl Shared {
    pub(crate) const fn new() -> Shared {
        Shared(OnceLock::new())
    }

    /// Where it is; `further` are arguments that it is started with.
    pub(crate) fn state(&'static self, further: &[&str]) -> &'static State {
        let start = || {
            let mut running = Running::start(&[&["--port", "0", "--delta-ms", "1"], further].concat());
            let state = running.state();
            (Mutex::new(running), state)
        };
        &self.0.get_or_init(start).1
    }
}

/// The stack of this test file, as it is without any choice.
pub(crate) fn state() -> &'static State {
    static STACK: Shared = Shared::new();
    STACK.state(&[])
}

/// A person with an account of their own and a session.
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) password: String,
    /// As `/token` answered it.
    pub(crate) session: Value,
}

impl Person {
    /// A confirmed account, signed in.
    pub(crate) async fn new(api: &Api) -> Person {
        let email = format!("{}@example.com", Uuid::new_v4());
        let password = "correct horse".to_owned();
        let user = api.create_user(&email, &password).await;
        let session = api.sign_in(&email, &password).await;
        Person { id: user["id"].as_str().unwrap().parse().unwrap(), email, password, session }
    }

    pub(crate) fn access_token(&self) -> &str {
        self.session["access_token"].as_str().unwrap()
    }

    pub(crate) fn refresh_token(&self) -> &str {
        self.session["refresh_token"].as_str().unwrap()
    }
}

/// A client of the stack. One for each test: its connections belong to the test's runtime.
pub(crate) struct Api {
    pub(crate) http: Client,
    pub(crate) state: &'static State,
}

/// A status and a JSON body; `Null` for an empty one.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Api {
    pub(crate) fn new() -> Api {
        Api::of(state())
    }

    /// A client of another stack than the one that the test file shares.
    pub(crate) fn of(state: &'static State) -> Api {
        Api { http: Client::builder().no_proxy().build().unwrap(), state }
    }

    /// A call of the project with the key for programs.
    pub(crate) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.state.supabase_url);
        self.http.request(method, url).header("apikey", &self.state.anon_key)
    }

    /// The same as the server's own role, which row level security lets pass.
    pub(crate) fn call_as_service(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.state.supabase_url);
        let key = &self.state.service_role_key;
        self.http.request(method, url).header("apikey", key).bearer_auth(key)
    }

    pub(crate) async fn create_user(&self, email: &str, password: &str) -> Value {
        let body = json!({"email": email, "password": password, "email_confirm": true});
        let answer = send(self.call_as_service(Method::POST, "/auth/v1/admin/users").json(&body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Value {
        let answer = self.token("password", &json!({"email": email, "password": password})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    /// `/token` with this grant.
    pub(crate) async fn token(&self, grant: &str, body: &Value) -> Answer {
        let path = format!("/auth/v1/token?grant_type={grant}");
        let request = self.call(Method::POST, &path).header("X-Supabase-Api-Version", "2024-01-01");
        send(request.json(body)).await
    }

    /// A POST of the sign-in API, in the newer version.
    pub(crate) async fn auth(&self, path: &str, body: &Value) -> Answer {
        let request = self.call(Method::POST, &format!("/auth/v1/{path}"));
        send(request.header("X-Supabase-Api-Version", "2024-01-01").json(body)).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.token("refresh_token", &json!({"refresh_token": token})).await
    }

    /// The quota row of a person, read as the server.
    pub(crate) async fn quota(&self, person: Uuid) -> Value {
        let path = format!("/rest/v1/users_quota?user_id=eq.{person}");
        let request = self.call_as_service(Method::GET, &path);
        send(request.header("Accept", "application/vnd.pgrst.object+json")).await.body
    }

    /// Sets columns of a person's quota row, as the server.
    pub(crate) async fn set_quota(&self, person: Uuid, columns: &Value) {
        let path = format!("/rest/v1/users_quota?user_id=eq.{person}");
        let answer = send(self.call_as_service(Method::PATCH, &path).json(columns)).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
    }

    /// The counters of the scripted provider.
    pub(crate) async fn provider_stats(&self) -> Value {
        send(self.http.get(format!("{}/stats", self.state.provider_url))).await.body
    }
}

/// The database as its superuser: for what no API lets a client do, such as making a token older.
pub(crate) async fn database() -> PgConnection {
    database_of(state()).await
}

/// The same of another stack than the one that the test file shares.
pub(crate) async fn database_of(state: &State) -> PgConnection {
    PgConnection::connect(&state.database_url).await.unwrap()
}

/// Sends a request and reads its JSON.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    read(request.send().await.unwrap()).await
}

/// The newer body's code, and that the header says the same.
#[track_caller]
pub(crate) fn assert_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    assert_eq!(answer.body["code"], code);
    assert!(answer.body["message"].is_string());
    assert_eq!(answer.headers["x-sb-error-code"], code);
    assert_eq!(answer.headers["x-supabase-api-version"], "2024-01-01");
}

/// Reads an answer's JSON.
pub(crate) async fn read(response: Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect(&text) };
    Answer { status, headers, body }
}

/// Asks again until the condition holds. Fails the test after 20 s.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let asked = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(process::PATIENCE, asked).await.unwrap_or_else(|_| panic!("never: {what}"));
}
