//! The menu of the tray: a line for each quota, how old they are, and what can be done.

use flowmeter_client::Client;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::{AppHandle, Manager, Wry};

use super::face::Face;
use crate::texts::Texts;
use crate::window;

const OPEN: &str = "open";
const REFRESH: &str = "refresh";
const QUIT: &str = "quit";
/// Lines that only inform lead to the window.
const LINE: &str = "line";

/// The menu and what changes in it.
pub(super) struct TrayMenu {
    root: Menu<Wry>,
    rows: Vec<MenuItem<Wry>>,
    status: MenuItem<Wry>,
    actions: [(MenuItem<Wry>, &'static str); 3],
    /// What stands there now.
    shown: Vec<String>,
}

impl TrayMenu {
    pub(super) fn new(app: &AppHandle, texts: &Texts) -> tauri::Result<Self> {
        let item = |id, text: &str| MenuItem::with_id(app, id, text, true, None::<&str>);
        let status = item(LINE, &texts.text("tray-reading"))?;
        let actions = [
            (item(OPEN, "")?, "tray-open"),
            (item(REFRESH, "")?, "tray-refresh"),
            (item(QUIT, "")?, "tray-quit"),
        ];
        let (first, second) = (PredefinedMenuItem::separator(app)?, PredefinedMenuItem::separator(app)?);
        let root =
            Menu::with_items(app, &[&status, &first, &actions[0].0, &actions[1].0, &second, &actions[2].0])?;
        Ok(Self { root, rows: Vec::new(), status, actions, shown: Vec::new() })
    }

    pub(super) fn root(&self) -> &Menu<Wry> {
        &self.root
    }

    /// Says what `face` says; what stands there already is left alone.
    pub(super) fn show(&mut self, app: &AppHandle, face: &Face, texts: &Texts) -> tauri::Result<()> {
        self.fit(app, face.rows.len())?;
        let actions = self.actions.iter().map(|(_, id)| texts.text(id));
        let wanted: Vec<String> =
            face.rows.iter().cloned().chain([face.status.clone()]).chain(actions).collect();
        let items = self.rows.iter().chain([&self.status]).chain(self.actions.iter().map(|(item, _)| item));
        for (place, (item, text)) in items.zip(&wanted).enumerate() {
            if self.shown.get(place) != Some(text) {
                item.set_text(text)?;
            }
        }
        self.shown = wanted;
        Ok(())
    }

    /// As many lines as there are quotas.
    fn fit(&mut self, app: &AppHandle, count: usize) -> tauri::Result<()> {
        if self.rows.len() != count {
            self.shown.clear();
        }
        while self.rows.len() > count {
            if let Some(row) = self.rows.pop() {
                self.root.remove(&row)?;
            }
        }
        while self.rows.len() < count {
            // An id of its own: items are told apart by it when one is removed.
            let id = format!("{LINE}-{}", self.rows.len());
            let row = MenuItem::with_id(app, id, "", true, None::<&str>)?;
            self.root.insert(&row, self.rows.len())?;
            self.rows.push(row);
        }
        Ok(())
    }
}

/// The person chose an item.
pub(super) fn chosen(app: &AppHandle, id: &str) {
    match id {
        QUIT => app.exit(0),
        REFRESH => {
            let client = app.state::<Client>().inner().clone();
            // What came of it arrives as news.
            tauri::async_runtime::spawn(async move { client.refresh_quota().await });
        }
        _ => window::open(app),
    }
}
