//! A node on the canvas: what it is, what it is called, and the settings that matter.
//!
//! Drawn as SVG, which the page's security policy lets stand anywhere. From far away only kind and
//! name are left, in letters that can still be read.

use flowmeter_domain::flow::{CARD, Mark, Node, NodeKind, Point};
use yew::prelude::*;

use super::badge::{Badge, NodeStatus};
use super::shorten::{over_two_lines, shorten};
use crate::components::Glyph;
use crate::locales::{Text, Translator, use_translator};

/// Room for text beside the icon, and below it.
const TITLE_ROOM: f64 = 160.0;
const LINE_ROOM: f64 = 196.0;
/// How many settings have room.
const LINES: usize = 2;

/// A node and how it stands out.
#[derive(PartialEq, Properties)]
pub(super) struct NodeCardProps {
    /// The node.
    pub node: Node,
    /// Its upper left corner.
    pub at: Point,
    /// What leads to it and what follows it, in words.
    pub ways: AttrValue,
    /// Whether it is the chosen one.
    pub selected: bool,
    /// Whether something is wrong with it.
    pub faulty: bool,
    /// Whether it is seen from far away.
    pub far: bool,
    /// What a change does to it.
    pub mark: Option<Mark>,
    /// How it does in a run.
    pub status: Option<NodeStatus>,
    /// Its place in the document, to be focused from outside.
    pub place: NodeRef,
    /// The person chose it.
    pub on_choose: Callback<()>,
    /// It got the focus.
    pub on_focus: Callback<()>,
    /// A key was pressed on it.
    pub on_key: Callback<KeyboardEvent>,
}

/// A card.
#[component]
pub(super) fn NodeCard(props: &NodeCardProps) -> Html {
    let texts = use_translator();
    let NodeCardProps { node, at, .. } = props;
    let badge = badge(&texts, props);
    let class = classes!(
        "node",
        kind_class(node.kind),
        props.selected.then_some("is-selected"),
        props.far.then_some("is-far"),
        badge.as_ref().map(|badge| badge.class),
    );
    let onclick = props.on_choose.reform(|event: MouseEvent| event.stop_propagation());
    html! {
        <g ref={&props.place} {class} transform={format!("translate({} {})", at.x, at.y)} role="button" tabindex="0"
            aria-pressed={props.selected.to_string()}
            data-testid={format!("node-{}", node.id)} {onclick} onfocusin={props.on_focus.reform(|_| ())} onkeydown={&props.on_key}>
            // Its name: a label would have to repeat what is written on the card, word by word.
            <title>{ spoken(&texts, props, badge.as_ref()) }</title>
            <rect class="node-frame" width={CARD.width.to_string()} height={CARD.height.to_string()} rx="12" />
            if props.far { { from_far(node) } } else { { from_near(&texts, node) } }
            if let Some(badge) = badge { { badge.draw() } }
        </g>
    }
}

fn from_near(texts: &Translator, node: &Node) -> Html {
    let settings = node.settings().into_iter().take(LINES).enumerate();
    html! {
        <>
            <rect class="node-chip" x="12" y="11" width="28" height="28" rx="8" />
            <path class="node-icon" transform="translate(17 16) scale(.75)" d={glyph(node.kind).path()} />
            <text class="node-label" x="50" y="24">{ shorten(node.name(), TITLE_ROOM, 14.0) }</text>
            <text class="node-kind" x="50" y="39">{ texts.node_kind(node.kind) }</text>
            for (line, (field, value)) in settings { { setting(texts, line, field, &value) } }
        </>
    }
}

fn setting(texts: &Translator, line: usize, field: &str, value: &str) -> Html {
    let name = texts.field(field);
    let line_text = shorten(&format!("{name}  {value}"), LINE_ROOM, 12.0);
    let (name, value) = line_text.split_at_checked(name.len()).unwrap_or((line_text.as_str(), ""));
    let value = value.trim_start().to_owned();
    html! {
        <text class="node-setting" x="14" y={(59 + line * 17).to_string()}>
            <tspan class="node-field">{ name }</tspan><tspan dx="6">{ value }</tspan>
        </text>
    }
}

fn from_far(node: &Node) -> Html {
    let [first, second] = over_two_lines(node.name(), 148.0, 25.0);
    let top = if second.is_empty() { 53 } else { 38 };
    html! {
        <>
            <rect class="node-chip" x="12" y="22" width="44" height="44" rx="12" />
            <path class="node-icon" transform="translate(18 28) scale(1.33)" d={glyph(node.kind).path()} />
            <text class="node-label" x="68" y={top.to_string()}>{ first }</text>
            <text class="node-label" x="68" y="68">{ second }</text>
        </>
    }
}

fn badge(texts: &Translator, props: &NodeCardProps) -> Option<Badge> {
    let status = props.status.as_ref().map(|status| Badge::of_status(texts, status));
    let mark = props.mark.map(|mark| Badge::of_mark(texts, mark));
    let fault = props.faulty.then(|| Badge::of_fault(texts));
    status.or(mark).or(fault)
}

/// All that the card says, for whoever hears it.
fn spoken(texts: &Translator, props: &NodeCardProps, badge: Option<&Badge>) -> String {
    let NodeCardProps { node, ways, .. } = props;
    let kind = texts.node_kind(node.kind);
    let gaps = [("name", node.name().into()), ("kind", kind.as_str().into()), ("ways", ways.as_str().into())];
    let said = texts.fill(Text::FlowNodeSpoken, gaps);
    badge.map_or_else(|| said.to_string(), |badge| format!("{}: {said}", badge.words))
}

/// The icon of a kind of node.
pub(super) fn glyph(kind: NodeKind) -> Glyph {
    match kind {
        NodeKind::Input => Glyph::Enter,
        NodeKind::Llm => Glyph::Chat,
        NodeKind::Rag => Glyph::Search,
        NodeKind::Output => Glyph::Page,
        NodeKind::Branch => Glyph::Fork,
        NodeKind::Tool => Glyph::Wrench,
        NodeKind::ImageGen => Glyph::Picture,
    }
}

/// What a model does is accented, and so is where ways part; the rest is calm.
pub(super) fn kind_class(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Llm | NodeKind::ImageGen => "of-model",
        NodeKind::Branch => "of-branch",
        NodeKind::Input | NodeKind::Output | NodeKind::Rag | NodeKind::Tool => "of-rest",
    }
}
