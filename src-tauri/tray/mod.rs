//! The tray: where a person stands, without a window.
//!
//! News come from any thread; they are noted at once and drawn on the main thread, together when they
//! come together. Texts are changed in place, because a menu that is rebuilt closes under the pointer.
//! On Linux the menu is all that can carry numbers. Where there is no tray the app simply goes on.
//!
//! Not here: what is shown ([`face`]) and how the icon looks ([`ring`]).

mod face;
mod host;
mod menu;
mod ring;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flowmeter_client::{Client, News};
use flowmeter_domain::ipc::Start;
use flowmeter_domain::preferences::Preferences;
use flowmeter_domain::{Language, Level};
use jiff::Timestamp;
use tauri::image::Image;
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager, Theme};

use self::face::{Face, Known};
use self::menu::TrayMenu;
use self::ring::{Variant, ring};
use crate::texts::{self, Texts};
use crate::window;

/// Ages are told in minutes: half of one keeps them right.
const TICK: Duration = Duration::from_secs(30);

/// The tray of the app.
pub(crate) struct Tray {
    app: AppHandle,
    known: Mutex<Known>,
    texts: Mutex<Texts>,
    /// `None` until the event loop runs, and where there is no tray.
    drawn: Mutex<Option<Drawn>>,
    /// Whether a drawing is on its way to the main thread.
    scheduled: AtomicBool,
}

/// What is on the screen.
struct Drawn {
    icon: TrayIcon,
    menu: TrayMenu,
    picture: Option<Picture>,
}

/// What an icon is drawn from.
#[derive(Clone, Copy, PartialEq)]
struct Picture {
    level: Option<Level>,
    share: f64,
    size: u32,
    variant: Variant,
}

impl Tray {
    pub(crate) fn new(app: AppHandle) -> Self {
        Self {
            app,
            known: Mutex::default(),
            texts: Mutex::new(texts::of(Language::default())),
            drawn: Mutex::default(),
            scheduled: AtomicBool::default(),
        }
    }

    /// Puts the icon into the tray and keeps its ages right. On the main thread, with the event loop running.
    pub(crate) fn open(&self) {
        // The library that Linux takes is loaded at run time, and its absence is a panic.
        let drawn = catch_unwind(AssertUnwindSafe(|| self.build()));
        match drawn.unwrap_or(Err(tauri::Error::FailedToReceiveMessage)) {
            Ok(drawn) => *lock(&self.drawn) = Some(drawn),
            Err(error) => return tracing::warn!(%error, "there is no tray"),
        }
        self.draw();
        let app = self.app.clone();
        tauri::async_runtime::spawn(async move {
            loop {
                tokio::time::sleep(TICK).await;
                app.state::<Tray>().schedule();
            }
        });
    }

    fn build(&self) -> tauri::Result<Drawn> {
        let menu = TrayMenu::new(&self.app, &lock(&self.texts))?;
        let icon = TrayIconBuilder::with_id("flowmeter")
            .menu(menu.root())
            .show_menu_on_left_click(cfg!(target_os = "macos"))
            .icon_as_template(cfg!(target_os = "macos"))
            .on_menu_event(|app, event| menu::chosen(app, event.id().as_ref()))
            .on_tray_icon_event(|icon, event| {
                if is_left_click(&event) && cfg!(windows) {
                    window::open(icon.app_handle());
                }
            })
            .build(&self.app)?;
        Ok(Drawn { icon, menu, picture: None })
    }

    /// Whether a person can see it: an app without a window must not stay where nobody finds it.
    pub(crate) async fn is_seen(&self) -> bool {
        let built = lock(&self.drawn).is_some();
        built && host::is_there().await
    }

    /// Takes in what the client knows at the start, before it tells anything.
    pub(crate) fn begin(&self, client: &Client) {
        let Start { session, quota, .. } = client.start(String::new());
        self.hear(&News::Session(session));
        self.hear(&News::Quota(quota));
    }

    /// Takes in what the client tells.
    pub(crate) fn hear(&self, news: &News) {
        match news {
            News::Session(session) => lock(&self.known).session = Some(session.clone()),
            News::Quota(quota) => lock(&self.known).quota = quota.clone(),
            _ => return,
        }
        self.schedule();
    }

    /// Takes in what the person chose.
    pub(crate) fn prefer(&self, preferences: &Preferences, language: Language) {
        lock(&self.known).figures = preferences.figures;
        *lock(&self.texts) = texts::of(language);
        self.schedule();
    }

    /// Draws soon; several who ask before that share one drawing.
    pub(crate) fn schedule(&self) {
        if self.scheduled.swap(true, Ordering::SeqCst) {
            return;
        }
        let app = self.app.clone();
        // An event loop that is gone has nothing to draw on.
        let _ = self.app.run_on_main_thread(move || app.state::<Tray>().draw());
    }

    fn draw(&self) {
        self.scheduled.store(false, Ordering::SeqCst);
        let mut drawn = lock(&self.drawn);
        let Some(drawn) = drawn.as_mut() else { return };
        let texts = lock(&self.texts);
        let face = Face::new(&lock(&self.known), &texts, Timestamp::now());
        if let Err(error) = drawn.show(&self.app, &face, &texts) {
            tracing::warn!(%error, "the tray was not drawn");
        }
    }
}

impl Drawn {
    fn show(&mut self, app: &AppHandle, face: &Face, texts: &Texts) -> tauri::Result<()> {
        self.menu.show(app, face, texts)?;
        let picture =
            Picture { level: face.level, share: face.share, size: size(app), variant: variant(app) };
        if self.picture == Some(picture) {
            return Ok(());
        }
        let Picture { level, share, size, variant } = picture;
        self.icon.set_icon(Some(Image::new_owned(ring(level, share, size, variant), size, size)))?;
        self.icon.set_tooltip(Some(face.rows.first().unwrap_or(&face.status)))?;
        self.picture = Some(picture);
        Ok(())
    }
}

fn is_left_click(event: &TrayIconEvent) -> bool {
    matches!(
        event,
        TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. }
    )
}

/// How large the system shows it, in its own pixels, so that it need not be scaled.
fn size(app: &AppHandle) -> u32 {
    let scale = app.primary_monitor().ok().flatten().map_or(1.0, |monitor| monitor.scale_factor());
    let points = if cfg!(windows) { 16.0 } else { 22.0 };
    (points * scale.clamp(1.0, 4.0)).round() as u32
}

/// Panels are dark on most Linux desktops, whatever the windows are.
fn variant(app: &AppHandle) -> Variant {
    let theme = window::main(app).and_then(|window| window.theme().ok());
    match theme {
        _ if cfg!(target_os = "macos") => Variant::Template,
        Some(Theme::Light) if cfg!(windows) => Variant::Light,
        _ => Variant::Dark,
    }
}

/// A panic of another thread leaves values that are whole: each is replaced at once.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
