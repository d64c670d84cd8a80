//! An edge on the canvas: its way, its arrow, and behind a branch the answer that it stands for.

use flowmeter_domain::flow::{Curve, Edge, Mark, Point};
use yew::prelude::*;

use super::badge::{mark_class, mark_sign};
use super::shorten::width;
use crate::locales::{Text, Translator, use_translator};

const FONT: f64 = 11.0;

/// An edge and how it stands out.
#[derive(PartialEq, Properties)]
pub(super) struct EdgeLineProps {
    /// The edge.
    pub edge: Edge,
    /// Its way.
    pub way: Vec<Curve>,
    /// Whether it joins the chosen node.
    pub lit: bool,
    /// What a change does to it.
    pub mark: Option<Mark>,
}

/// An edge. Who follows whom is said by the nodes, so it is silent.
#[component]
pub(super) fn EdgeLine(props: &EdgeLineProps) -> Html {
    let texts = use_translator();
    let (Some(first), Some(last)) = (props.way.first(), props.way.last()) else { return html! {} };
    let (start, end) = (first.0[0], last.0[3]);
    let class = classes!("edge", props.lit.then_some("is-lit"), props.mark.map(mark_class));
    let answer = answer(&texts, &props.edge);
    html! {
        <g {class} aria-hidden="true">
            <path class="edge-line" d={path(&props.way)} />
            <path class="edge-arrow" d={format!("M{} {}l-9 -5v10z", end.x, end.y)} />
            if let Some(answer) = answer { { pill(&answer, Point { x: start.x + 6.0, y: start.y }) } }
            if let (Some(mark), Some(middle)) = (props.mark, props.way.get(props.way.len() / 2)) {
                { sign(mark_sign(mark), middle.at(0.5)) }
            }
        </g>
    }
}

/// Which way out of a branch an edge is.
pub(super) fn answer(texts: &Translator, edge: &Edge) -> Option<AttrValue> {
    match edge.source_handle.as_deref() {
        Some("true") => Some(texts.text(Text::FlowTrue)),
        Some("false") => Some(texts.text(Text::FlowFalse)),
        _ => None,
    }
}

fn path(way: &[Curve]) -> String {
    let start = way.first().map(|curve| format!("M{:.1} {:.1}", curve.0[0].x, curve.0[0].y));
    let pieces = way.iter().map(|Curve([_, a, b, end])| {
        format!("C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}", a.x, a.y, b.x, b.y, end.x, end.y)
    });
    start.into_iter().chain(pieces).collect()
}

fn pill(words: &str, at: Point) -> Html {
    let width = width(words, FONT) + 14.0;
    html! {
        <g class="edge-answer" transform={format!("translate({:.1} {:.1})", at.x, at.y - 9.0)}>
            <rect width={format!("{width:.1}")} height="18" rx="9" />
            <text x={format!("{:.1}", width / 2.0)} y="13" text-anchor="middle">{ words }</text>
        </g>
    }
}

fn sign(sign: &'static str, at: Point) -> Html {
    html! {
        <g class="edge-sign" transform={format!("translate({:.1} {:.1})", at.x, at.y)}>
            <circle r="9" /><text y="4" text-anchor="middle">{ sign }</text>
        </g>
    }
}
