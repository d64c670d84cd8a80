//! The app as the system sees it: its windows, its processes, and what it put into the clipboard.

use std::fs;

use x11rb::CURRENT_TIME;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, MapState, Window, WindowClass,
};

use super::Machine;

/// Closes the app's window by its own button; `None` while there is none.
pub(crate) fn close_window() -> Option<()> {
    let (x, screen) = x11rb::connect(None).expect("a display");
    let root = x.setup().roots[screen].root;
    let atom = |name: &str| Some(x.intern_atom(false, name.as_bytes()).ok()?.reply().ok()?.atom);
    let (protocols, delete) = (atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?);
    let windows = x.query_tree(root).ok()?.reply().ok()?.children;
    let window = windows.into_iter().find(|window| is_ours(&x, *window))?;
    let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
    // Waits for the server's answer: it drops what it has not read when this connection closes.
    x.send_event(false, window, EventMask::NO_EVENT, message).ok()?.check().ok()
}

/// Whether the app has a window on the screen.
pub(crate) fn has_window() -> bool {
    let (x, screen) = x11rb::connect(None).expect("a display");
    let tree = x.query_tree(x.setup().roots[screen].root).ok().and_then(|tree| tree.reply().ok());
    tree.is_some_and(|tree| tree.children.into_iter().any(|window| is_ours(&x, window)))
}

fn is_ours(x: &impl Connection, window: Window) -> bool {
    let name = x.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64).ok();
    let name = name.and_then(|name| name.reply().ok()).map(|name| name.value);
    let seen = x.get_window_attributes(window).ok().and_then(|attributes| attributes.reply().ok());
    name.as_deref() == Some(b"Flowmeter") && seen.is_some_and(|seen| seen.map_state == MapState::VIEWABLE)
}

/// What another program would paste; `None` while nobody offers a text.
pub(crate) fn clipboard() -> Option<String> {
    let (x, screen) = x11rb::connect(None).expect("a display");
    let (window, root) = (x.generate_id().ok()?, x.setup().roots[screen].root);
    let look = CreateWindowAux::new();
    x.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &look).ok()?;
    let atom = |name: &str| Some(x.intern_atom(false, name.as_bytes()).ok()?.reply().ok()?.atom);
    let (clipboard, utf8, here) = (atom("CLIPBOARD")?, atom("UTF8_STRING")?, atom("PASTED")?);
    x.convert_selection(window, clipboard, utf8, here, CURRENT_TIME).ok()?.check().ok()?;
    while !matches!(x.wait_for_event().ok()?, Event::SelectionNotify(_)) {}
    let text = x.get_property(true, window, here, AtomEnum::ANY, 0, 1024).ok()?.reply().ok()?;
    String::from_utf8(text.value).ok().filter(|text| !text.is_empty())
}

/// Memory that the app on `machine` and all that it started hold, in MiB, and how many processes they are.
pub(crate) fn memory(machine: &Machine) -> (f64, usize) {
    let ids = of_the_app(machine);
    (ids.iter().map(|id| proportional_kib(*id)).sum::<f64>() / 1024.0, ids.len())
}

/// The processes of the app on `machine` and of all that it started.
pub(crate) fn of_the_app(machine: &Machine) -> Vec<i32> {
    let home = machine.home.path().display().to_string();
    processes().filter(|id| is_of_the_app(*id, &home)).collect()
}

fn processes() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// What it starts inherits its environment; so do the drivers, which are the test's.
fn is_of_the_app(id: i32, home: &str) -> bool {
    let read = |name: &str| fs::read(format!("/proc/{id}/{name}")).unwrap_or_default();
    let environment = String::from_utf8_lossy(&read("environ")).contains(&format!("HOME={home}\0"));
    let name = String::from_utf8_lossy(&read("comm")).trim().to_owned();
    environment && !name.starts_with("tauri-driver") && !name.starts_with("WebKitWebDriver")
}

/// Shared pages count by the share that is this process's.
fn proportional_kib(id: i32) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok()).unwrap_or_default()
}
