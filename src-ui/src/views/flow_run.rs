//! The panel of a flow's runs in the hands of the store.

use std::collections::BTreeMap;
use std::rc::Rc;

use flowmeter_domain::flow::execution::{Given, InputSettings};
use flowmeter_domain::flow::{Flow, NodeKind};
use flowmeter_domain::ipc::FlowId;
use flowmeter_domain::{Kind, RunId};
use yew::prelude::*;

use super::prompt::default_model;
use crate::components::{Button, FlowLeft, FlowRunPanel, FlowRunWish, Glyph, Look, Remedy};
use crate::locales::{Text, use_translator};
use crate::stores::{App, Note, use_app, use_flow_check, use_given};

/// Which flow.
#[derive(PartialEq, Properties)]
pub struct FlowRunProps {
    /// Which one.
    pub flow_id: FlowId,
    /// As the person sees it.
    pub flow: Rc<Flow>,
    /// The node that is chosen on the picture.
    pub selected: Option<AttrValue>,
    /// The person wants the panel away.
    pub on_close: Callback<MouseEvent>,
}

/// The panel. Give it the flow's id as its key: what is typed belongs to one flow.
#[component]
pub fn FlowRun(props: &FlowRunProps) -> Html {
    let (app, texts) = (use_app(), use_translator());
    let hindrances = use_flow_check(&props.flow);
    let run = app.flow_runs.of(props.flow_id).cloned();
    let given =
        use_given(props.flow_id, || run.as_ref().map(|run| run.execution.given.clone()).unwrap_or_default());
    let on_wish = on_wish(&app, props, run.as_ref().map(|run| run.run_id), &given);
    let stopping = run.as_ref().is_some_and(|run| app.flow_runs.is_stopping(run.run_id));
    html! {
        <aside class="flow-panel is-run" aria-label={texts.text(Text::FlowRunTitle)}>
            <header class="panel-head">
                <div class="panel-title"><h2>{ texts.text(Text::FlowRunTitle) }</h2></div>
                <Button label={texts.text(Text::Dismiss)} glyph={Glyph::Cross} icon_only=true look={Look::Quiet}
                    testid="flow-run-close" on_press={&props.on_close} />
            </header>
            <div class="panel-body" tabindex="0">
                <FlowRunPanel flow={props.flow.clone()} {hindrances} given={given.get()} {run} {stopping}
                    selected={props.selected.clone()} left={left(&app)} is_inside={app.is_inside()} now={app.now} {on_wish} />
            </div>
        </aside>
    }
}

fn on_wish(
    app: &App,
    props: &FlowRunProps,
    run_id: Option<RunId>,
    given: &Note<FlowId, BTreeMap<String, Given>>,
) -> Callback<FlowRunWish> {
    let (app, given, flow_id, flow) = (app.clone(), given.clone(), props.flow_id, props.flow.clone());
    Callback::from(move |wish| match wish {
        FlowRunWish::Give(node, entered) => {
            let mut all = given.latest();
            all.insert(node, entered);
            given.set(all);
        }
        FlowRunWish::Run | FlowRunWish::Help(Remedy::Again) => {
            app.start_flow_run(flow_id, &flow, all_given(&flow, &given.latest()), default_model(&app));
        }
        FlowRunWish::Help(Remedy::SignIn) => app.sign_in_again(),
        FlowRunWish::Help(Remedy::Read) => app.refresh_quota(),
        FlowRunWish::Stop => run_id.into_iter().for_each(|run_id| app.stop_flow_run(run_id)),
        FlowRunWish::Forget => app.forget_conversation(flow_id),
        FlowRunWish::Open(address) => app.open_link(address),
    })
}

/// Inputs that nobody touched give what was there to begin with.
fn all_given(flow: &Flow, given: &BTreeMap<String, Given>) -> BTreeMap<String, Given> {
    let inputs = flow.nodes.iter().filter(|node| node.kind == NodeKind::Input);
    let entered = |id: &String| given.get(id).cloned();
    inputs
        .map(|node| {
            (node.id.clone(), entered(&node.id).unwrap_or_else(|| InputSettings::of(node).defaults()))
        })
        .collect()
}

fn left(app: &App) -> FlowLeft {
    let snapshot = app.quota.as_ref().and_then(|quota| quota.snapshot.as_ref());
    let counter = |kind| snapshot.and_then(|snapshot| snapshot.quota.get(kind));
    FlowLeft { app_uses: counter(Kind::AppUsages), llm_runs: counter(Kind::LlmExecutions) }
}
