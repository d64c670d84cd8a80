//! Everything about one node: its settings in full, what is wrong with it, and where its ways lead.

use std::rc::Rc;

use flowmeter_domain::flow::{Fault, Flow, Node};
use serde_json::Value;
use yew::prelude::*;

use super::faults::fault_text;
use super::node_card::{glyph, kind_class};
use crate::components::{Button, Glyph, Icon, Look};
use crate::locales::{Text, Translator, use_translator};

/// Which node.
#[derive(PartialEq, Properties)]
pub struct NodeDetailsProps {
    /// The flow that it is in.
    pub flow: Rc<Flow>,
    /// Its id.
    pub id: AttrValue,
    /// What is wrong with the flow.
    #[prop_or_default]
    pub faults: Vec<Fault>,
    /// The person wants to see another node, or none.
    pub on_select: Callback<Option<AttrValue>>,
}

/// The panel.
#[component]
pub fn NodeDetails(props: &NodeDetailsProps) -> Html {
    let texts = use_translator();
    let Some(node) = props.flow.nodes.iter().find(|node| node.id == *props.id) else { return html! {} };
    let on_close = props.on_select.reform(|_: MouseEvent| None);
    html! {
        <section class="flow-panel" aria-label={texts.text(Text::FlowDetails)} data-testid="node-details">
            <header class="panel-head">
                <span class={classes!("panel-chip", kind_class(node.kind))}><Icon glyph={glyph(node.kind)} /></span>
                <div class="panel-title"><h2>{ node.name() }</h2><p>{ texts.node_kind(node.kind) }{ " · " }<code>{ &node.id }</code></p></div>
                <Button label={texts.text(Text::Dismiss)} glyph={Glyph::Cross} icon_only=true look={Look::Quiet}
                    testid="details-close" on_press={on_close} />
            </header>
            <div class="panel-body" tabindex="0">
                { faults(&texts, props) }
                { settings(&texts, node) }
                { ways(&texts, props, Text::FlowComesFrom, |edge| (&edge.target, &edge.source)) }
                { ways(&texts, props, Text::FlowLeadsTo, |edge| (&edge.source, &edge.target)) }
            </div>
        </section>
    }
}

fn faults(texts: &Translator, props: &NodeDetailsProps) -> Html {
    let of_node = props.faults.iter().filter(|fault| fault.nodes().contains(&props.id.as_str()));
    html! {
        for fault in of_node { <p class="panel-fault"><Icon glyph={Glyph::Alert} />{ fault_text(texts, fault, &props.flow) }</p> }
    }
}

/// The telling ones first, then the others by name.
fn settings(texts: &Translator, node: &Node) -> Html {
    let telling = node.kind.telling_fields();
    let rank = |name: &str| {
        telling.iter().position(|field| field.split('.').next() == Some(name)).unwrap_or(usize::MAX)
    };
    let mut fields: Vec<_> = node.data.iter().filter(|(name, _)| *name != "label").collect();
    fields.sort_by_key(|(name, _)| rank(name));
    if fields.is_empty() {
        return html! { <p class="panel-none">{ texts.text(Text::FlowNoSettings) }</p> };
    }
    html! {
        <dl class="panel-fields">
            for (name, value) in fields { <div key={name.clone()}><dt>{ texts.field(name) }</dt><dd>{ written(value) }</dd></div> }
        </dl>
    }
}

/// A value as a person reads it: text as it is, anything else as JSON.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(_) | Value::Array(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
        other => other.to_string(),
    }
}

/// The nodes at the other ends of the edges, as ways to them.
fn ways(
    texts: &Translator,
    props: &NodeDetailsProps,
    title: Text,
    ends: fn(&flowmeter_domain::flow::Edge) -> (&String, &String),
) -> Html {
    let other = |edge| {
        let (here, there) = ends(edge);
        (*here == *props.id).then(|| props.flow.nodes.iter().find(|node| node.id == *there)).flatten()
    };
    let others: Vec<&Node> = props.flow.edges.iter().filter_map(other).collect();
    if others.is_empty() {
        return html! {};
    }
    html! {
        <section class="panel-ways">
            <h3>{ texts.text(title) }</h3>
            for node in others { { way(props, node) } }
        </section>
    }
}

fn way(props: &NodeDetailsProps, node: &Node) -> Html {
    let id = AttrValue::from(node.id.clone());
    let onclick = props.on_select.reform(move |_: MouseEvent| Some(id.clone()));
    html! {
        <button type="button" class="panel-way" {onclick}><Icon glyph={glyph(node.kind)} /><span>{ node.name() }</span></button>
    }
}
