//! Which Supabase project, and the public key to knock with.

use url::{Host, Url};

/// A project's address and its publishable or anon key. The key is public: it names the project
/// and opens nothing by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    url: Url,
    key: String,
}

/// Why an address or a key cannot be a project's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProject {
    /// Not an absolute http(s) address.
    #[error("{0:?} is not an address like https://abcd.supabase.co")]
    NotAnAddress(String),
    /// Credentials would travel in the clear.
    #[error("{0} is not https; plain http is accepted for this machine only")]
    Insecure(String),
    /// The key is missing or contains what no header can carry.
    #[error("the project key should be the publishable or anon key of the project")]
    BadKey,
}

impl Project {
    /// A project at `url`, such as `https://abcd.supabase.co`.
    ///
    /// # Errors
    /// [`InvalidProject`] when the address or the key cannot be right.
    pub fn new(url: &str, key: &str) -> Result<Self, InvalidProject> {
        let url = secure_url(url)?;
        let key = key.trim();
        if key.is_empty() || !key.chars().all(|c| c.is_ascii_graphic()) {
            return Err(InvalidProject::BadKey);
        }
        Ok(Self { url, key: key.to_owned() })
    }

    /// The project's address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The host, with the port where one is named: what a person recognises.
    pub fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// `sb-<first label of the host>-auth-token`, as Supabase's libraries name their cookie.
    pub fn cookie_name(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("sb-{}-auth-token", host.split('.').next().unwrap_or_default())
    }

    /// Whether the project runs on this machine.
    pub fn is_local(&self) -> bool {
        is_loopback(&self.url)
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The address of a path below the project, such as `auth/v1/user`.
    pub(crate) fn endpoint(&self, path_and_query: &str) -> Url {
        let (path, query) = path_and_query
            .split_once('?')
            .map_or((path_and_query, None), |(path, query)| (path, Some(query)));
        // Only the path is parsed: the host is known to be good, and reading it again costs more.
        let mut url = self.url.clone();
        url.set_path(&format!("{}/{path}", self.url.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }
}

/// An https address, or an http one on this machine.
///
/// # Errors
/// [`InvalidProject::NotAnAddress`] or [`InvalidProject::Insecure`].
pub fn secure_url(text: &str) -> Result<Url, InvalidProject> {
    let not_an_address = || InvalidProject::NotAnAddress(text.to_owned());
    let url = Url::parse(text.trim()).map_err(|_| not_an_address())?;
    match url.scheme() {
        "https" if url.host().is_some() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(InvalidProject::Insecure(text.to_owned())),
        _ => Err(not_an_address()),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_named_after_the_first_label_of_the_host() {
        let name = |url| Project::new(url, "key").unwrap().cookie_name();
        assert_eq!(name("https://abcd.supabase.co"), "sb-abcd-auth-token");
        assert_eq!(name("http://127.0.0.1:54321"), "sb-127-auth-token");
        assert_eq!(name("http://localhost:54321/"), "sb-localhost-auth-token");
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        let refused = |url: &str| Project::new(url, "key").unwrap_err();
        assert_eq!(
            refused("http://abcd.supabase.co"),
            InvalidProject::Insecure("http://abcd.supabase.co".into())
        );
        assert_eq!(refused("abcd"), InvalidProject::NotAnAddress("abcd".into()));
        assert!(Project::new("http://[::1]:1", "key").is_ok());
    }

    #[test]
    fn a_key_that_no_header_can_carry_is_refused() {
        for key in ["", "  ", "a\nb", "ключ"] {
            assert_eq!(Project::new("https://abcd.supabase.co", key).unwrap_err(), InvalidProject::BadKey);
        }
    }
}
