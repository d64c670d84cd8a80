//! The desktop shell: an adapter between Tauri and `flowmeter-client`, and nothing more.
//!
//! - `commands`: the page's requests, each a few lines that call the client.
//! - `events`: the client's news on their way to the page, the tray and the notifications.
//! - `window`, `tray`, `notify`: the three faces; `texts`: what the last two say.
//! - `life`: when the app opens its window, stays without one, and ends.
//! - `preferences`: what a person chose, as far as the shell puts it in force.
//! - `single`: one app for each data folder.
//!
//! Deliberately not here: decisions. What can be decided is decided in the client, where no window
//! is needed to test it.

mod commands;
mod events;
mod life;
mod notify;
mod preferences;
mod single;
mod texts;
mod tray;
mod window;

use std::sync::Arc;

use anyhow::Context;
use flowmeter_client::secrets::Keychain;
use flowmeter_client::{Client, Outside, Settings};
use flowmeter_domain::UiError;
use tauri::{AppHandle, Manager};
use tracing_subscriber::EnvFilter;

use crate::events::ShellEvents;
use crate::notify::Notifier;
use crate::tray::Tray;

/// Runs the app until it is left.
///
/// # Errors
/// A wrong setting, no display. A store that cannot be used is told in the window.
pub fn run() -> anyhow::Result<()> {
    paint_without_a_card();
    log_to_stderr();
    let settings = Settings::load(|name| std::env::var(name).ok())?;
    check_display()?;
    let commands = commands::all();
    let app = tauri::Builder::default()
        .plugin(single::plugin(&settings.data_dir))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(tauri_plugin_autostart::Builder::new().arg(life::HIDDEN).build())
        .invoke_handler(move |invoke| commands.answer(invoke))
        .build(tauri::generate_context!())
        .context("the window cannot be opened")?;
    // Not in Tauri's `setup`, which turns an error into a panic. The window opens with the event loop.
    if let Err(fault) = open_client(app.handle(), settings) {
        tracing::error!("{fault}");
        app.manage(NotOpened(fault));
    }
    app.run(life::on_event);
    Ok(())
}

/// Why there is no [`Client`]: the window opens all the same, and says so to whoever started the app from
/// an icon and reads no standard error.
struct NotOpened(UiError);

/// Where the app keeps its data.
struct DataFolder(std::path::PathBuf);

fn open_client(app: &AppHandle, settings: Settings) -> Result<(), UiError> {
    let outside = Outside::new(Arc::new(Keychain), Arc::new(ShellEvents::new(app.clone())));
    app.manage(DataFolder(settings.data_dir.clone()));
    app.manage(Notifier::default());
    app.manage(Tray::new(app.clone()));
    let client = Client::open(settings, outside)?;
    app.manage(client.clone());
    preferences::hold(app, &client.preferences());
    app.state::<Tray>().begin(&client);
    tauri::async_runtime::spawn(async move { client.keep_up_to_date().await });
    Ok(())
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,flowmeter=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Where there is no graphics card WebKitGTK would have a library play one, also to paint what it then has to put
/// together by the same library. Told by its environment, before there is a second thread; who chose, has chosen.
#[cfg(target_os = "linux")]
fn paint_without_a_card() {
    if !std::path::Path::new("/dev/dri").exists() {
        // Painted the slow way it is painted, too.
        let _ = gtk::glib::setenv("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1", false);
    }
}

#[cfg(not(target_os = "linux"))]
fn paint_without_a_card() {}

/// Tauri's event loop ends the process with a panic when there is no display: ask GTK first.
#[cfg(target_os = "linux")]
fn check_display() -> anyhow::Result<()> {
    let display = "there is no display: start it in a desktop session, or with `xvfb-run -a`";
    gtk::init().ok().context(display)
}

#[cfg(not(target_os = "linux"))]
fn check_display() -> anyhow::Result<()> {
    Ok(())
}
