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
use flowmeter_domain::{Code, Counter, Outcome};
use yew::prelude::*;

use super::{ErrorNotice, Tone};
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
    /// Its last run of this launch.
    pub run: Option<Rc<FlowRunView>>,
    /// The node that is chosen on the picture.
    #[prop_or_default]
    pub selected: Option<AttrValue>,
    /// Whether the person asked to stop it.
    pub stopping: bool,
    /// The uses of apps of the last reading.
    pub app_uses: Option<Counter>,
    /// The LLM runs of the last reading.
    pub llm_runs: Option<Counter>,
    /// Something was given.
    pub on_given: Callback<(String, Given)>,
    /// Run it.
    pub on_run: Callback<()>,
    /// Stop what runs.
    pub on_stop: Callback<()>,
    /// Begin a new conversation.
    pub on_forget: Callback<()>,
}

/// The panel.
#[component]
pub fn FlowRunPanel(props: &FlowRunPanelProps) -> Html {
    let texts = use_translator();
    let hindrances = props.hindrances.as_ref().filter(|hindrances| !hindrances.is_empty());
    html! {
        <section class="flow-run" aria-label={texts.text(Text::FlowRunTitle)} data-testid="flow-run"
            data-outcome={outcome_name(props.run.as_deref())}>
            if let Some(hindrances) = hindrances {
                <Hindrances flow={props.flow.clone()} hindrances={hindrances.clone()} />
            } else {
                <FlowForm flow={props.flow.clone()} given={props.given.clone()} checked={props.hindrances.is_some()}
                    running={is_running(props.run.as_deref())} has_run={props.run.is_some()} stopping={props.stopping}
                    app_uses={props.app_uses} llm_runs={props.llm_runs} on_given={&props.on_given}
                    on_run={&props.on_run} on_stop={&props.on_stop} on_forget={&props.on_forget} />
            }
            if let Some(run) = &props.run {
                <div class="flow-results">
                    { failure(&texts, run) }
                    <FlowOutputs run={run.clone()} />
                    <FlowRunMeta run={run.clone()} />
                    <FlowSteps run={run.clone()} selected={props.selected.clone()} />
                </div>
            } else if hindrances.is_none() {
                <p class="flow-run-empty">{ texts.text(Text::FlowRunEmpty) }</p>
            }
        </section>
    }
}

/// What a failure means as a whole, and where it was.
fn failure(texts: &Translator, run: &FlowRunView) -> Html {
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
    let is_limit = matches!(cause.code, Code::QuotaExceeded | Code::PointsExceeded);
    let tone = if is_limit { Tone::Warning } else { Tone::Error };
    html! { <ErrorNotice error={cause.clone()} {tone} {lead} testid="flow-run-error" /> }
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
