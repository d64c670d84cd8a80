//! What can be configured, by environment; each fault is one line that names the variable.

use std::net::SocketAddr;
use std::time::Duration;

use flowmeter_supabase::Project;
use secrecy::SecretString;

use crate::auth::{Issuer, Origins};
use crate::completion::Patience;
use crate::limits::Limits;
use crate::planner::Planner;
use crate::providers::Providers;
use crate::quota::Counting;

const DEFAULT_LISTEN: &str = "127.0.0.1:8787";

/// The service's settings.
pub struct Settings {
    pub(crate) project: Project,
    pub(crate) service_role_key: SecretString,
    pub(crate) providers: Providers,
    pub(crate) patience: Patience,
    pub(crate) planner: Planner,
    pub(crate) issuer: Issuer,
    pub(crate) origins: Origins,
    pub(crate) limits: Limits,
    pub(crate) counting: Counting,
    listen: SocketAddr,
    log: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// A variable that is missing or wrong.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// It is not there, and there is no default.
    #[error("{name} is not set: {wanted}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What it should hold.
        wanted: &'static str,
    },
    /// It holds something that cannot be right.
    #[error("{name} is wrong: {fault}")]
    Wrong {
        /// The variable.
        name: String,
        /// What is wrong, without the value where that may be a secret.
        fault: String,
    },
}

impl Settings {
    /// Reads the settings through `var`, which looks a variable up.
    ///
    /// # Errors
    /// [`SettingsError`], for the first variable at fault.
    pub fn from_env(var: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let var = &|name: &str| var(name).filter(|value| !value.trim().is_empty());
        let required = |name, wanted| var(name).ok_or(SettingsError::Missing { name, wanted });

        let url = required("SUPABASE_URL", "the address of the project, https://abcd.supabase.co")?;
        let key = required("SUPABASE_ANON_KEY", "the project's publishable or anon key")?;
        let service = required("SUPABASE_SERVICE_ROLE_KEY", "the project's secret or service_role key")?;
        let project = Project::new(&url, &key).map_err(|fault| SettingsError::Wrong {
            name: "SUPABASE_URL or SUPABASE_ANON_KEY".to_owned(),
            fault: fault.to_string(),
        })?;
        Ok(Self {
            issuer: Issuer::from_env(&project, var),
            origins: Origins::from_env(var)?,
            limits: Limits::from_env(var)?,
            listen: listen(var("EDGE_LISTEN"))?,
            log: log_format(var("EDGE_LOG"))?,
            providers: Providers::from_env(var)?,
            patience: Patience::from_env(var)?,
            planner: Planner::from_env(var)?,
            counting: Counting::from_env(var)?,
            service_role_key: service.into(),
            project,
        })
    }

    /// `EDGE_LISTEN`: where the program listens.
    pub fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// `EDGE_LOG`: how the program logs.
    pub fn log(&self) -> LogFormat {
        self.log
    }
}

/// A duration in seconds, `1.5` for one and a half, of at least `least`.
pub(crate) fn seconds(
    var: impl Fn(&str) -> Option<String>,
    name: &str,
    default: f64,
    least: f64,
) -> Result<Duration, SettingsError> {
    let Some(text) = var(name) else { return Ok(Duration::from_secs_f64(default)) };
    let number = text.trim().parse().ok().filter(|number| (least..=86_400.0).contains(number));
    number.map(Duration::from_secs_f64).ok_or_else(|| SettingsError::Wrong {
        name: name.to_owned(),
        fault: format!("{text:?} is not a number of seconds from {least} to 86400"),
    })
}

fn listen(given: Option<String>) -> Result<SocketAddr, SettingsError> {
    let text = given.unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
    text.trim().parse().map_err(|_| SettingsError::Wrong {
        name: "EDGE_LISTEN".to_owned(),
        fault: format!("{text:?} is not an address and a port like {DEFAULT_LISTEN}"),
    })
}

fn log_format(given: Option<String>) -> Result<LogFormat, SettingsError> {
    match given.as_deref().map(str::trim) {
        None | Some("text") => Ok(LogFormat::Text),
        Some("json") => Ok(LogFormat::Json),
        Some(other) => Err(SettingsError::Wrong {
            name: "EDGE_LOG".to_owned(),
            fault: format!("{other:?} is neither text nor json"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(vars: &[(&str, &str)]) -> String {
        let find =
            |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Settings::from_env(find).err().expect("a fault").to_string()
    }

    #[test]
    fn each_fault_is_one_line_that_names_the_variable() {
        let url = ("SUPABASE_URL", "https://abcd.supabase.co");
        let (anon, service) = (("SUPABASE_ANON_KEY", "anon"), ("SUPABASE_SERVICE_ROLE_KEY", "secret"));
        assert!(fault(&[]).starts_with("SUPABASE_URL is not set: "));
        assert!(fault(&[url]).starts_with("SUPABASE_ANON_KEY is not set: "));
        assert!(
            fault(&[url, anon, ("SUPABASE_SERVICE_ROLE_KEY", " ")])
                .starts_with("SUPABASE_SERVICE_ROLE_KEY is not set")
        );
        assert!(fault(&[("SUPABASE_URL", "abcd"), anon, service]).contains("\"abcd\" is not an address"));
        let provider = fault(&[url, anon, service, ("OPENAI_BASE_URL", "nowhere")]);
        assert_eq!(provider, "OPENAI_BASE_URL is wrong: it should be an http or https address");
        assert!(!fault(&[url, anon, service, ("GROQ_BASE_URL", "x")]).contains('\n'));
        for (name, value) in [
            ("EDGE_LISTEN", "8787"),
            ("EDGE_LOG", "xml"),
            ("EDGE_RUNS_PER_USER", "many"),
            ("EDGE_PROVIDER_TOTAL_SECONDS", "NaN"),
            ("EDGE_PROVIDER_SILENCE_SECONDS", "0"),
            ("EDGE_PLAN_RETRY_SECONDS", "-1"),
            ("EDGE_LEASE_SECONDS", "soon"),
            ("EDGE_ALLOWED_ORIGINS", "example.com"),
        ] {
            let text = fault(&[url, anon, service, (name, value)]);
            assert!(
                text.starts_with(&format!("{name} is wrong: {value:?}")) && !text.contains('\n'),
                "{text}"
            );
        }
    }
}
