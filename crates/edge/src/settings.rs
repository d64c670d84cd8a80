//! What can be configured, by environment; each fault is one line that names the variable.

use flowmeter_supabase::Project;
use secrecy::SecretString;

use crate::providers::Providers;

/// The service's settings.
pub struct Settings {
    pub(crate) project: Project,
    pub(crate) service_role_key: SecretString,
    pub(crate) providers: Providers,
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
        let var = |name: &str| var(name).filter(|value| !value.trim().is_empty());
        let required = |name, wanted| var(name).ok_or(SettingsError::Missing { name, wanted });

        let url = required("SUPABASE_URL", "the address of the project, https://abcd.supabase.co")?;
        let key = required("SUPABASE_ANON_KEY", "the project's publishable or anon key")?;
        let service = required("SUPABASE_SERVICE_ROLE_KEY", "the project's secret or service_role key")?;
        let project = Project::new(&url, &key).map_err(|fault| SettingsError::Wrong {
            name: "SUPABASE_URL or SUPABASE_ANON_KEY".to_owned(),
            fault: fault.to_string(),
        })?;
        Ok(Self { project, service_role_key: service.into(), providers: Providers::from_env(var)? })
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
    }
}
