//! The app's client on the stack, with a key store in memory.

use std::sync::Arc;

use flowmeter_client::secrets::MemorySecrets;
use flowmeter_client::{Client, Events, News, Outside, Settings};
use flowmeter_domain::ipc::SignIn;
use tempfile::TempDir;

use super::{Api, Person};

struct Silence;

impl Events for Silence {
    fn tell(&self, _: News) {}
}

/// A client on which `person` is signed in, and the folder that it needs.
pub(crate) async fn client(api: &Api, person: &Person) -> (Client, TempDir) {
    let data = tempfile::tempdir().unwrap();
    let settings = Settings::load(|name| match name {
        "FLOWMETER_SUPABASE_URL" => Some(api.state.supabase_url.clone()),
        "FLOWMETER_SUPABASE_KEY" => Some(api.state.anon_key.clone()),
        "FLOWMETER_EDGE_URL" => Some(api.state.edge_url.clone()),
        "FLOWMETER_DATA_DIR" => Some(data.path().display().to_string()),
        _ => None,
    });
    let outside = Outside::new(Arc::new(MemorySecrets::default()), Arc::new(Silence));
    let client = Client::open(settings.unwrap(), outside).unwrap();
    client.sign_in(SignIn { email: person.email.clone(), password: person.password.clone() }).await.unwrap();
    (client, data)
}
