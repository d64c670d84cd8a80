//! Changes a flow as a prompt asks: what the model is asked, and what is made of its answer.
//!
//! Deliberately not here: the quota (`routes::modify_flow`).

use std::collections::HashMap;

use flowmeter_domain::flow::{Action, Change, Flow, Mode, ModifyRequest, Node, repair, validate};
use flowmeter_domain::run::Turn;

use crate::Edge;
use crate::completion::Question;
use crate::error::ApiError;
use crate::json_answer;
use crate::prompts;

/// Changes should surprise even less than plans.
const TEMPERATURE: f64 = 0.1;
/// For what changes, and then for the whole flow.
const QUESTIONS: u32 = 2;

/// The change for `request`.
///
/// # Errors
/// [`ApiError::ModificationFailed`] where the provider failed or the answer cannot be used.
pub(crate) async fn change(edge: &Edge, request: &ModifyRequest) -> Result<Change, ApiError> {
    if request.mode == Mode::Patch {
        let answer = ask(edge, prompts::patch(request)).await?;
        if let Ok(change) = json_answer::read(&answer) {
            return usable_patch(change.ok_or_else(not_a_change)?, request);
        }
        tracing::info!("a patch is not JSON; asking for the whole flow");
    }
    let answer = ask(edge, prompts::full(request)).await?;
    match json_answer::read(&answer) {
        Ok(change) => usable_flow(change.ok_or_else(not_a_change)?, request),
        Err(_) => Ok(Change::Action(Action::Unknown)),
    }
}

async fn ask(edge: &Edge, messages: Vec<Turn>) -> Result<String, ApiError> {
    let model = edge.planner.preferred_model();
    let question = Question { model, messages, temperature: TEMPERATURE, is_json: true, sharing: QUESTIONS };
    let failed = |cause: &dyn std::fmt::Display| ApiError::ModificationFailed(cause.to_string());
    let prepared = edge.completions.prepare(&edge.providers, &question).map_err(|cause| failed(&cause))?;
    prepared.whole().await.map(|answer| answer.content).map_err(|cause| failed(&cause))
}

fn not_a_change() -> ApiError {
    ApiError::ModificationFailed("the model's answer is not a change of a flow".to_owned())
}

fn usable_patch(change: Change, request: &ModifyRequest) -> Result<Change, ApiError> {
    if change.missing_node(&request.current_nodes).is_some() {
        let fault = "the model's change is about a node that does not exist";
        return Err(ApiError::ModificationFailed(fault.to_owned()));
    }
    match change {
        Change::Flow(flow) => usable_flow(Change::Flow(flow), request),
        change => Ok(change),
    }
}

fn usable_flow(change: Change, request: &ModifyRequest) -> Result<Change, ApiError> {
    let Change::Flow(mut flow) = change else {
        return match change {
            Change::Action(Action::Unknown) => Ok(change),
            _ => Err(not_a_change()),
        };
    };
    keep_places(&mut flow, &request.current_nodes);
    flow.title.get_or_insert_default();
    let (flow, repairs) = repair(flow);
    tracing::debug!(repairs = repairs.len(), "a changed flow was repaired");
    match validate(&flow).as_slice() {
        [] => Ok(Change::Flow(flow)),
        faults => {
            let fault = format!("the model's flow has {} faults that cannot be repaired", faults.len());
            Err(ApiError::ModificationFailed(fault))
        }
    }
}

/// A model that forgets where the nodes stood does not move them.
fn keep_places(flow: &mut Flow, nodes: &[Node]) {
    let places: HashMap<_, _> = nodes.iter().map(|node| (&node.id, &node.position)).collect();
    for node in flow.nodes.iter_mut().filter(|node| node.position.is_none()) {
        node.position = places.get(&node.id).and_then(|place| (*place).clone());
    }
}
