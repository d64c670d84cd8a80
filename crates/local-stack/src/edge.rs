//! The edge service inside this process, with every provider pointed at the scripted one.

use flowmeter_edge::Settings;
use tokio::net::TcpListener;

use crate::Error;
use crate::tokens::{ApiKeys, JWT_SECRET};

/// More than any test runs at once for one person.
const RUNS_PER_USER: &str = "1024";

/// The edge's settings for this project and this provider.
pub(crate) fn settings(supabase_url: &str, keys: &ApiKeys, provider_url: &str) -> Result<Settings, Error> {
    let settings = Settings::from_env(|name| match name {
        "SUPABASE_URL" => Some(supabase_url.to_owned()),
        "SUPABASE_ANON_KEY" => Some(keys.anon.clone()),
        "SUPABASE_SERVICE_ROLE_KEY" => Some(keys.service_role.clone()),
        "SUPABASE_JWT_SECRET" => Some(JWT_SECRET.to_owned()),
        "EDGE_RUNS_PER_USER" => Some(RUNS_PER_USER.to_owned()),
        // The environment is not asked: a real key that is set there must not reach this stack.
        name if name.ends_with("_BASE_URL") => Some(format!("{provider_url}/v1")),
        name if name.ends_with("_API_KEY") => Some("local".to_owned()),
        _ => None,
    });
    settings.map_err(|error| Error::Edge(error.to_string()))
}

/// The edge as its own program serves it, until this is dropped.
pub(crate) async fn serve(listener: TcpListener, settings: Settings) {
    if let Err(error) = flowmeter_edge::serve(listener, settings, std::future::pending()).await {
        tracing::error!(%error, "the edge ended");
    }
}
