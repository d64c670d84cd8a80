//! An edge of a test's own, with its own settings, on the project and the provider of the stack.

use axum::routing::Router;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Api, Person, send};

/// What a route answers before any work is done for it.
pub(crate) const ROUTES: [&str; 4] = ["run-node", "run-node-stream", "plan", "modify-flow"];

/// A running edge. It ends with the test's runtime.
pub(crate) struct Edge {
    pub(crate) url: String,
}

impl Edge {
    /// With these settings before the stack's; an empty value takes one away.
    pub(crate) async fn with(api: &Api, settings: &[(&str, &str)]) -> Edge {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = router(api, settings);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Edge { url }
    }

    /// That makes flows with these models, and does not wait between attempts.
    pub(crate) async fn planning(api: &Api, preferred: &str, fallback: &str) -> Edge {
        let models = [("DEFAULT_LLM_MODEL", preferred), ("FALLBACK_LLM_MODEL", fallback)];
        Edge::with(api, &[models[0], models[1], ("EDGE_PLAN_RETRY_SECONDS", "0")]).await
    }

    /// A call of a route with a body, as `person`.
    pub(crate) fn call(&self, api: &Api, person: &Person, route: &str, body: &Value) -> RequestBuilder {
        api.http.post(format!("{}/api/{route}", self.url)).bearer_auth(person.access_token()).json(body)
    }
}

fn router(api: &Api, settings: &[(&str, &str)]) -> Router {
    let settings = flowmeter_edge::Settings::from_env(|name| {
        if let Some((_, value)) = settings.iter().find(|(given, _)| *given == name) {
            return Some((*value).to_owned());
        }
        match name {
            "SUPABASE_URL" => Some(api.state.supabase_url.clone()),
            "SUPABASE_ANON_KEY" => Some(api.state.anon_key.clone()),
            "SUPABASE_SERVICE_ROLE_KEY" => Some(api.state.service_role_key.clone()),
            name if name.ends_with("_BASE_URL") => Some(format!("{}/v1", api.state.provider_url)),
            name if name.ends_with("_API_KEY") => Some("sk-secret".to_owned()),
            _ => None,
        }
    });
    flowmeter_edge::router(settings.unwrap()).unwrap()
}

/// A name for a model that behaves as `model` and whose calls are told apart from all others.
pub(crate) fn tagged(model: &str) -> String {
    format!("{model}+{}", Uuid::new_v4())
}

/// What the provider counted for a tagged model.
pub(crate) async fn counted(api: &Api, model: &str, what: &str) -> i64 {
    api.provider_stats().await["models"][model][what].as_i64().unwrap_or(0)
}

/// The bodies of what a tagged model was asked.
pub(crate) async fn asked(api: &Api, model: &str) -> Vec<Value> {
    let url = format!("{}/requests", api.state.provider_url);
    let answer = send(api.http.get(url).query(&[("model", model)])).await;
    answer.body.as_array().unwrap().clone()
}

/// The JSON of each event, and whether the end mark came last.
pub(crate) async fn events(response: Response) -> (Vec<Value>, bool) {
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let text = response.text().await.unwrap();
    let mut data: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
    let done = data.pop_if(|data| *data == "[DONE]").is_some();
    (data.iter().map(|data| serde_json::from_str(data).expect(data)).collect(), done)
}

/// How much of a kind a person has used.
pub(crate) async fn used(api: &Api, person: &Person, kind: &str) -> i64 {
    api.quota(person.id).await[format!("{kind}_used")].as_i64().unwrap()
}

/// A small flow, as a client sends it to be changed.
pub(crate) fn small_flow() -> (Value, Value) {
    let node = |id: &str, kind: &str, x: f64| json!({"id": id, "type": kind, "data": {"label": id}, "position": {"x": x, "y": 7.5}, "theirs": 1});
    let nodes = json!([node("in", "input", 0.0), node("llm", "llm", 300.0), node("out", "output", 600.0)]);
    let edges = json!([
        {"id": "1", "source": "in", "target": "llm"},
        {"id": "2", "source": "llm", "target": "out", "animated": true},
    ]);
    (nodes, edges)
}
