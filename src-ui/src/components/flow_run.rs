//! Running a flow as an app: what is asked for, what it costs, what comes of it.
//!
//! Not here: the picture, which shows the same progress; and what a run means, which is the domain's.

mod field;
mod form;
mod hindrances;
mod meta;
mod outputs;
mod status;
mod steps;
mod written;

pub use form::{FlowForm, FlowFormProps};
pub use hindrances::{Hindrances, HindrancesProps};
pub use meta::{FlowRunMeta, FlowRunMetaProps};
pub use outputs::{FlowOutputs, FlowOutputsProps};
pub use status::statuses;
pub use steps::{FlowSteps, FlowStepsProps};

use std::collections::BTreeMap;
use std::rc::Rc;

use flowmeter_domain::flow::execution::{Given, Hindrance, NodeState};
use flowmeter_domain::flow::{Flow, Node};
use flowmeter_domain::ipc::FlowRunView;
use flowmeter_domain::{Counter, Kind, Outcome};
use jiff::Timestamp;
use yew::prelude::*;

use super::links::use_links;
use super::remedy::tone;
use super::{ErrorNotice, RefusedBy, Remedy, RemedyButton};
use crate::locales::{Text, Translator, use_translator};

/// A flow, and its last run.
#[derive(PartialEq, Properties)]
pub struct FlowRunPanelProps {
    /// The flow.
    pub flow: Rc<Flow>,
    /// What keeps it from being run here; `None` until it is known.
    pub hindrances: Option<Rc<Vec<Hindrance>>>,
    /// What is given so far, by the id of the input node.
    pub given: BTreeMap<String, Given>,
    /// Its last run, which may be of an earlier launch.
    pub run: Option<Rc<FlowRunView>>,
    /// The node that is chosen on the picture.
    #[prop_or_default]
    pub selected: Option<AttrValue>,
    /// Whether the person asked to stop it.
    pub stopping: bool,
    /// What a run is paid with.
    pub left: FlowLeft,
    /// Whether nobody has to sign in first.
    #[prop_or(true)]
    pub is_inside: bool,
    /// The time by which ages are told.
    pub now: Timestamp,
    /// The person wants something of it.
    pub on_wish: Callback<FlowRunWish>,
}

/// What a run is paid with, by the last reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlowLeft {
    /// The uses of apps.
    pub app_uses: Option<Counter>,
    /// The LLM runs.
    pub llm_runs: Option<Counter>,
}

/// What a person wants of a flow as an app.
#[derive(Clone, Debug, PartialEq)]
pub enum FlowRunWish {
    /// To give this to the input node with this id.
    Give(String, Given),
    /// That it runs.
    Run,
    /// That it stops.
    Stop,
    /// A new conversation.
    Forget,
    /// To see what a link leads to.
    Open(String),
    /// What helps after a failure; again is a new run.
    Help(Remedy),
}

/// The panel.
#[component]
pub fn FlowRunPanel(props: &FlowRunPanelProps) -> Html {
    let texts = use_translator();
    let (onclick, onkeydown) = use_links(&props.on_wish.reform(FlowRunWish::Open));
    let hindrances = props.hindrances.as_ref().filter(|hindrances| !hindrances.is_empty());
    html! {
        <section class="flow-run" aria-label={texts.text(Text::FlowRunTitle)} data-testid="flow-run"
            data-outcome={outcome_name(props.run.as_deref())}>
            if let Some(hindrances) = hindrances {
                <Hindrances flow={props.flow.clone()} hindrances={hindrances.clone()} />
            } else {
                <FlowForm flow={props.flow.clone()} given={props.given.clone()} checked={props.hindrances.is_some()}
                    running={is_running(props.run.as_deref())} has_run={props.run.is_some()} stopping={props.stopping}
                    left={props.left} on_wish={&props.on_wish} />
            }
            if let Some(run) = &props.run {
                <div class="flow-results" {onclick} {onkeydown}>
                    { failure(&texts, run, props) }
                    <FlowOutputs run={run.clone()} />
                    <FlowRunMeta run={run.clone()} now={props.now} />
                    <FlowSteps run={run.clone()} selected={props.selected.clone()} />
                </div>
            } else if hindrances.is_none() {
                <p class="flow-run-empty">{ texts.text(Text::FlowRunEmpty) }</p>
            }
        </section>
    }
}

/// What a failure means as a whole, and where it was.
fn failure(texts: &Translator, run: &FlowRunView, props: &FlowRunPanelProps) -> Html {
    let Some(Outcome::Failed { cause } | Outcome::Incomplete { cause }) =
        run.end.as_ref().map(|end| &end.outcome)
    else {
        return html! {};
    };
    let execution = &run.execution;
    let failed = |node: &&Node| matches!(execution.state(&node.id), NodeState::Failed { .. });
    let lead = execution
        .flow
        .nodes
        .iter()
        .find(failed)
        .map(|node| texts.fill(Text::FlowRunFailedAt, [("node", node.name().to_owned().into())]));
    let (kind, counter) = paid_with(run, props.left);
    html! {
        <ErrorNotice error={cause.clone()} tone={tone(cause.code)} {lead} testid="flow-run-error">
            <RefusedBy code={cause.code} {kind} {counter} />
            <div class="notice-actions">
                <RemedyButton cause={cause.clone()} {counter} is_inside={props.is_inside} on_press={props.on_wish.reform(FlowRunWish::Help)} />
            </div>
        </ErrorNotice>
    }
}

/// What was asked for as it failed: a node is paid with an LLM run, the flow with a use of an app.
fn paid_with(run: &FlowRunView, left: FlowLeft) -> (Kind, Option<Counter>) {
    let execution = &run.execution;
    let failed = |node: &Node| matches!(execution.state(&node.id), NodeState::Failed { .. });
    let is_of_a_node = execution.flow.nodes.iter().any(failed);
    match is_of_a_node {
        true => (Kind::LlmExecutions, left.llm_runs),
        false => (Kind::AppUsages, left.app_uses),
    }
}

fn is_running(run: Option<&FlowRunView>) -> bool {
    run.is_some_and(|run| run.end.is_none())
}

fn outcome_name(run: Option<&FlowRunView>) -> Option<&'static str> {
    Some(match run?.end.as_ref().map(|end| &end.outcome) {
        None => "running",
        Some(Outcome::Completed) => "completed",
        Some(Outcome::Cancelled) => "cancelled",
        Some(Outcome::Incomplete { .. } | Outcome::Failed { .. }) => "failed",
    })
}
