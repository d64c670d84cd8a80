//! The mails that a stack sent.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use uuid::Uuid;

use super::{Api, send};

/// An address that nobody has yet.
pub(crate) fn new_address() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("person-{}-{}@example.com", COUNT.fetch_add(1, Ordering::Relaxed), Uuid::new_v4().simple())
}

impl Api {
    /// Every mail to this address, newest first.
    pub(crate) async fn mails(&self, to: &str) -> Vec<Value> {
        let request = self.http.get(format!("{}.json", self.state.mail_url)).query(&[("to", to)]);
        send(request).await.body.as_array().cloned().unwrap()
    }

    /// The code of the newest one.
    pub(crate) async fn code(&self, to: &str) -> String {
        let mails = self.mails(to).await;
        let newest = mails.first().unwrap_or_else(|| panic!("no mail to {to}"));
        newest["code"].as_str().unwrap().to_owned()
    }
}
