//! The desktop's notification daemon, on the session bus (Desktop Notifications Specification 1.2).

use std::collections::HashMap;
use std::time::Duration;

use flowmeter_domain::ipc::Permission;
use tauri::AppHandle;
use zbus::zvariant::Value;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// A daemon that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(5);

/// There is nobody to ask for leave, but there may be nobody to show anything.
pub(super) async fn ask() -> Permission {
    match call("GetServerInformation", &()).await {
        Ok(()) => Permission::Granted,
        Err(_) => Permission::Absent,
    }
}

pub(super) fn show(app: &AppHandle, title: &str, body: &str) -> Result<(), (Permission, String)> {
    let (name, icon) = (&app.package_info().name, &app.config().identifier);
    let hints = HashMap::from([("desktop-entry", Value::from(icon.as_str()))]);
    let actions: Vec<&str> = Vec::new();
    // Replaces none, and stays for as long as the desktop wants.
    let request = (name.as_str(), 0_u32, icon.as_str(), title, body, actions, hints, -1_i32);
    tauri::async_runtime::block_on(call("Notify", &request)).map_err(|cause| (Permission::Absent, cause))
}

async fn call<B>(method: &str, body: &B) -> Result<(), String>
where
    B: serde::Serialize + zbus::zvariant::DynamicType + Sync,
{
    let asked = async {
        let bus = zbus::Connection::session().await?;
        bus.call_method(Some(NAME), PATH, Some(NAME), method, body).await
    };
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    answer.map_err(|_| "no answer".to_owned())?.map(drop).map_err(|error| error.to_string())
}
