//! Every mail that the stack sends, to whomever: kept in memory and shown at `/mail`.
//!
//! Nothing leaves this machine. Newest first, as a page for people and as JSON for programs.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{Query, State};
use axum::response::Html;
use html_escape::encode_text;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::gateway::Project;
use crate::page;

/// Older mails are forgotten.
const KEPT: usize = 200;

/// A mail with a code.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Mail {
    pub(super) to: String,
    pub(super) subject: &'static str,
    /// What `/verify` takes as its `type`: `signup`, `magiclink` or `recovery`.
    pub(super) purpose: &'static str,
    pub(super) code: String,
    pub(super) sent_at: Timestamp,
}

/// The mails, newest first.
#[derive(Default)]
pub(crate) struct Mailbox(Mutex<VecDeque<Mail>>);

impl Mailbox {
    /// After the transaction that made its code: whoever reads it may use it at once.
    pub(super) fn post(&self, mail: Mail) {
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mails.push_front(mail);
        mails.truncate(KEPT);
    }

    fn mails(&self, to: Option<&str>) -> Vec<Mail> {
        let mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = mails.iter().filter(|mail| to.is_none_or(|to| mail.to.eq_ignore_ascii_case(to)));
        wanted.cloned().collect()
    }
}

#[derive(Deserialize)]
pub(crate) struct Filter {
    /// Only what was sent to this address.
    to: Option<String>,
}

/// `/mail.json`
pub(crate) async fn list(
    State(project): State<Arc<Project>>,
    Query(filter): Query<Filter>,
) -> Json<Vec<Mail>> {
    Json(project.auth.mailbox.mails(filter.to.as_deref()))
}

/// `/mail`
pub(crate) async fn show(State(project): State<Arc<Project>>, Query(filter): Query<Filter>) -> Html<String> {
    let mails = project.auth.mailbox.mails(filter.to.as_deref());
    let body = if mails.is_empty() {
        "<p>No mail yet. Ask for a code in the app, then <a href=\"\">reload this page</a>.</p>".to_owned()
    } else {
        format!("<ol>{}</ol>", mails.iter().map(entry).collect::<String>())
    };
    let lead = "Every mail of this local stack ends here, whoever it is for. Nothing is sent anywhere.";
    page::page("Mail", &format!("<h1>Mail</h1><p class=\"lead\">{lead}</p>{body}"))
}

fn entry(mail: &Mail) -> String {
    let Mail { to, subject, code, sent_at, .. } = mail;
    format!(
        "<li><article><h2>{subject}</h2><p>To {}, <time datetime=\"{sent_at}\">{}</time></p>\
         <p>Your code: <code>{code}</code></p></article></li>",
        encode_text(to),
        sent_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
    )
}
