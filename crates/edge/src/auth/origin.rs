//! What a browser must not be tricked into.
//!
//! A browser sends its cookies along with whatever any page asks of it. Two things tell our own pages
//! from others: a form cannot send `application/json`, and a script of another origin is named in
//! `Origin`. A bearer token is sent by nobody unasked and needs neither.

use axum::http::{HeaderMap, header};
use url::Url;

use crate::error::ApiError;
use crate::settings::SettingsError;

/// `EDGE_ALLOWED_ORIGINS`: the origins whose pages may call with a cookie.
pub(crate) struct Origins(Vec<String>);

impl Origins {
    /// Reads the list, separated by commas; without it no page may call with a cookie.
    pub(crate) fn from_env(var: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let list = var("EDGE_ALLOWED_ORIGINS").unwrap_or_default();
        let texts = list.split(',').map(str::trim).filter(|text| !text.is_empty());
        texts.map(origin).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a request with a cookie may have been meant.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let text =
            |name| headers.get(name).map(|value: &header::HeaderValue| value.to_str().unwrap_or_default());
        let kind = text(header::CONTENT_TYPE).and_then(|kind| kind.split(';').next()).unwrap_or_default();
        if !kind.trim().eq_ignore_ascii_case("application/json") {
            return Err(ApiError::NotJson);
        }
        // Programs that are no browser send none.
        match text(header::ORIGIN) {
            Some(origin) if !self.allows(origin) => Err(ApiError::OriginNotAllowed),
            _ => Ok(()),
        }
    }

    fn allows(&self, origin: &str) -> bool {
        self.0.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
    }
}

/// As a browser writes it: `https://app.example.com`, without a default port and without a path.
fn origin(text: &str) -> Result<String, SettingsError> {
    let wrong = || SettingsError::Wrong {
        name: "EDGE_ALLOWED_ORIGINS".to_owned(),
        fault: format!("{text:?} is not an origin like https://app.example.com"),
    };
    let url = Url::parse(text).map_err(|_| wrong())?;
    let origin = url.origin();
    let only_origin = url.path().trim_matches('/').is_empty() && url.query().is_none();
    // A custom scheme, as desktop webviews have it (tauri://localhost), is opaque to the URL standard.
    match (origin.is_tuple(), url.host_str()) {
        _ if !only_origin => Err(wrong()),
        (true, _) => Ok(origin.ascii_serialization()),
        (false, Some(host)) => Ok(format!("{}://{host}", url.scheme())),
        (false, None) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(list: &'static str) -> Result<Origins, SettingsError> {
        Origins::from_env(|_| Some(list.to_owned()))
    }

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        let origins = origins("https://Example.com:443/, http://localhost:3000,,tauri://localhost").unwrap();
        for allowed in ["https://example.com", "http://localhost:3000", "tauri://localhost"] {
            assert!(origins.allows(allowed), "{allowed}");
        }
        for other in ["null", "", "https://example.com.evil.org", "http://example.com", "http://localhost"] {
            assert!(!origins.allows(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused_by_name() {
        for bad in ["example.com", "*", "https://example.com/path", "https://a.example?x=1", "data:x"] {
            let fault = origins(bad).err().expect(bad).to_string();
            assert!(fault.starts_with("EDGE_ALLOWED_ORIGINS is wrong: "), "{fault}");
        }
    }
}
