//! Lays a flow out anew: in layers from left to right, with few crossings.
//!
//! The library may panic, as any may, and a person is not to pay for that with their flow: whatever
//! happens, there is a layout. In the backend and not in the page, where a panic would end the page.

use std::collections::BTreeSet;

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir, layout};
use flowmeter_domain::flow::{CARD, Flow, GAP, Layout, Point};

/// Beyond this a layout takes longer than anybody wants to wait; such flows get a plain one.
const MOST_NODES: usize = 400;
const MOST_EDGES: usize = 1200;

/// Where a flow is drawn: as it says itself, if that makes sense, else arranged.
pub(super) fn layout_of(flow: &Flow) -> Layout {
    let Some(brought) = Layout::brought(flow) else { return arranged(flow) };
    let arranged = arranged(flow);
    // What was arranged before has its lanes again.
    if arranged.nodes == brought.nodes { arranged } else { brought }
}

/// A flow laid out anew.
pub(super) fn arranged(flow: &Flow) -> Layout {
    if flow.nodes.len() > MOST_NODES || flow.edges.len() > MOST_EDGES {
        return Layout::plain(flow);
    }
    let layout = std::panic::catch_unwind(|| by_dagre(flow)).ok().flatten();
    layout.unwrap_or_else(|| {
        tracing::warn!(nodes = flow.nodes.len(), "a flow could not be arranged");
        Layout::plain(flow)
    })
}

type Drawing = Graph<NodeLabel, EdgeLabel>;

fn by_dagre(flow: &Flow) -> Option<Layout> {
    let mut drawing =
        Drawing::with_options(GraphOptions { directed: true, multigraph: true, compound: false });
    for place in 0..flow.nodes.len() {
        let card = NodeLabel { width: CARD.width, height: CARD.height, ..NodeLabel::default() };
        drawing.set_node(place.to_string(), Some(card));
    }
    let edges = edges(flow);
    for (name, ends) in edges.iter().enumerate() {
        if let Some([source, target]) = ends {
            drawing.set_edge(source, target, Some(EdgeLabel::default()), Some(&name.to_string()));
        }
    }
    layout(&mut drawing, Some(options()));
    read(flow, &drawing, &edges)
}

fn options() -> LayoutOptions {
    let (nodesep, ranksep) = (GAP.height, GAP.width);
    LayoutOptions { rankdir: RankDir::LR, nodesep, edgesep: GAP.height, ranksep, ..LayoutOptions::default() }
}

/// The two nodes of each edge by their places, as names; of nodes with the same id the first has the
/// edges.
fn edges(flow: &Flow) -> Vec<Option<[String; 2]>> {
    let place = |id: &str| flow.nodes.iter().position(|node| node.id == id).map(|place| place.to_string());
    flow.edges.iter().map(|edge| Some([place(&edge.source)?, place(&edge.target)?])).collect()
}

fn read(flow: &Flow, drawing: &Drawing, edges: &[Option<[String; 2]>]) -> Option<Layout> {
    let middle = |place: usize| {
        let card = drawing.node(&place.to_string())?;
        let point = Point { x: card.x?, y: card.y? };
        (point.x.is_finite() && point.y.is_finite()).then_some(point)
    };
    let middles: Option<Vec<Point>> = (0..flow.nodes.len()).map(middle).collect();
    let middles = middles?;
    let layers: BTreeSet<i64> = middles.iter().map(|point| point.x.round() as i64).collect();
    let lanes = edges.iter().enumerate().map(|(name, ends)| {
        let Some([source, target]) = ends else { return Vec::new() };
        let edge = drawing.edge(source, target, Some(&name.to_string()));
        let points = edge.map(|edge| edge.points.as_slice()).unwrap_or_default();
        points.iter().filter_map(|point| lane(&layers, point)).collect()
    });
    let corner = |point: &Point| Point {
        x: (point.x - CARD.width / 2.0).round(),
        y: (point.y - CARD.height / 2.0).round(),
    };
    Some(Layout { nodes: middles.iter().map(corner).collect(), lanes: lanes.collect() })
}

/// A bend of an edge that lies in the middle of a layer; those between two layers only make it wavy.
fn lane(layers: &BTreeSet<i64>, point: &dagre::Point) -> Option<Point> {
    let in_layer = layers.contains(&(point.x.round() as i64));
    in_layer.then(|| Point { x: point.x.round(), y: point.y.round() })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A flow of `edges`, each from one number to another.
    fn flow(count: usize, edges: &[(usize, usize)]) -> Flow {
        let nodes: Vec<Value> = (0..count).map(|id| json!({"id": id.to_string(), "type": "llm"})).collect();
        let edges =
            edges.iter().map(|(from, to)| json!({"source": from.to_string(), "target": to.to_string()}));
        serde_json::from_value(json!({"nodes": nodes, "edges": edges.collect::<Vec<_>>()})).unwrap()
    }

    fn placed(flow: &Flow) -> Flow {
        let mut flow = flow.clone();
        arranged(&flow).place(&mut flow);
        flow
    }

    /// Whether any edge runs behind a node that it does not join.
    fn hides_an_edge(flow: &Flow, layout: &Layout) -> bool {
        let is_in = |point: Point, card: &Point| {
            (0.0..CARD.width).contains(&(point.x - card.x))
                && (0.0..CARD.height).contains(&(point.y - card.y))
        };
        flow.edges.iter().zip(layout.ways(flow)).any(|(edge, way)| {
            let others = flow.nodes.iter().zip(&layout.nodes);
            let others = others.filter(|(node, _)| node.id != edge.source && node.id != edge.target);
            let samples =
                || way.iter().flat_map(|curve| (0..50).map(|part| curve.at(f64::from(part) / 50.0)));
            others.into_iter().any(|(_, card)| samples().any(|point| is_in(point, card)))
        })
    }

    #[test]
    fn work_goes_from_left_to_right_and_nothing_lies_on_anything() {
        let flow = flow(6, &[(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (0, 5), (5, 4), (0, 4)]);
        let layout = arranged(&flow);
        for edge in &flow.edges {
            let at = |id: &str| layout.nodes[id.parse::<usize>().unwrap()];
            assert!(at(&edge.target).x >= at(&edge.source).x + CARD.width, "{edge:?} in {layout:?}");
        }
        assert!(!hides_an_edge(&flow, &layout), "{layout:?}");
    }

    #[test]
    fn an_edge_over_several_layers_has_a_lane_in_each_of_them() {
        let layout = arranged(&flow(4, &[(0, 1), (1, 2), (2, 3), (0, 3)]));
        let lengths: Vec<_> = layout.lanes.iter().map(Vec::len).collect();
        assert_eq!(lengths, [0, 0, 0, 2], "{layout:?}");
        for lane in &layout.lanes[3] {
            let apart = |card: &Point| (lane.y - card.y - CARD.height / 2.0).abs() > CARD.height / 2.0;
            assert!(layout.nodes[1..3].iter().all(apart), "{layout:?}");
        }
    }

    #[test]
    fn the_same_flow_is_always_arranged_the_same_and_keeps_its_lanes() {
        let flow =
            flow(40, &(1..40).flat_map(|node| [(node / 2, node), (node / 3, node)]).collect::<Vec<_>>());
        let layout = arranged(&flow);
        assert_eq!(arranged(&flow), layout);
        assert_eq!(layout_of(&placed(&flow)), layout);
    }

    #[test]
    fn what_is_no_order_is_arranged_all_the_same() {
        for edges in [&[(0, 0)][..], &[(0, 1), (1, 0)], &[(0, 1), (0, 1)], &[(2, 9)], &[]] {
            let flow = flow(3, edges);
            let layout = arranged(&flow);
            assert_eq!((layout.nodes.len(), layout.lanes.len()), (3, edges.len()), "{edges:?}");
            assert!(Layout::brought(&placed(&flow)).is_some(), "{edges:?}: {layout:?}");
        }
        assert_eq!(arranged(&flow(0, &[])), Layout::default());
    }

    #[test]
    fn a_flow_beyond_all_measure_is_laid_out_plainly() {
        let chain: Vec<_> = (1..1000).map(|node| (node - 1, node)).collect();
        let flow = flow(1000, &chain);
        assert_eq!(arranged(&flow), Layout::plain(&flow));
    }
}
