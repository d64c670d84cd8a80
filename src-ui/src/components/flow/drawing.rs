//! Everything that is drawn of a flow, whatever part of it is seen.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use flowmeter_domain::flow::{Difference, Flow, Layout, Mark};
use web_sys::SvgElement;
use yew::prelude::*;

use super::badge::NodeStatus;
use super::edge_line::EdgeLine;
use super::node_card::NodeCard;
use super::viewport::{Bounds, Move};
use super::walk::{self, Way};
use crate::browser;
use crate::locales::{Text, Translator, use_translator};

/// What a change does, drawn on the picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// By node.
    pub nodes: HashMap<String, Mark>,
    /// By the place of the edge in the flow.
    pub edges: HashMap<usize, Mark>,
}

impl From<&Difference> for Marks {
    fn from(difference: &Difference) -> Self {
        let nodes = difference.nodes.iter().map(|node| (node.id.clone(), node.mark));
        Self { nodes: nodes.collect(), edges: difference.edges.iter().copied().collect() }
    }
}

/// A flow and how its parts stand out.
#[derive(PartialEq, Properties)]
pub(super) struct DrawingProps {
    /// The flow.
    pub flow: Rc<Flow>,
    /// Where it is drawn.
    pub layout: Rc<Layout>,
    /// The chosen node.
    pub selected: Option<AttrValue>,
    /// What a change does.
    pub marks: Rc<Marks>,
    /// How each node does in a run, by id.
    pub statuses: Rc<BTreeMap<String, NodeStatus>>,
    /// The nodes with which something is wrong.
    pub faulty: Rc<BTreeSet<String>>,
    /// Whether it is seen from far away.
    pub far: bool,
    /// The person chose a node.
    pub on_select: Callback<Option<AttrValue>>,
    /// Another part is to be seen.
    pub on_move: Callback<Move>,
}

/// The drawing.
#[component]
pub(super) fn Drawing(props: &DrawingProps) -> Html {
    let texts = use_translator();
    let places = use_memo(props.flow.nodes.len(), |count| vec_of(*count));
    let lit = |node: &str| props.selected.as_deref() == Some(node);
    let edges = props.flow.edges.iter().zip(props.layout.ways(&props.flow)).enumerate();
    html! {
        <>
            for (place, (edge, way)) in edges {
                <EdgeLine key={format!("edge-{place}")} edge={edge.clone()} {way} lit={lit(&edge.source) || lit(&edge.target)}
                    mark={props.marks.edges.get(&place).copied()} />
            }
            for place in walk::reading_order(&props.layout) { { card(&texts, props, &places, place) } }
        </>
    }
}

fn vec_of(count: usize) -> Vec<NodeRef> {
    (0..count).map(|_| NodeRef::default()).collect()
}

fn card(texts: &Translator, props: &DrawingProps, places: &Rc<Vec<NodeRef>>, place: usize) -> Html {
    let (Some(node), Some(at)) = (props.flow.nodes.get(place), props.layout.nodes.get(place)) else {
        return html! {};
    };
    let (id, at) = (AttrValue::from(node.id.clone()), *at);
    let on_choose = {
        let id = id.clone();
        props.on_select.reform(move |()| Some(id.clone()))
    };
    let on_focus = props.on_move.reform(move |()| Move::Show(Bounds::of_card(at)));
    html! {
        <NodeCard key={format!("node-{place}")} node={node.clone()} {at} ways={ways(texts, &props.flow, place)} far={props.far}
            selected={props.selected.as_ref() == Some(&id)} faulty={props.faulty.contains(&node.id)}
            mark={props.marks.nodes.get(&node.id).copied()} status={props.statuses.get(&node.id).cloned()}
            place={places[place].clone()} {on_choose} {on_focus} on_key={on_key(props, places, place)} />
    }
}

/// Arrows walk, Enter and Space choose, Escape lets go.
fn on_key(props: &DrawingProps, places: &Rc<Vec<NodeRef>>, place: usize) -> Callback<KeyboardEvent> {
    let (flow, layout, places) = (props.flow.clone(), props.layout.clone(), places.clone());
    let on_select = props.on_select.clone();
    Callback::from(move |event: KeyboardEvent| {
        let key = event.key();
        match key.as_str() {
            "Enter" | " " => on_select.emit(Some(flow.nodes[place].id.clone().into())),
            "Escape" => on_select.emit(None),
            key => {
                let Some(way) = Way::of_key(key) else { return };
                let next = walk::next(&flow, &layout, place, way);
                let there = next.and_then(|next| places[next].cast::<SvgElement>());
                there.iter().for_each(browser::focus_drawn);
            }
        }
        event.prevent_default();
        event.stop_propagation();
    })
}

/// What leads to a node and what follows it, in words.
fn ways(texts: &Translator, flow: &Flow, place: usize) -> AttrValue {
    let id = &flow.nodes[place].id;
    let name = |id: &String| flow.nodes.iter().find(|node| node.id == *id).map(|node| node.name());
    let join = |names: Vec<&str>| if names.is_empty() { "–".to_owned() } else { names.join(", ") };
    let before = flow.edges.iter().filter(|edge| edge.target == *id).filter_map(|edge| name(&edge.source));
    let after = flow.edges.iter().filter(|edge| edge.source == *id).filter_map(|edge| name(&edge.target));
    let (before, after) = (join(before.collect()), join(after.collect()));
    texts.fill(Text::FlowNodeWays, [("before", before.into()), ("after", after.into())])
}
