//! The edge service inside this process, with every provider pointed at the scripted one.

use axum::Router;

use crate::Error;
use crate::tokens::ApiKeys;

/// The edge for this project and this provider.
pub(crate) fn router(supabase_url: &str, keys: &ApiKeys, provider_url: &str) -> Result<Router, Error> {
    let settings = flowmeter_edge::Settings::from_env(|name| match name {
        "SUPABASE_URL" => Some(supabase_url.to_owned()),
        "SUPABASE_ANON_KEY" => Some(keys.anon.clone()),
        "SUPABASE_SERVICE_ROLE_KEY" => Some(keys.service_role.clone()),
        // The environment is not asked: a real key that is set there must not reach this stack.
        name if name.ends_with("_BASE_URL") => Some(format!("{provider_url}/v1")),
        name if name.ends_with("_API_KEY") => Some("local".to_owned()),
        _ => None,
    });
    let settings = settings.map_err(|error| Error::Edge(error.to_string()))?;
    flowmeter_edge::router(settings).map_err(|error| Error::Edge(error.to_string()))
}
