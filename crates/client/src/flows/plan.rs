//! From a sentence to a flow: one task drives a plan, and ends it exactly once.
//!
//! How it goes is told as a whole each time, for it is small; so a page that was reloaded misses nothing.

use std::time::{Duration, Instant};

use flowmeter_domain::flow::{Flow, PlanEvent, PlanRequest, labels_so_far};
use flowmeter_domain::ipc::{Origin, PlanEnd, PlanNews, PlanOutcome, PlanStep, Planning};
use flowmeter_domain::run::DONE;
use flowmeter_domain::{Charged, Code, Kind, Outcome, UiError};
use tokio_util::sync::CancellationToken;

use super::{Flows, GoingOn, arrange, shortened};
use crate::News;
use crate::edge::{Messages, Route, clipped};
use crate::sent::Sent;

/// A model's text is told of so often at most.
const PACE: Duration = Duration::from_millis(100);

/// A plan and its task.
pub(super) struct Plan {
    planning: Planning,
    stop: CancellationToken,
    /// The session under which it was started is over: nothing more is told of it.
    over: CancellationToken,
}

impl GoingOn {
    /// The newest plan as it is now.
    pub(super) fn planning(&self) -> Option<Planning> {
        let plan = self.plan.as_ref().filter(|plan| !plan.over.is_cancelled());
        plan.map(|plan| plan.planning.clone())
    }
}

impl Flows {
    /// Begins a plan and returns; its task owns it from here on.
    ///
    /// # Errors
    /// `INVALID_INPUT` for a sentence that the contract does not take; `CONFLICT` while another plan is
    /// being made.
    pub(crate) fn start_plan(&self, prompt: &str) -> Result<(), UiError> {
        let request = PlanRequest { prompt: checked(prompt)? };
        let over = self.0.session.over();
        let stop = over.child_token();
        let planning = Planning { prompt: request.prompt.clone(), steps: Vec::new(), end: None };
        {
            let mut going_on = self.going_on();
            if going_on.planning().is_some_and(|planning| planning.end.is_none()) {
                return Err(UiError::new(Code::Conflict, "a plan is being made"));
            }
            going_on.plan = Some(Plan { planning, stop: stop.clone(), over });
        }
        self.tell_plan();
        tokio::spawn(self.clone().drive_plan(request, stop));
        Ok(())
    }

    /// Stops the plan that is being made, if any.
    pub(crate) fn stop_plan(&self) {
        if let Some(plan) = &self.going_on().plan {
            plan.stop.cancel();
        }
    }

    /// Puts away a plan that ended.
    pub(crate) fn close_plan(&self) {
        self.going_on().plan.take_if(|plan| plan.planning.end.is_some());
        self.tell_plan();
    }

    async fn drive_plan(self, request: PlanRequest, stop: CancellationToken) {
        let sent = Sent::default();
        let made = tokio::select! {
            biased;
            () = stop.cancelled() => Err(Outcome::Cancelled),
            made = self.make(&request, &sent) => made,
        };
        let end = match made {
            Ok(Made { flow: Some(flow), charged }) => self.keep_planned(flow, &request, charged),
            Ok(Made { flow: None, charged }) => PlanEnd { outcome: PlanOutcome::Nothing, charged },
            Err(outcome) => ended(&sent, outcome),
        };
        let charged = end.charged;
        self.change_plan(|planning| planning.end = Some(end));
        self.0.quotas.read_after(charged).await;
    }

    /// # Errors
    /// How it ended without an answer.
    async fn make(&self, request: &PlanRequest, sent: &Sent) -> Result<Made, Outcome> {
        let failed = |cause| Outcome::Failed { cause };
        self.0.quotas.advise(Kind::FlowGenerations).await.map_err(failed)?;
        let answer = self.0.relay.post(Route::Plan, request, sent).await?;
        if !answer.is_stream() {
            return without_stream(answer.json().await?);
        }
        self.hear(answer.messages()?).await
    }

    /// Follows the stream. The flow is charged before it is sent, so it counts as soon as it is here.
    async fn hear(&self, mut messages: Messages) -> Result<Made, Outcome> {
        let incomplete = |cause| Outcome::Incomplete { cause };
        let fault = |code, message: &str| incomplete(UiError::new(code, message));
        let (mut thought, mut failure) = (Thought::default(), None);
        loop {
            let message = messages.next().await.map_err(incomplete)?;
            let Some(data) = message.filter(|data| data.trim() != DONE) else {
                return Err(fault(Code::Interrupted, "the plan ended without its result"));
            };
            let event = serde_json::from_str(&data);
            match event.map_err(|_| fault(Code::UnexpectedAnswer, "an event of the plan does not read"))? {
                PlanEvent::Progress { content } => thought.hear(&content),
                PlanEvent::Error { message } => {
                    failure = Some(UiError::new(Code::ExecutionFailed, clipped(message)));
                }
                PlanEvent::Result(flow) => {
                    self.tell_thought(&mut thought);
                    return Made::of(flow, failure);
                }
                event => self.note(&mut thought, event),
            }
            if thought.is_due() {
                self.tell_thought(&mut thought);
            }
        }
    }

    /// Tells how much of the answer is there, if there is more than was told.
    fn tell_thought(&self, thought: &mut Thought) {
        let Some(thinking) = thought.told() else { return };
        self.change_plan(|planning| match planning.steps.last_mut() {
            Some(last @ PlanStep::Thinking { .. }) => *last = thinking,
            _ => planning.steps.push(thinking),
        });
    }

    fn note(&self, thought: &mut Thought, event: PlanEvent) {
        self.tell_thought(thought);
        let step = match event {
            PlanEvent::Retrying { attempt, model } => PlanStep::Retrying { attempt, model },
            PlanEvent::Fallback { model } => PlanStep::Fallback { model },
            PlanEvent::Validation { faults, .. } => PlanStep::Checked { faults },
            PlanEvent::ValidationFix { repair, .. } => PlanStep::Mended { repair },
            _ => return,
        };
        if matches!(step, PlanStep::Retrying { .. } | PlanStep::Fallback { .. }) {
            // What came before is void.
            *thought = Thought::default();
        }
        self.change_plan(|planning| planning.steps.push(step));
    }

    fn keep_planned(&self, mut flow: Flow, request: &PlanRequest, charged: Charged) -> PlanEnd {
        let layout = arrange::layout_of(&flow);
        layout.place(&mut flow);
        let title = flow.title.clone().filter(|title| !title.trim().is_empty());
        let name = shortened(&title.unwrap_or_else(|| request.fallback_title()));
        let origin = Origin::Planned { prompt: request.prompt.clone() };
        let outcome = match self.keep(&flow, &origin, &name) {
            Ok(flow_id) => PlanOutcome::Made { flow_id },
            Err(cause) => PlanOutcome::Failed { cause },
        };
        PlanEnd { outcome, charged }
    }

    fn change_plan(&self, change: impl FnOnce(&mut Planning)) {
        if let Some(plan) = &mut self.going_on().plan {
            change(&mut plan.planning);
        }
        self.tell_plan();
    }

    pub(super) fn tell_plan(&self) {
        let planning = self.going_on().planning();
        self.0.events.tell(News::Plan(PlanNews { planning }));
    }
}

/// The text of an answer as far as it came.
#[derive(Default)]
struct Thought {
    text: String,
    /// How much of it was told, in bytes, and when.
    told: usize,
    told_at: Option<Instant>,
}

impl Thought {
    fn hear(&mut self, content: &str) {
        self.text.push_str(content);
    }

    fn is_due(&self) -> bool {
        self.told_at.is_none_or(|at| at.elapsed() >= PACE)
    }

    /// What is to be told now; `None` where nothing came since the last time.
    fn told(&mut self) -> Option<PlanStep> {
        if self.told == self.text.len() {
            return None;
        }
        (self.told, self.told_at) = (self.text.len(), Some(Instant::now()));
        let characters = self.text.chars().count() as u64;
        Some(PlanStep::Thinking { characters, labels: labels_so_far(&self.text) })
    }
}

/// An answer: a flow, or one without nodes.
struct Made {
    flow: Option<Flow>,
    charged: Charged,
}

impl Made {
    /// A result is always sent; it is empty after an error.
    fn of(flow: Flow, failure: Option<UiError>) -> Result<Self, Outcome> {
        match failure {
            Some(cause) => Err(Outcome::Failed { cause }),
            None if flow.nodes.is_empty() => Ok(Self { flow: None, charged: Charged::No }),
            None => Ok(Self { flow: Some(flow), charged: Charged::Yes }),
        }
    }
}

/// The contract's plain JSON: nothing was asked of a model, or it failed outside of the stream.
fn without_stream(json: serde_json::Value) -> Result<Made, Outcome> {
    if let Some(error) = json["error"].as_str() {
        let cause = UiError::new(Code::ExecutionFailed, clipped(error.to_owned()));
        return Err(Outcome::Failed { cause });
    }
    let unexpected = |_| UiError::new(Code::UnexpectedAnswer, "the answer is not a plan");
    let flow: Flow =
        serde_json::from_value(json).map_err(unexpected).map_err(|cause| Outcome::Incomplete { cause })?;
    Made::of(flow, None)
}

fn ended(sent: &Sent, outcome: Outcome) -> PlanEnd {
    let end = sent.end(outcome);
    let outcome = match end.outcome {
        Outcome::Failed { cause } | Outcome::Incomplete { cause } => PlanOutcome::Failed { cause },
        Outcome::Cancelled | Outcome::Completed => PlanOutcome::Cancelled,
    };
    PlanEnd { outcome, charged: end.charged }
}

/// A sentence as the contract takes it.
pub(super) fn checked(prompt: &str) -> Result<String, UiError> {
    let prompt = prompt.trim();
    let length = prompt.chars().count();
    if (1..=PlanRequest::LONGEST).contains(&length) {
        return Ok(prompt.to_owned());
    }
    let allowed = PlanRequest::LONGEST;
    Err(UiError::new(
        Code::InvalidInput,
        format!("the prompt has {length} characters; 1 to {allowed} are allowed"),
    ))
}
