//! One app for each data folder: a second launch brings the first one's window forward and ends. Two
//! apps on the same data would take each other's refresh tokens.
//!
//! Where there is no session bus nothing can be asked, and the app starts.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use tauri::Wry;
use tauri::plugin::TauriPlugin;
use tauri_plugin_single_instance::Builder;

use crate::window;

/// To be the first of all plugins: what comes after it is not for a second launch.
pub(crate) fn plugin(data_dir: &Path) -> TauriPlugin<Wry> {
    Builder::new().callback(|app, _, _| window::open(app)).dbus_id(name_of(data_dir)).build()
}

/// On the session bus, below the app's identifier.
fn name_of(data_dir: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    std::path::absolute(data_dir).as_deref().unwrap_or(data_dir).hash(&mut hasher);
    format!("dev.flowmeter.app.d{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_folders_have_two_names_and_one_folder_has_one() {
        assert_eq!(name_of(Path::new("/a")), name_of(Path::new("/a/")));
        assert_ne!(name_of(Path::new("/a")), name_of(Path::new("/b")));
    }
}
