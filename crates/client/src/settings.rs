//! Which project and which edge, and where the app keeps its data.
//!
//! Environment first, then `settings.json` in the data folder, which holds the same names in lower
//! case without the prefix: `{"supabase_url": …, "supabase_key": …, "edge_url": …}`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use flowmeter_domain::ipc::Demo;
use flowmeter_supabase::{Project, secure_url};
use url::Url;

const URL: &str = "FLOWMETER_SUPABASE_URL";
const KEY: &str = "FLOWMETER_SUPABASE_KEY";
const EDGE: &str = "FLOWMETER_EDGE_URL";
const DATA: &str = "FLOWMETER_DATA_DIR";
/// `email:password` of a local stack's demo account.
const DEMO: &str = "FLOWMETER_DEMO_ACCOUNT";

/// The app's folder below the system's folder for application data.
const FOLDER: &str = "dev.flowmeter.app";

/// What the client is to talk to.
#[derive(Debug)]
pub struct Settings {
    /// The Supabase project.
    pub project: Project,
    /// The edge service.
    pub edge_url: Url,
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
        let source = Source { file: File::read(&data_dir.join("settings.json"))?, var };

        let url = source.get(URL, "the address of the Supabase project, https://abcd.supabase.co")?;
        let key = source.get(KEY, "the project's publishable or anon key")?;
        let edge = source.get(EDGE, "the address of the edge service")?;
        secure_url(&url).map_err(wrong(URL))?;
        let project = Project::new(&url, &key).map_err(wrong(KEY))?;
        let edge_url = secure_url(&edge).map_err(wrong(EDGE))?;
        let demo = (source.var)(DEMO).filter(|_| project.is_local()).as_deref().and_then(demo);
        Ok(Self { project, edge_url, data_dir, demo })
    }
}

struct Source<F> {
    var: F,
    file: File,
}

impl<F: Fn(&str) -> Option<String>> Source<F> {
    fn get(&self, name: &'static str, wanted: &'static str) -> Result<String, SettingsError> {
        let key = name.trim_start_matches("FLOWMETER_").to_lowercase();
        let found = (self.var)(name).or_else(|| self.file.values.get(&key).cloned());
        let file = self.file.path.clone();
        found.ok_or(SettingsError::Missing { name, wanted, key, file })
    }
}

struct File {
    path: String,
    values: HashMap<String, String>,
}

impl File {
    fn read(path: &Path) -> Result<Self, SettingsError> {
        let shown = path.display().to_string();
        let Ok(text) = std::fs::read_to_string(path) else {
            return Ok(Self { path: shown, values: HashMap::new() });
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
        for (index, (name, _)) in GOOD.iter().enumerate() {
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
        assert_eq!(settings.project.host(), "abcd.supabase.co");
        assert_eq!(settings.edge_url.as_str(), "http://127.0.0.1:54821/");

        std::fs::write(dir.path().join("settings.json"), "{").unwrap();
        assert!(load(dir.path(), &GOOD).unwrap_err().contains("settings.json should hold a JSON object"));
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
