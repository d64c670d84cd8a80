//! Where the nodes of a flow are drawn, and along which way its edges.
//!
//! Deliberately not here: arranging a flow anew, which takes a library. What comes of it is a [`Layout`].

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::graph::Graph;
use super::{Edge, Flow, Position};

/// The size of a node, in the units of the canvas; its position is its upper left corner.
pub const CARD: Size = Size { width: 224.0, height: 88.0 };
/// Between two layers, and between two nodes of one layer.
pub const GAP: Size = Size { width: 72.0, height: 36.0 };
/// From one layer to the next, and from one node of a layer to the next.
const ACROSS: f64 = CARD.width + GAP.width;
const DOWN: f64 = CARD.height + GAP.height;
/// How far flows spread that a person can still find their way in: so many cards for each node.
const WIDEST: f64 = 12.0;
/// How far an edge goes straight before it bends, at least.
const STRAIGHT: f64 = 28.0;
/// At so many points an edge is looked at for what it passes.
const SAMPLES: u32 = 24;
/// An edge may touch a card's border.
const BORDER: f64 = 4.0;

/// How large something is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
}

/// A place on the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// Where everything is drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// The upper left corner of each node, in the flow's order.
    pub nodes: Vec<Point>,
    /// For each edge, in the flow's order, the middles of the layers that it crosses between its two
    /// nodes; often none.
    pub lanes: Vec<Vec<Point>>,
}

impl Layout {
    /// The places that the flow itself brings, if they make sense: every node has one, none lies on
    /// another, no edge is hidden behind a node, and they are not strewn beyond what an eye can follow.
    pub fn brought(flow: &Flow) -> Option<Self> {
        let at = |position: &Position| Point { x: position.x, y: position.y };
        let nodes: Option<Vec<Point>> =
            flow.nodes.iter().map(|node| node.position.as_ref().map(at)).collect();
        let nodes = nodes.filter(|nodes| is_sensible(nodes))?;
        let layout = Self { nodes, lanes: vec![Vec::new(); flow.edges.len()] };
        layout.hides_no_edge(flow).then_some(layout)
    }

    /// A plain layout: a column for each layer, in the flow's order. Crossings are not looked at.
    pub fn plain(flow: &Flow) -> Self {
        let mut rows: HashMap<usize, usize> = HashMap::new();
        let nodes = Graph::of(flow).layers().into_iter().map(|layer| {
            let column = layer.unwrap_or_default();
            let row = rows.entry(column).or_default();
            *row += 1;
            Point { x: column as f64 * ACROSS, y: (*row - 1) as f64 * DOWN }
        });
        Self { nodes: nodes.collect(), lanes: vec![Vec::new(); flow.edges.len()] }
    }

    /// The flow with this layout's places as its own.
    pub fn place(&self, flow: &mut Flow) {
        for (node, point) in flow.nodes.iter_mut().zip(&self.nodes) {
            let rest = node.position.take().map(|position| position.rest).unwrap_or_default();
            node.position = Some(Position { x: point.x, y: point.y, rest });
        }
    }

    /// The way of each edge, in the flow's order, as pieces that follow one another; nothing for an edge
    /// to or from nowhere.
    pub fn ways(&self, flow: &Flow) -> Vec<Vec<Curve>> {
        let places = self.places(flow);
        let lanes = self.lanes.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
        flow.edges.iter().zip(lanes).map(|(edge, lanes)| way(&places, edge, lanes)).collect()
    }

    fn places<'a>(&self, flow: &'a Flow) -> HashMap<&'a str, Point> {
        let mut places = HashMap::new();
        for (node, point) in flow.nodes.iter().zip(&self.nodes) {
            places.entry(node.id.as_str()).or_insert(*point);
        }
        places
    }

    /// Edges that lead back are in plain sight anyway: they swing out.
    fn hides_no_edge(&self, flow: &Flow) -> bool {
        flow.edges.iter().zip(self.ways(flow)).all(|(edge, way)| {
            let mut others = flow.nodes.iter().zip(&self.nodes);
            let is_end = |id: &str| id == edge.source || id == edge.target;
            let leads_on = way.iter().all(|curve| curve.0[3].x >= curve.0[0].x);
            !leads_on
                || !others
                    .any(|(node, card)| !is_end(&node.id) && way.iter().any(|curve| curve.passes(*card)))
        })
    }
}

/// A piece of an edge: a cubic Bézier curve by its ends and the two points between that bend it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve(pub [Point; 4]);

impl Curve {
    /// Leaves and arrives level, as work goes from left to right.
    fn between(from: Point, to: Point) -> Self {
        let bend = ((to.x - from.x) / 2.0).max(STRAIGHT);
        Self([from, Point { x: from.x + bend, y: from.y }, Point { x: to.x - bend, y: to.y }, to])
    }

    /// Where it is after this share of its way.
    pub fn at(&self, share: f64) -> Point {
        let rest = 1.0 - share;
        let weights = [rest.powi(3), 3.0 * rest * rest * share, 3.0 * rest * share * share, share.powi(3)];
        let sum = |of: fn(&Point) -> f64| {
            self.0.iter().zip(weights).map(|(point, weight)| of(point) * weight).sum()
        };
        Point { x: sum(|point| point.x), y: sum(|point| point.y) }
    }

    fn passes(&self, card: Point) -> bool {
        (0..=SAMPLES).map(|sample| self.at(f64::from(sample) / f64::from(SAMPLES))).any(|point| {
            let (right, down) = (point.x - card.x, point.y - card.y);
            right > BORDER && right < CARD.width - BORDER && down > BORDER && down < CARD.height - BORDER
        })
    }
}

fn way(places: &HashMap<&str, Point>, edge: &Edge, lanes: &[Point]) -> Vec<Curve> {
    let ends = (places.get(edge.source.as_str()), places.get(edge.target.as_str()));
    let (Some(source), Some(target)) = ends else { return Vec::new() };
    let mut from = Point { x: source.x + CARD.width, y: source.y + way_out(edge) * CARD.height };
    let mut way = Vec::new();
    for lane in lanes {
        let [start, end] = [-0.5, 0.5].map(|side| Point { x: lane.x + side * CARD.width, y: lane.y });
        way.extend([Curve::between(from, start), Curve([start, start, end, end])]);
        from = end;
    }
    way.push(Curve::between(from, Point { x: target.x, y: target.y + CARD.height / 2.0 }));
    way
}

/// At which share of its source's height an edge leaves it: a branch has two ways out.
fn way_out(edge: &Edge) -> f64 {
    match edge.source_handle.as_deref() {
        Some("true") => 0.3,
        Some("false") => 0.7,
        _ => 0.5,
    }
}

fn is_sensible(nodes: &[Point]) -> bool {
    let all_finite = nodes.iter().all(|point| point.x.is_finite() && point.y.is_finite());
    all_finite && !overlap(nodes) && spread(nodes) <= WIDEST * (nodes.len() + 1) as f64
}

/// Whether a card lies on another. Sorted, so that only neighbours are compared.
fn overlap(nodes: &[Point]) -> bool {
    let mut sorted = nodes.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x));
    sorted.iter().enumerate().any(|(place, node)| {
        let mut near = sorted[place + 1..].iter().take_while(|other| other.x < node.x + CARD.width);
        near.any(|other| (other.y - node.y).abs() < CARD.height)
    })
}

/// The longer side of all, in cards.
fn spread(nodes: &[Point]) -> f64 {
    let range = |of: fn(&Point) -> f64| {
        let low = nodes.iter().map(of).fold(f64::INFINITY, f64::min);
        let high = nodes.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        (high - low).max(0.0)
    };
    (range(|point| point.x) / CARD.width).max(range(|point| point.y) / CARD.height)
}

/// Gives each node without a place one to the right of what leads to it. What stands there moves on.
/// The places of the others are for [`repair`](super::repair).
pub(super) fn make_room_and_place(flow: &mut Flow) {
    while let Some((place, at)) = next_unplaced(flow) {
        let mut taken = flow.nodes.iter().filter_map(|node| node.position.as_ref());
        if taken.any(|other| is_on(other, at)) {
            let positions = flow.nodes.iter_mut().filter_map(|node| node.position.as_mut());
            positions
                .filter(|position| position.x > at.x - CARD.width)
                .for_each(|position| position.x += ACROSS);
        }
        flow.nodes[place].position = Some(Position { x: at.x, y: at.y, rest: Map::new() });
    }
}

/// A node without a place, one of whose predecessors has one.
fn next_unplaced(flow: &Flow) -> Option<(usize, Point)> {
    let position = |id: &str| flow.nodes.iter().find(|node| node.id == id)?.position.as_ref();
    flow.nodes.iter().enumerate().filter(|(_, node)| node.position.is_none()).find_map(|(place, node)| {
        let mut before = flow.edges.iter().filter(|edge| edge.target == node.id);
        let before = before.find_map(|edge| position(&edge.source))?;
        Some((place, Point { x: before.x + ACROSS, y: before.y }))
    })
}

fn is_on(position: &Position, at: Point) -> bool {
    (position.x - at.x).abs() < CARD.width && (position.y - at.y).abs() < CARD.height
}
