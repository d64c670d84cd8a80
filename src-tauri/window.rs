//! The one window: opened when it is wanted, and really gone when it is closed.
//!
//! A closed window takes its webview with it, which is most of the app's memory; the next one begins
//! with what the client knows.

use flowmeter_client::Client;
use tauri::{AppHandle, Manager, WebviewWindow, WebviewWindowBuilder};
use url::Url;

use crate::preferences;

/// Its label; capabilities and events name it too.
pub(crate) const MAIN: &str = "main";

/// The window, while it is open.
pub(crate) fn main(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(MAIN)
}

/// Brings the window forward, or opens it anew.
pub(crate) fn open(app: &AppHandle) {
    let opened = match main(app) {
        Some(window) => bring_forward(&window),
        None => build(app),
    };
    if let Err(error) = opened {
        tracing::error!(%error, "the window does not open");
    }
}

fn bring_forward(window: &WebviewWindow) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

fn build(app: &AppHandle) -> tauri::Result<()> {
    let configured = app.config().app.windows.iter().find(|window| window.label == MAIN);
    let Some(configured) = configured.cloned() else { return Err(tauri::Error::WindowNotFound) };
    let theme = app.try_state::<Client>().and_then(|client| preferences::theme(&client.preferences()));
    let window = WebviewWindowBuilder::from_config(app, &configured)?.theme(theme);
    window.on_navigation(is_ours).build().map(drop)
}

/// The window shows our page and no other, whatever is pressed or dropped on it.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        // How Windows spells the same.
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_other_page_is_shown() {
        let is_ours = |url: &str| is_ours(&Url::parse(url).unwrap());
        assert!(is_ours("tauri://localhost") && is_ours("http://tauri.localhost/index.html"));
        for other in
            ["https://a.example", "http://localhost", "data:text/html,a", "file:///etc/passwd", "about:blank"]
        {
            assert!(!is_ours(other), "{other}");
        }
    }
}
