//! Which project and which edge, and where the app keeps its data.
//!
//! Environment first, then `settings.json` in the data folder, which holds the same names in lower
//! case without the prefix: `{"supabase_url": …, "supabase_key": …, "edge_url": …}`. With neither the
//! app asks, and [`save`] writes the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use flowmeter_domain::ipc::Demo;
use flowmeter_domain::{Code, UiError};
use flowmeter_supabase::{InvalidProject, Project, secure_url};
use url::Url;

const URL: &str = "FLOWMETER_SUPABASE_URL";
const KEY: &str = "FLOWMETER_SUPABASE_KEY";
const EDGE: &str = "FLOWMETER_EDGE_URL";
const DATA: &str = "FLOWMETER_DATA_DIR";
/// `email:password` of a local stack's demo account.
const DEMO: &str = "FLOWMETER_DEMO_ACCOUNT";

/// The app's folder below the system's folder for application data.
const FOLDER: &str = "dev.flowmeter.app";
/// The settings in the data folder.
const FILE: &str = "settings.json";

/// A project and the edge in front of its providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The Supabase project.
    pub project: Project,
    /// The edge service.
    pub edge_url: Url,
    /// The project's publishable or anon key, to be remembered beside its address.
    pub(crate) key: String,
}

impl Connection {
    /// Reads what a person, a file or the environment says.
    ///
    /// # Errors
    /// [`InvalidProject`] for the first of the three that cannot be right.
    pub(crate) fn parse(url: &str, key: &str, edge_url: &str) -> Result<Self, InvalidProject> {
        let project = Project::new(url, key)?;
        Ok(Self { project, edge_url: secure_url(edge_url)?, key: key.trim().to_owned() })
    }
}

/// What the client is to talk to.
#[derive(Debug)]
pub struct Settings {
    /// Where the first sign-in goes; `None` when nothing is set, and the person is asked.
    pub connection: Option<Connection>,
    /// Whether the environment names the project: then only its accounts are shown at the start.
    pub is_pinned: bool,
    /// Store and settings live here.
    pub data_dir: PathBuf,
    /// Offered at the sign-in; only ever for a project on this machine.
    pub demo: Option<Demo>,
}

/// A setting that is missing or wrong; the text names it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not set anywhere.
    #[error("{name} is not set: {wanted} (or put {key:?} into {file})")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What it should hold.
        wanted: &'static str,
        /// The same setting's name in the file.
        key: String,
        /// The file.
        file: String,
    },
    /// Set to something that cannot be right.
    #[error("{name} is wrong: {fault}")]
    Wrong {
        /// The variable.
        name: &'static str,
        /// What is wrong.
        fault: String,
    },
    /// The file is there but cannot be read.
    #[error("{file} should hold a JSON object of texts: {fault}")]
    BadFile {
        /// The file.
        file: String,
        /// What is wrong.
        fault: String,
    },
    /// This system names no folder for application data.
    #[error("FLOWMETER_DATA_DIR is not set, and this system names no folder for application data")]
    NoDataDir,
}

impl Settings {
    /// Reads the settings; `var` looks an environment variable up.
    ///
    /// # Errors
    /// [`SettingsError`], for the first setting at fault.
    pub fn load(var: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let var = |name: &str| var(name).filter(|value| !value.trim().is_empty());
        let data_dir = match var(DATA) {
            Some(folder) => PathBuf::from(folder),
            None => dirs::data_dir().ok_or(SettingsError::NoDataDir)?.join(FOLDER),
        };
        let source = Source { file: File::read(&data_dir.join(FILE))?, var };
        let is_pinned = (source.var)(URL).is_some();
        let connection = if source.is_empty() { None } else { Some(source.connection()?) };
        let is_local = connection.as_ref().is_some_and(|connection| connection.project.is_local());
        let demo = (source.var)(DEMO).filter(|_| is_local).as_deref().and_then(demo);
        Ok(Self { connection, is_pinned, data_dir, demo })
    }
}

/// Writes `connection` into the settings of `data_dir`; other settings in the file stay.
///
/// # Errors
/// `STORE_FAILED` when the file cannot be read or written.
pub(crate) fn save(data_dir: &Path, connection: &Connection) -> Result<(), UiError> {
    let failed = |fault: &dyn std::fmt::Display| UiError::new(Code::StoreFailed, format!("{FILE}: {fault}"));
    let path = data_dir.join(FILE);
    let mut values = File::read(&path).map_err(|fault| failed(&fault))?.values;
    let Connection { project, edge_url, key } = connection;
    for (name, value) in [(URL, project.url().as_str()), (KEY, key), (EDGE, edge_url.as_str())] {
        values.insert(key_of(name), value.to_owned());
    }
    let text = serde_json::to_string_pretty(&values).map_err(|fault| failed(&fault))?;
    // Beside it first: a crash leaves the old file or the new one, never half of one.
    let written = path.with_extension("json.new");
    std::fs::write(&written, text)
        .and_then(|()| std::fs::rename(&written, &path))
        .map_err(|fault| failed(&fault))
}

/// The name of a setting in the file.
fn key_of(name: &str) -> String {
    name.trim_start_matches("FLOWMETER_").to_lowercase()
}

struct Source<F> {
    var: F,
    file: File,
}

impl<F: Fn(&str) -> Option<String>> Source<F> {
    /// Whether none of the three is set anywhere.
    fn is_empty(&self) -> bool {
        [URL, KEY, EDGE]
            .iter()
            .all(|name| (self.var)(name).is_none() && !self.file.values.contains_key(&key_of(name)))
    }

    fn connection(&self) -> Result<Connection, SettingsError> {
        let url = self.get(URL, "the address of the Supabase project, https://abcd.supabase.co")?;
        let key = self.get(KEY, "the project's publishable or anon key")?;
        let edge = self.get(EDGE, "the address of the edge service")?;
        secure_url(&url).map_err(wrong(URL))?;
        let project = Project::new(&url, &key).map_err(wrong(KEY))?;
        let edge_url = secure_url(&edge).map_err(wrong(EDGE))?;
        Ok(Connection { project, edge_url, key: key.trim().to_owned() })
    }

    fn get(&self, name: &'static str, wanted: &'static str) -> Result<String, SettingsError> {
        let key = key_of(name);
        let found = (self.var)(name).or_else(|| self.file.values.get(&key).cloned());
        let file = self.file.path.clone();
        found.ok_or(SettingsError::Missing { name, wanted, key, file })
    }
}

struct File {
    path: String,
    values: BTreeMap<String, String>,
}

impl File {
    fn read(path: &Path) -> Result<Self, SettingsError> {
        let shown = path.display().to_string();
        let Ok(text) = std::fs::read_to_string(path) else {
            return Ok(Self { path: shown, values: BTreeMap::new() });
        };
        match serde_json::from_str(&text) {
            Ok(values) => Ok(Self { path: shown, values }),
            Err(fault) => Err(SettingsError::BadFile { file: shown, fault: fault.to_string() }),
        }
    }
}

fn wrong<E: std::fmt::Display>(name: &'static str) -> impl FnOnce(E) -> SettingsError {
    move |fault| SettingsError::Wrong { name, fault: fault.to_string() }
}

fn demo(account: &str) -> Option<Demo> {
    let (email, password) = account.split_once(':')?;
    Some(Demo { email: email.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(dir: &Path, vars: &[(&str, &str)]) -> Result<Settings, String> {
        let dir = dir.display().to_string();
        let find =
            |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let var = |name: &str| if name == DATA { Some(dir.clone()) } else { find(name) };
        Settings::load(var).map_err(|fault| fault.to_string())
    }

    const GOOD: [(&str, &str); 3] =
        [(URL, "http://127.0.0.1:54820"), (KEY, "anon"), (EDGE, "http://127.0.0.1:54821")];

    #[test]
    fn a_missing_or_wrong_setting_is_named() {
        let dir = tempfile::tempdir().unwrap();
        for (index, (name, _)) in GOOD.iter().enumerate().skip(1) {
            let fault = load(dir.path(), &GOOD[..index]).unwrap_err();
            assert!(fault.starts_with(&format!("{name} is not set: ")), "{fault}");
        }
        let fault = load(dir.path(), &[(URL, "http://example.com"), GOOD[1], GOOD[2]]).unwrap_err();
        assert!(
            fault.starts_with("FLOWMETER_SUPABASE_URL is wrong: http://example.com is not https"),
            "{fault}"
        );
    }

    #[test]
    fn the_file_fills_what_the_environment_leaves_open() {
        let dir = tempfile::tempdir().unwrap();
        let text = r#"{"supabase_url": "https://abcd.supabase.co", "supabase_key": "k", "edge_url": "https://edge.example"}"#;
        std::fs::write(dir.path().join("settings.json"), text).unwrap();
        let settings = load(dir.path(), &[GOOD[2]]).unwrap();
        let connection = settings.connection.unwrap();
        assert_eq!(connection.project.host(), "abcd.supabase.co");
        assert_eq!(connection.edge_url.as_str(), "http://127.0.0.1:54821/");
        assert!(!settings.is_pinned);

        std::fs::write(dir.path().join("settings.json"), "{").unwrap();
        assert!(load(dir.path(), &GOOD).unwrap_err().contains("settings.json should hold a JSON object"));
    }

    #[test]
    fn with_nothing_set_the_person_is_asked_and_the_answer_is_kept_beside_other_settings() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(load(dir.path(), &[]).unwrap().connection, None);
        std::fs::write(dir.path().join(FILE), r#"{"other": "stays"}"#).unwrap();
        let connection = load(dir.path(), &GOOD).unwrap().connection.unwrap();

        save(dir.path(), &connection).unwrap();

        assert_eq!(load(dir.path(), &[]).unwrap().connection, Some(connection));
        assert!(std::fs::read_to_string(dir.path().join(FILE)).unwrap().contains("stays"));
    }

    #[test]
    fn a_demo_account_is_for_this_machine_only() {
        let dir = tempfile::tempdir().unwrap();
        let demo = (DEMO, "mei@example.com:pass:word");
        let local = load(dir.path(), &[GOOD[0], GOOD[1], GOOD[2], demo]).unwrap();
        assert_eq!(local.demo.unwrap().password, "pass:word");
        let hosted = [(URL, "https://abcd.supabase.co"), GOOD[1], GOOD[2], demo];
        assert_eq!(load(dir.path(), &hosted).unwrap().demo, None);
    }
}
