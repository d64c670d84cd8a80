//! When the app opens its window, comes forward, stays without one, and ends.

use std::time::Duration;

use flowmeter_client::Client;
use tauri::{AppHandle, ExitRequestApi, Manager, RunEvent, WindowEvent};

use crate::tray::Tray;
use crate::window;

/// Given by the system when it starts the app at login: then the tray is enough.
pub(crate) const HIDDEN: &str = "--hidden";
/// At login the panel may come later than the app: so often it is looked for, a second apart.
const LOOKS_FOR_TRAY: u32 = 10;
/// How often it is looked whether the last run has ended, when the window is closed.
const LOOK_FOR_END: Duration = Duration::from_secs(1);

/// Takes in what the event loop tells.
pub(crate) fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::Ready => start(app),
        RunEvent::WindowEvent { event: WindowEvent::Focused(true), .. } => came_forward(app),
        RunEvent::ExitRequested { code: None, api, .. } => last_window_closed(app, &api),
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::open(app),
        _ => {}
    }
}

fn start(app: &AppHandle) {
    if client(app).is_none() {
        return window::open(app);
    }
    app.state::<Tray>().open();
    if !std::env::args().any(|argument| argument == HIDDEN) {
        return window::open(app);
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        for _ in 0..LOOKS_FOR_TRAY {
            if app.state::<Tray>().is_seen().await {
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        window::open(&app);
    });
}

/// `None` where its data cannot be opened: then there is a window that says so, and nothing else.
fn client(app: &AppHandle) -> Option<Client> {
    app.try_state::<Client>().map(|client| client.inner().clone())
}

fn came_forward(app: &AppHandle) {
    let Some(client) = client(app) else { return };
    tauri::async_runtime::spawn(async move { client.came_forward().await });
}

/// Stays, if the person wants that and can find the app again; else until what is under way has ended, which may
/// have been paid for.
fn last_window_closed(app: &AppHandle, api: &ExitRequestApi) {
    let Some(client) = client(app) else { return app.exit(1) };
    let stays = client.preferences().close_to_tray;
    if !stays && !client.is_at_work() {
        return;
    }
    api.prevent_exit();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if stays && app.state::<Tray>().is_seen().await {
            return;
        }
        while client.is_at_work() {
            tokio::time::sleep(LOOK_FOR_END).await;
        }
        // What ended is being written down.
        tokio::time::sleep(LOOK_FOR_END).await;
        // Whoever opened the app once more meanwhile has a window again.
        if app.webview_windows().is_empty() {
            app.exit(0);
        }
    });
}
