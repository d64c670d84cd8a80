//! One request to the edge in the name of the person, and its answer as it is written.
//!
//! Whoever runs a node uses this: it gets credentials, asks the advice, sends, merges the text, and
//! ends exactly once. A request that may have been paid for is never sent twice from here. Not here:
//! who keeps the text and tells of it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use flowmeter_domain::ipc::End;
use flowmeter_domain::run::{DONE, StreamMessage};
use flowmeter_domain::{Code, Delta, Kind, NodeRequest, Outcome, UiError};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::edge::{Answer, Edge, Messages, Route, clipped};
use crate::merge::Merger;
use crate::quota::Quotas;
use crate::sent::Sent;
use crate::session::{FOR_A_RELAY, Session};

/// Sends requests to the edge as the person of one desk. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Relay {
    edge: Edge,
    session: Session,
    quotas: Quotas,
}

/// How a node is run.
pub(crate) struct Asked<'a> {
    /// What is asked.
    pub(crate) request: &'a NodeRequest,
    /// Whether the answer arrives as it is written, or as a whole.
    pub(crate) stream: bool,
    /// Gets the tokens that the provider counted, if it says.
    pub(crate) tokens: Option<&'a AtomicU64>,
}

impl<'a> From<&'a NodeRequest> for Asked<'a> {
    fn from(request: &'a NodeRequest) -> Self {
        Self { request, stream: true, tokens: None }
    }
}

impl Relay {
    pub(crate) fn new(edge: Edge, session: Session, quotas: Quotas) -> Self {
        Self { edge, session, quotas }
    }

    /// Runs one node, until it ends or `stop` is cancelled, which closes the connection at once. `hear`
    /// gets its text in order and merged: the first delta at once, then one each 40 ms or 2 KiB; all of it
    /// before the end is given back.
    pub(crate) async fn run(
        &self,
        asked: impl Into<Asked<'_>>,
        stop: &CancellationToken,
        mut hear: impl FnMut(Delta) + Send,
    ) -> End {
        let (asked, sent, mut merger) = (asked.into(), Sent::default(), Merger::default());
        let outcome = tokio::select! {
            biased;
            () = stop.cancelled() => Outcome::Cancelled,
            outcome = self.answer(&asked, &sent, &mut merger, &mut hear) => outcome,
        };
        merger.take(Instant::now()).into_iter().for_each(&mut hear);
        sent.end(outcome)
    }

    /// Sends `body` to `route` with credentials that live long enough to be charged with. A refusal of
    /// who is asking comes before any work and any charge, so the session is renewed once and the
    /// request sent again; a second refusal is final.
    ///
    /// # Errors
    /// The outcome of a request that got no success.
    pub(crate) async fn post(
        &self,
        route: Route,
        body: &(impl Serialize + Sync),
        sent: &Sent,
    ) -> Result<Answer, Outcome> {
        let credentials = self.session.credentials(FOR_A_RELAY).await.map_err(failed)?;
        sent.set(true);
        let refused = match self.edge.post(route, &credentials, body).await {
            Err(outcome) if is_refusal(&outcome) => outcome,
            answer => return answer,
        };
        sent.set(false);
        self.session.distrust(&credentials.access_token);
        let renewed = match self.session.credentials(FOR_A_RELAY).await {
            Ok(renewed) => renewed,
            Err(cause) if matches!(cause.code, Code::NotSignedIn | Code::SessionEnded) => {
                return Err(refused);
            }
            // The session lives: that it could not be renewed just now is what helps to know.
            Err(cause) => return Err(failed(cause)),
        };
        sent.set(true);
        let answer = self.edge.post(route, &renewed, body).await;
        if answer.as_ref().is_err_and(is_refusal) {
            self.session.refused_again(&renewed.access_token);
        }
        answer
    }

    async fn answer(
        &self,
        asked: &Asked<'_>,
        sent: &Sent,
        merger: &mut Merger,
        hear: &mut (impl FnMut(Delta) + Send),
    ) -> Outcome {
        if !asked.stream {
            return self.whole(asked.request, sent).await.map_or_else(
                |outcome| outcome,
                |text| {
                    hear(text);
                    Outcome::Completed
                },
            );
        }
        match self.open(asked.request, sent).await {
            Ok(messages) => pass_on(messages, asked.tokens, merger, hear).await,
            Err(outcome) => outcome,
        }
    }

    async fn open(&self, request: &NodeRequest, sent: &Sent) -> Result<Messages, Outcome> {
        self.quotas.advise(Kind::LlmExecutions).await.map_err(failed)?;
        self.post(Route::RunNodeStream, request, sent).await?.messages()
    }

    /// The answer as a whole: it comes when the work is done and charged.
    async fn whole(&self, request: &NodeRequest, sent: &Sent) -> Result<Delta, Outcome> {
        self.quotas.advise(Kind::LlmExecutions).await.map_err(failed)?;
        let answer = self.post(Route::RunNode, request, sent).await?;
        let WholeAnswer { response, reasoning } = answer.json().await?;
        Ok(Delta { content: response, reasoning: reasoning.unwrap_or_default() })
    }
}

/// The body of an answer of `/api/run-node`.
#[derive(Deserialize)]
struct WholeAnswer {
    response: String,
    reasoning: Option<String>,
}

async fn pass_on(
    mut messages: Messages,
    tokens: Option<&AtomicU64>,
    merger: &mut Merger,
    hear: &mut (impl FnMut(Delta) + Send),
) -> Outcome {
    loop {
        let due = merger.due().map(tokio::time::Instant::from_std);
        tokio::select! {
            biased;
            // Behind `due` there is text that waits: it goes before more is taken in.
            () = sleep_until(due) => merger.take(Instant::now()).into_iter().for_each(&mut *hear),
            message = messages.next() => match read(message, tokens) {
                Ok(delta) => merger.push(&delta, Instant::now()).into_iter().for_each(&mut *hear),
                Err(outcome) => return outcome,
            },
        }
    }
}

/// A delta, or how the answer ends.
fn read(message: Result<Option<String>, UiError>, tokens: Option<&AtomicU64>) -> Result<Delta, Outcome> {
    let incomplete = |cause| Outcome::Incomplete { cause };
    let Some(data) = message.map_err(incomplete)? else {
        return Err(incomplete(UiError::new(Code::Interrupted, "the stream ended without its end mark")));
    };
    if data.trim() == DONE {
        return Err(Outcome::Completed);
    }
    match serde_json::from_str(&data) {
        Ok(StreamMessage::Delta(delta)) => Ok(delta),
        Ok(StreamMessage::Counted { delta, tokens: counted }) => {
            tokens.iter().for_each(|tokens| tokens.store(counted, Ordering::SeqCst));
            Ok(delta)
        }
        Ok(StreamMessage::Error { error, code }) => {
            Err(failed(UiError::new(code.unwrap_or(Code::ExecutionFailed), clipped(error))))
        }
        Err(_) => Err(incomplete(UiError::new(
            Code::UnexpectedAnswer,
            "an event of the stream is not the contract's",
        ))),
    }
}

fn failed(cause: UiError) -> Outcome {
    Outcome::Failed { cause }
}

/// Whether the edge did not accept who is asking.
fn is_refusal(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed { cause } if cause.code == Code::NotSignedIn)
}

async fn sleep_until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
