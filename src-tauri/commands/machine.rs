//! This machine: what it offers, its folders, its browser.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use flowmeter_client::Client;
use flowmeter_domain::history::Exported;
use flowmeter_domain::ipc::{
    Folder, GetMachine, Machine, OpenFolder, OpenLink, Permission, SaveFlow, SaveHistory, SaveRun, Saved,
};
use flowmeter_domain::{Code, UiError, link};
use tauri::{AppHandle, Manager};

use super::Reply;
use crate::DataFolder;
use crate::notify::{self, Notifier};
use crate::tray::Tray;

/// A folder with more copies of one file than this is not what anybody wants.
const MOST_COPIES: u32 = 1000;

pub(super) async fn get_machine(app: AppHandle, _: GetMachine) -> Reply<GetMachine> {
    let wanted = app.state::<Client>().preferences().notifications.enabled;
    if wanted && app.state::<Notifier>().permission() == Permission::Unasked {
        notify::ask(&app).await;
    }
    Ok(Machine {
        data_folder: data(&app).display().to_string(),
        tray: app.state::<Tray>().is_seen().await,
        notifications: app.state::<Notifier>().permission(),
        version: app.package_info().version.to_string(),
    })
}

pub(super) async fn open_folder(app: AppHandle, request: OpenFolder) -> Reply<OpenFolder> {
    let folder = match request.folder {
        Folder::Data => data(&app),
        Folder::Downloads => downloads(&app)?,
    };
    tauri_plugin_opener::open_path(folder, None::<&str>)
        .map_err(|error| UiError::new(Code::NotFound, error.to_string()))
}

/// The page asked the same before it offered the link; here it is what holds.
pub(super) async fn open_link(_: AppHandle, request: OpenLink) -> Reply<OpenLink> {
    let refused = || UiError::new(Code::InvalidInput, "this address is not opened");
    let url = link::parse(&request.address).ok_or_else(refused)?;
    tauri_plugin_opener::open_url(url.as_str(), None::<&str>)
        .map_err(|fault| UiError::new(Code::BrowserFailed, fault.to_string()))
}

pub(super) async fn save_history(app: AppHandle, request: SaveHistory) -> Reply<SaveHistory> {
    let exported = app.state::<Client>().export_history(request).await?;
    save_among_downloads(&app, &exported)
}

pub(super) async fn save_flow(app: AppHandle, request: SaveFlow) -> Reply<SaveFlow> {
    let exported = app.state::<Client>().export_flow(request).await?;
    save_among_downloads(&app, &exported)
}

pub(super) async fn save_run(app: AppHandle, request: SaveRun) -> Reply<SaveRun> {
    let exported = app.state::<Client>().export_run(request).await?;
    save_among_downloads(&app, &exported)
}

fn save_among_downloads(app: &AppHandle, exported: &Exported) -> Result<Saved, UiError> {
    let folder = downloads(app)?;
    let path = save(&folder, exported)
        .map_err(|error| UiError::new(Code::StoreFailed, format!("{}: {error}", folder.display())))?;
    Ok(Saved { path: path.display().to_string() })
}

fn data(app: &AppHandle) -> PathBuf {
    app.state::<DataFolder>().0.clone()
}

/// Not every system names a folder for downloads; a home it has.
fn downloads(app: &AppHandle) -> Result<PathBuf, UiError> {
    let paths = app.path();
    let folder = paths.download_dir().or_else(|_| paths.home_dir());
    folder.map_err(|error| UiError::new(Code::StoreFailed, error.to_string()))
}

/// Never over a file that is there already.
fn save(folder: &Path, exported: &Exported) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    for copy in 1..MOST_COPIES {
        let path = folder.join(name(&exported.file_name, copy));
        match File::create_new(&path) {
            Ok(mut file) => return file.write_all(exported.text.as_bytes()).map(|()| path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

fn name(file_name: &str, copy: u32) -> String {
    match file_name.rsplit_once('.') {
        Some((stem, extension)) if copy > 1 => format!("{stem} ({copy}).{extension}"),
        _ => file_name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let exported = |text: &str| Exported { file_name: "history.csv".into(), text: text.into() };
        let first = save(folder.path(), &exported("one")).unwrap();
        let second = save(folder.path(), &exported("two")).unwrap();
        assert_eq!(first.file_name().unwrap(), "history.csv");
        assert_eq!(second.file_name().unwrap(), "history (2).csv");
        assert_eq!(std::fs::read_to_string(first).unwrap(), "one");
        assert_eq!(std::fs::read_to_string(second).unwrap(), "two");
    }
}
