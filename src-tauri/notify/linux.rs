//! The desktop's notification daemon, on the session bus (Desktop Notifications Specification 1.2).

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use flowmeter_domain::ipc::Permission;
use futures_util::StreamExt;
use serde::Serialize;
use tauri::AppHandle;
use tokio::sync::{Mutex, OnceCell};
use zbus::proxy::SignalStream;
use zbus::zvariant::{DynamicDeserialize, DynamicType, Value};
use zbus::{Connection, Proxy};

use super::Words;
use crate::window;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// As the installed package names it in the desktop's themes; its entry has the app's name.
const ICON: &str = env!("CARGO_PKG_NAME");
/// What a click on the notification itself is called.
const DEFAULT: &str = "default";
/// A daemon that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(5);

/// The daemon, and what it shows of ours.
///
/// Kept over notifications: many daemons tell a click only to the connection that showed it.
struct Daemon {
    proxy: Proxy<'static>,
    /// Held while one more is shown, so that no click comes before its id is known.
    shown: Mutex<BTreeSet<u32>>,
}

static DAEMON: OnceCell<Daemon> = OnceCell::const_new();

/// There is nobody to ask for leave, but there may be nobody to show anything.
pub(super) async fn ask(app: &AppHandle) -> Permission {
    let asked = async {
        daemon(app).await?.call::<_, (String, String, String, String)>("GetServerInformation", &()).await
    };
    match asked.await {
        Ok(_) => Permission::Granted,
        Err(_) => Permission::Absent,
    }
}

pub(super) fn show(app: &AppHandle, words: &Words) -> Result<(), (Permission, String)> {
    let shown = tauri::async_runtime::block_on(async { daemon(app).await?.show(app, words).await });
    shown.map_err(|cause| (Permission::Absent, cause))
}

async fn daemon(app: &AppHandle) -> Result<&'static Daemon, String> {
    let reached = DAEMON.get_or_try_init(|| async {
        let proxy = Proxy::new_owned(Connection::session().await?, NAME, PATH, NAME).await?;
        let clicks = proxy.receive_signal("ActionInvoked").await?;
        tauri::async_runtime::spawn(open_on_click(app.clone(), clicks));
        Ok(Daemon { proxy, shown: Mutex::default() })
    });
    reached.await.map_err(|error: zbus::Error| error.to_string())
}

/// Daemons that tell everybody's clicks to everybody exist too: only ours open the window.
async fn open_on_click(app: AppHandle, mut clicks: SignalStream<'static>) {
    while let Some(click) = clicks.next().await {
        let Ok((id, action)) = click.body().deserialize::<(u32, String)>() else { continue };
        let Some(daemon) = DAEMON.get() else { continue };
        if action == DEFAULT && daemon.shown.lock().await.remove(&id) {
            window::open(&app);
        }
    }
}

impl Daemon {
    async fn show(&self, app: &AppHandle, words: &Words) -> Result<(), String> {
        let name = &app.package_info().name;
        let hints = HashMap::from([("desktop-entry", Value::from(name.as_str()))]);
        let actions = [DEFAULT, words.open.as_str()];
        // Replaces none, and stays for as long as the desktop wants.
        let request = (
            name.as_str(),
            0_u32,
            ICON,
            words.title.as_str(),
            words.body.as_str(),
            actions.as_slice(),
            hints,
            -1_i32,
        );
        let mut shown = self.shown.lock().await;
        shown.insert(self.call("Notify", &request).await?);
        Ok(())
    }

    async fn call<B, A>(&self, method: &str, body: &B) -> Result<A, String>
    where
        B: Serialize + DynamicType + Sync,
        A: for<'a> DynamicDeserialize<'a>,
    {
        let answer = tokio::time::timeout(PATIENCE, self.proxy.call(method, body)).await;
        answer.map_err(|_| "no answer".to_owned())?.map_err(|error| error.to_string())
    }
}
