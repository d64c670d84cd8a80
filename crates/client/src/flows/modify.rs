//! A change of a flow by a sentence: asked for, shown, then taken or dropped.
//!
//! Nothing of the flow changes before the person takes it. Only what changes is asked for first; where
//! the model gives something else, the edge asks it for the whole flow. What is proposed is kept for
//! this launch, so that a page that was reloaded still shows it.

use std::collections::HashSet;

use flowmeter_domain::flow::{Action, Change, Difference, Fault, Flow, ModifyRequest, validate};
use flowmeter_domain::ipc::{Decision, FlowId, FlowView, ModifyFlow, ModifyState, Modifying, Origin};
use flowmeter_domain::{Charged, Code, Kind, Outcome, UiError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Flows, arrange, plan};
use crate::edge::Route;
use crate::sent::Sent;

/// A change that is asked for, or was.
pub(super) struct Asked {
    modifying: Modifying,
    /// Tells it from one that was asked for before or after it.
    ask: Uuid,
    /// The flow after it, once it is proposed.
    after: Option<Flow>,
    stop: CancellationToken,
    /// The session under which it was asked for is over: it is nobody's.
    over: CancellationToken,
}

/// What a task knows of what it asks for.
struct Ask {
    flow_id: FlowId,
    id: Uuid,
    stop: CancellationToken,
}

impl Asked {
    /// What is told of it.
    pub(super) fn told(&self) -> Option<Modifying> {
        (!self.over.is_cancelled()).then(|| self.modifying.clone())
    }

    /// Whether the flow must stay as it is for it.
    pub(super) fn waits(&self) -> bool {
        let open = matches!(self.modifying.state, ModifyState::Asking | ModifyState::Proposed { .. });
        open && !self.over.is_cancelled()
    }

    pub(super) fn stop(&self) {
        self.stop.cancel();
    }
}

impl Flows {
    /// Asks for a change and returns; what comes of it is told.
    ///
    /// # Errors
    /// `INVALID_INPUT`, `NOT_FOUND`, `CONFLICT` while another change of this flow waits.
    pub(crate) fn modify(&self, request: &ModifyFlow) -> Result<(), UiError> {
        let flow_id = request.flow_id;
        let prompt = plan::checked(&request.prompt)?;
        let flow = self.kept(flow_id)?.flow;
        self.check_free(flow_id)?;
        let over = self.0.session.over();
        let stop = over.child_token();
        let mode = request.mode;
        let modifying = Modifying { prompt: prompt.clone(), mode, state: ModifyState::Asking, charged: None };
        let ask = Ask { flow_id, id: Uuid::new_v4(), stop: stop.clone() };
        let asked = Asked { modifying, ask: ask.id, after: None, stop, over };
        self.going_on().asked.insert(flow_id, asked);
        self.tell_view(flow_id);
        let (current_nodes, current_edges) = (flow.nodes.clone(), flow.edges.clone());
        let body = ModifyRequest { prompt, current_nodes, current_edges, mode };
        tokio::spawn(self.clone().drive_change(ask, flow, body));
        Ok(())
    }

    /// Decides about a change.
    ///
    /// # Errors
    /// `NOT_FOUND` where none is proposed any more, `STORE_FAILED` when it cannot be kept.
    pub(crate) fn decide(&self, flow_id: FlowId, decision: Decision) -> Result<FlowView, UiError> {
        match decision {
            Decision::Stop => {
                self.going_on().asked.get(&flow_id).into_iter().for_each(Asked::stop);
                self.view(flow_id)
            }
            Decision::Drop => {
                self.going_on().asked.remove(&flow_id).into_iter().for_each(|asked| asked.stop());
                self.view(flow_id)
            }
            Decision::Take => self.take(flow_id),
        }
    }

    fn take(&self, flow_id: FlowId) -> Result<FlowView, UiError> {
        let gone = || UiError::new(Code::NotFound, "no change is proposed");
        let asked = self.going_on().asked.remove(&flow_id).ok_or_else(gone)?;
        let Some(after) = asked.after.clone() else { return Err(gone()) };
        let origin = Origin::Modified { prompt: asked.modifying.prompt.clone() };
        let taken = self.add_version(flow_id, &after, &origin);
        if taken.is_err() {
            // It was paid for: it stays proposed.
            self.going_on().asked.insert(flow_id, asked);
        }
        taken
    }

    async fn drive_change(self, ask: Ask, before: Flow, request: ModifyRequest) {
        let sent = Sent::default();
        let answer = tokio::select! {
            biased;
            () = ask.stop.cancelled() => Err(Outcome::Cancelled),
            answer = self.ask(&request, &sent) => answer,
        };
        let used = self.used();
        let (proposal, charged) = match answer {
            Ok(change) => (proposal(&before, &change), charge_of(&change)),
            Err(outcome) => {
                let end = sent.end(outcome);
                (Proposal::none(no_answer(end.outcome)), Some(end.charged))
            }
        };
        self.change_asked(&ask, |asked| {
            (asked.modifying.state, asked.after) = (proposal.state, proposal.after);
            asked.modifying.charged = charged;
        });
        self.0.quotas.read_after(charged.unwrap_or(Charged::No)).await;
        if charged.is_none() {
            self.tell_charge(&ask, used);
        }
    }

    async fn ask(&self, request: &ModifyRequest, sent: &Sent) -> Result<Change, Outcome> {
        let failed = |cause| Outcome::Failed { cause };
        self.0.quotas.advise(Kind::FlowGenerations).await.map_err(failed)?;
        let json = self.0.relay.post(Route::ModifyFlow, request, sent).await?.json().await?;
        // A success that is no change may have been charged.
        serde_json::from_value(json).map_err(|fault| {
            let cause = UiError::new(Code::ExecutionFailed, format!("the answer is no change: {fault}"));
            Outcome::Incomplete { cause }
        })
    }

    /// For a success of which the contract does not say whether it costs: the numbers do.
    fn tell_charge(&self, ask: &Ask, before: Option<i64>) {
        let charged = match (before, self.used()) {
            (Some(before), Some(after)) if before == after => Charged::No,
            _ => Charged::Unknown,
        };
        self.change_asked(ask, |asked| asked.modifying.charged = Some(charged));
    }

    /// Changes what is told of `ask`, if it is still there.
    fn change_asked(&self, ask: &Ask, change: impl FnOnce(&mut Asked)) {
        {
            let mut going_on = self.going_on();
            let asked = going_on.asked.get_mut(&ask.flow_id);
            // Dropped, and perhaps asked for anew, while the answer was on its way.
            let Some(asked) = asked.filter(|asked| asked.ask == ask.id) else { return };
            change(asked);
        }
        self.tell_view(ask.flow_id);
    }

    /// Flow generations used, by the last reading.
    fn used(&self) -> Option<i64> {
        let snapshot = self.0.quotas.state().snapshot?;
        snapshot.quota.get(Kind::FlowGenerations).map(|counter| counter.used)
    }
}

/// What an answer comes to.
struct Proposal {
    state: ModifyState,
    after: Option<Flow>,
}

impl Proposal {
    fn none(state: ModifyState) -> Self {
        Self { state, after: None }
    }
}

/// A change is proposed when it can be made, makes a difference, and breaks nothing that was whole.
fn proposal(before: &Flow, change: &Change) -> Proposal {
    let after = match change.apply(before) {
        Ok(after) => after,
        Err(cause) => return Proposal::none(ModifyState::NotApplied { cause }),
    };
    let faults = new_faults(before, &after);
    if !faults.is_empty() {
        return Proposal::none(ModifyState::Broken { faults, flow: after });
    }
    let difference = Difference::between(before, &after);
    if difference.is_empty() {
        return Proposal::none(ModifyState::NoDifference);
    }
    let layout = arrange::layout_of(&difference.picture);
    Proposal { state: ModifyState::Proposed { difference, layout }, after: Some(after) }
}

/// A flow that had a fault before may keep it.
fn new_faults(before: &Flow, after: &Flow) -> Vec<Fault> {
    let were: HashSet<String> = validate(before).iter().map(Fault::to_string).collect();
    validate(after).into_iter().filter(|fault| !were.contains(&fault.to_string())).collect()
}

/// A change is charged; what the model did not understand may be or not.
fn charge_of(change: &Change) -> Option<Charged> {
    (*change != Change::Action(Action::Unknown)).then_some(Charged::Yes)
}

fn no_answer(outcome: Outcome) -> ModifyState {
    match outcome {
        Outcome::Failed { cause } | Outcome::Incomplete { cause } => ModifyState::Failed { cause },
        Outcome::Cancelled | Outcome::Completed => ModifyState::Cancelled,
    }
}
