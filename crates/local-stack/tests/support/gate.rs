//! A door before the project that can be told to let some calls not pass: the database is gone, or the
//! functions were never made.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Api;

/// What the door answers itself: calls whose path has this text in it, with this status and body.
type Rule = Option<(&'static str, u16, &'static str)>;

/// A running door. It ends with the test's runtime.
pub(crate) struct Gate {
    pub(crate) url: String,
    rule: Arc<Mutex<Rule>>,
    refused: Arc<Mutex<usize>>,
}

impl Gate {
    pub(crate) async fn new(api: &Api) -> Gate {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (rule, refused) = (Arc::default(), Arc::default());
        let door = Door { to: api.state.supabase_url.clone(), http: api.http.clone(), rule, refused };
        let (rule, refused) = (door.rule.clone(), door.refused.clone());
        let router = Router::new().fallback(pass).with_state(Arc::new(door));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Gate { url, rule, refused }
    }

    /// As PostgREST answers when its database is away.
    pub(crate) fn lose_database_at(&self, path: &'static str) {
        *self.rule.lock().unwrap() =
            Some((path, 503, r#"{"code":"PGRST001","message":"Database client error"}"#));
    }

    /// As PostgREST answers for functions that do not exist.
    pub(crate) fn lose_functions_at(&self, path: &'static str) {
        let body = r#"{"code":"PGRST202","message":"Could not find the function"}"#;
        *self.rule.lock().unwrap() = Some((path, 404, body));
    }

    pub(crate) fn open(&self) {
        *self.rule.lock().unwrap() = None;
    }

    /// How many calls did not pass.
    pub(crate) fn refused(&self) -> usize {
        *self.refused.lock().unwrap()
    }
}

struct Door {
    to: String,
    http: reqwest::Client,
    rule: Arc<Mutex<Rule>>,
    refused: Arc<Mutex<usize>>,
}

async fn pass(Shared(door): Shared<Arc<Door>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().as_str();
    let rule = *door.rule.lock().unwrap();
    if let Some((_, status, body)) = rule.filter(|(text, ..)| path.contains(text)) {
        *door.refused.lock().unwrap() += 1;
        return (StatusCode::from_u16(status).unwrap(), body).into_response();
    }
    let mut headers = parts.headers;
    headers.remove("host");
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let forward = door.http.request(parts.method, format!("{}{path}", door.to)).headers(headers).body(body);
    let answer = forward.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = (status, Body::from(answer.bytes().await.unwrap())).into_response();
    *response.headers_mut() = headers;
    response
}
