//! A change that is asked for, or was: what it would do, field by field, and the choice to take or drop
//! it; or why there is none.

use std::rc::Rc;

use flowmeter_domain::flow::{Difference, Fault, FieldDifference, Flow, Mark, NodeDifference, NotApplied};
use flowmeter_domain::ipc::{Decision, ModifyState, Modifying};
use flowmeter_domain::{Code, Counter, Kind};
use serde_json::Value;
use yew::prelude::*;

use super::badge::{mark_class, mark_sign, mark_text};
use super::details::written;
use super::edge_line::answer;
use super::faults::fault_text;
use super::node_card::glyph;
use super::plan_progress::{charged_text, refused};
use crate::components::remedy::tone;
use crate::components::{
    Button, ErrorNotice, Glyph, Icon, Look, Notice, RefusedBy, Remedy, RemedyButton, Tone,
};
use crate::locales::{Text, Translator, use_translator};

/// Which change.
#[derive(PartialEq, Properties)]
pub struct ChangePanelProps {
    /// The change.
    pub modifying: Modifying,
    /// The flow generations of the last reading, for a refusal.
    pub counter: Option<Counter>,
    /// Whether nobody has to sign in first.
    #[prop_or(true)]
    pub is_inside: bool,
    /// The person decided.
    pub on_decide: Callback<Decision>,
    /// The person wants to see a node.
    pub on_select: Callback<Option<AttrValue>>,
    /// The person wants the whole flow made anew for the same sentence.
    pub on_whole: Callback<AttrValue>,
    /// What helps after a failure; again asks for the same change.
    pub on_remedy: Callback<Remedy>,
}

/// The panel.
#[component]
pub fn ChangePanel(props: &ChangePanelProps) -> Html {
    let texts = use_translator();
    let Modifying { prompt, state, .. } = &props.modifying;
    html! {
        <section class="flow-panel" aria-label={texts.text(Text::ChangeTitle)} data-testid="change" data-state={state_name(state)}>
            <header class="panel-head"><div class="panel-title"><h2>{ texts.text(Text::ChangeTitle) }</h2><p>{ prompt }</p></div></header>
            <div class="panel-body" tabindex="0">{ body(&texts, props) }</div>
            { foot(&texts, props) }
        </section>
    }
}

fn state_name(state: &ModifyState) -> &'static str {
    match state {
        ModifyState::Asking => "asking",
        ModifyState::Proposed { .. } => "proposed",
        ModifyState::NotApplied { .. } => "not-applied",
        ModifyState::NoDifference => "no-difference",
        ModifyState::Broken { .. } => "broken",
        ModifyState::Cancelled => "cancelled",
        ModifyState::Failed { .. } => "failed",
    }
}

fn body(texts: &Translator, props: &ChangePanelProps) -> Html {
    match &props.modifying.state {
        ModifyState::Asking => html! {
            <p class="plan-step" role="status"><span class="spinner" aria-hidden="true" /><span>{ texts.text(Text::ChangeAsking) }</span></p>
        },
        ModifyState::Proposed { difference, .. } => proposed(texts, props, difference),
        ModifyState::NotApplied { cause: NotApplied::NotUnderstood } => {
            nothing(texts, props, Text::ChangeNotUnderstood, Text::ChangeNotUnderstoodNext)
        }
        ModifyState::NotApplied { cause: NotApplied::MissingNode { .. } } => {
            nothing(texts, props, Text::ChangeMissing, Text::ChangeMissingNext)
        }
        ModifyState::NoDifference => nothing(texts, props, Text::ChangeNone, Text::ChangeNoneNext),
        ModifyState::Cancelled => nothing(texts, props, Text::ChangeCancelled, Text::ChangeNothingChanged),
        ModifyState::Broken { faults, flow } => broken(texts, props, faults, flow),
        ModifyState::Failed { cause } => {
            let numbers = props.counter.filter(|_| cause.code == Code::QuotaExceeded);
            let lead = [
                numbers.map(|counter| refused(texts, counter)),
                Some(texts.text(Text::ChangeNothingChanged)),
                charged(texts, props),
            ];
            let lead = lead.into_iter().flatten().collect::<Vec<_>>().join(" ");
            html! {
                <ErrorNotice error={cause.clone()} tone={tone(cause.code)} {lead} testid="change-error" alert=true>
                    <RefusedBy code={cause.code} kind={Kind::FlowGenerations} counter={props.counter} />
                    <div class="notice-actions">
                        <RemedyButton cause={cause.clone()} counter={props.counter} is_inside={props.is_inside} on_press={&props.on_remedy} />
                    </div>
                </ErrorNotice>
            }
        }
    }
}

fn charged(texts: &Translator, props: &ChangePanelProps) -> Option<AttrValue> {
    props.modifying.charged.map(|charged| charged_text(texts, charged))
}

fn nothing(texts: &Translator, props: &ChangePanelProps, title: Text, next: Text) -> Html {
    html! {
        <Notice tone={Tone::Warning} title={texts.text(title)} testid="change-none" alert=true>
            <p>{ texts.text(next) }{ " " }{ charged(texts, props).unwrap_or_default() }</p>
        </Notice>
    }
}

fn broken(texts: &Translator, props: &ChangePanelProps, faults: &[Fault], flow: &Flow) -> Html {
    let prompt = AttrValue::from(props.modifying.prompt.clone());
    html! {
        <>
            <Notice tone={Tone::Warning} title={texts.text(Text::ChangeBroken)} testid="change-none" alert=true>
                <p>{ texts.text(Text::ChangeNothingChanged) }{ " " }{ charged(texts, props).unwrap_or_default() }</p>
            </Notice>
            <ul class="flow-lines">for fault in faults { <li>{ fault_text(texts, fault, flow) }</li> }</ul>
            <Button label={texts.text(Text::ChangeWhole)} glyph={Glyph::Refresh} testid="change-whole"
                on_press={props.on_whole.reform(move |_: MouseEvent| prompt.clone())} />
        </>
    }
}

fn proposed(texts: &Translator, props: &ChangePanelProps, difference: &Difference) -> Html {
    let flow = Rc::new(difference.picture.clone());
    html! {
        <>
            if let Some([before, after]) = &difference.title {
                <div class="change-item is-changed"><p class="change-name">{ texts.text(Text::FlowName) }</p>{ before_after(texts, Some(before), Some(after)) }</div>
            }
            for node in &difference.nodes { { changed_node(texts, props, node) } }
            for (place, mark) in &difference.edges { { edge(texts, &flow, *place, *mark) } }
        </>
    }
}

fn changed_node(texts: &Translator, props: &ChangePanelProps, node: &NodeDifference) -> Html {
    let id = AttrValue::from(node.id.clone());
    let onclick = props.on_select.reform(move |_: MouseEvent| Some(id.clone()));
    html! {
        <div class={classes!("change-item", mark_class(node.mark))} data-testid={format!("changed-{}", node.id)}>
            <button type="button" class="change-name" {onclick}>
                <Icon glyph={glyph(node.kind)} /><span>{ &node.label }</span>{ sign(texts, node.mark) }
            </button>
            for field in &node.fields { { changed_field(texts, field) } }
        </div>
    }
}

fn changed_field(texts: &Translator, FieldDifference { field, before, after }: &FieldDifference) -> Html {
    let text = |value: &Option<Value>| value.as_ref().map(written);
    html! {
        <div class="change-field">
            <p>{ texts.field(field) }</p>{ before_after(texts, text(before).as_ref(), text(after).as_ref()) }
        </div>
    }
}

fn before_after(texts: &Translator, before: Option<&String>, after: Option<&String>) -> Html {
    html! {
        <>
            if let Some(before) = before { <p class="change-before"><span class="unseen">{ texts.text(Text::ChangeBefore) }</span><del>{ before }</del></p> }
            if let Some(after) = after { <p class="change-after"><span class="unseen">{ texts.text(Text::ChangeAfter) }</span><ins>{ after }</ins></p> }
        </>
    }
}

fn edge(texts: &Translator, flow: &Flow, place: usize, mark: Mark) -> Html {
    let Some(edge) = flow.edges.get(place) else { return html! {} };
    let name = |id: &String| {
        let node = flow.nodes.iter().find(|node| node.id == *id);
        node.map_or(id.clone(), |node| node.name().to_owned())
    };
    let answer = answer(texts, edge).map(|answer| format!(" ({answer})"));
    html! {
        <div class={classes!("change-item", "is-edge", mark_class(mark))}>
            <p class="change-name"><span>{ name(&edge.source) }{ answer }{ " → " }{ name(&edge.target) }</span>{ sign(texts, mark) }</p>
        </div>
    }
}

fn sign(texts: &Translator, mark: Mark) -> Html {
    html! { <span class="change-mark">{ mark_sign(mark) }{ " " }{ texts.text(mark_text(mark)) }</span> }
}

fn foot(texts: &Translator, props: &ChangePanelProps) -> Html {
    let decide = |decision| props.on_decide.reform(move |_: MouseEvent| decision);
    let buttons = match props.modifying.state {
        ModifyState::Asking => html! {
            <Button label={texts.text(Text::RunStop)} glyph={Glyph::Stop} testid="change-stop" on_press={decide(Decision::Stop)} />
        },
        ModifyState::Proposed { .. } => html! {
            <>
                <Button label={texts.text(Text::ChangeTake)} glyph={Glyph::Check} look={Look::Primary} testid="change-take" on_press={decide(Decision::Take)} />
                <Button label={texts.text(Text::ChangeDrop)} testid="change-drop" on_press={decide(Decision::Drop)} />
                <p class="panel-note" data-testid="change-charged">{ charged(texts, props).unwrap_or_default() }</p>
            </>
        },
        _ => {
            html! { <Button label={texts.text(Text::Dismiss)} testid="change-close" on_press={decide(Decision::Drop)} /> }
        }
    };
    html! { <footer class="panel-foot">{ buttons }</footer> }
}
