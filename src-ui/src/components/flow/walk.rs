//! From node to node by the arrow keys: along the edges, and up and down a layer.

use flowmeter_domain::flow::{CARD, Flow, Layout, Point};

/// A way to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// To what leads here.
    Back,
    /// To what follows.
    On,
    /// To the node above.
    Up,
    /// To the node below.
    Down,
}

impl Way {
    pub(super) fn of_key(key: &str) -> Option<Self> {
        match key {
            "ArrowLeft" => Some(Self::Back),
            "ArrowRight" => Some(Self::On),
            "ArrowUp" => Some(Self::Up),
            "ArrowDown" => Some(Self::Down),
            _ => None,
        }
    }
}

/// The node that is next to the one at `place`; of several the nearest.
pub(super) fn next(flow: &Flow, layout: &Layout, place: usize, way: Way) -> Option<usize> {
    let here = *layout.nodes.get(place)?;
    let others = (0..layout.nodes.len()).filter(|other| *other != place);
    let candidates: Vec<usize> = match way {
        Way::On | Way::Back => others.filter(|other| joins(flow, place, *other, way)).collect(),
        Way::Up | Way::Down => {
            others.filter(|other| is_on_the_way(here, layout.nodes[*other], way)).collect()
        }
    };
    candidates.into_iter().min_by(|a, b| {
        let distance =
            |place: usize| (layout.nodes[place].y - here.y).abs() + (layout.nodes[place].x - here.x).abs();
        distance(*a).total_cmp(&distance(*b))
    })
}

fn joins(flow: &Flow, here: usize, there: usize, way: Way) -> bool {
    let (from, to) = if way == Way::On { (here, there) } else { (there, here) };
    let (from, to) = (&flow.nodes[from].id, &flow.nodes[to].id);
    flow.edges.iter().any(|edge| edge.source == *from && edge.target == *to)
}

fn is_on_the_way(here: Point, there: Point, way: Way) -> bool {
    let same_layer = (there.x - here.x).abs() < CARD.width;
    same_layer && if way == Way::Up { there.y < here.y } else { there.y > here.y }
}

/// The nodes in the order in which the Tab key goes through them: layer by layer, from the top.
pub(super) fn reading_order(layout: &Layout) -> Vec<usize> {
    let mut order: Vec<usize> = (0..layout.nodes.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (layout.nodes[*a], layout.nodes[*b]);
        a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y))
    });
    order
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arrows_follow_the_edges_and_go_up_and_down_a_layer() {
        let nodes = ["a", "b", "c", "d"].map(|id| json!({"id": id, "type": "llm"}));
        let edges = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")];
        let edges = edges.map(|(source, target)| json!({"source": source, "target": target}));
        let flow: Flow = serde_json::from_value(json!({"nodes": nodes, "edges": edges})).expect("a flow");
        let layout = Layout::plain(&flow);
        let table = [
            (0, Way::On, Some(1)),
            (0, Way::Back, None),
            (1, Way::Down, Some(2)),
            (2, Way::Up, Some(1)),
            (2, Way::Down, None),
            (2, Way::On, Some(3)),
            (3, Way::Back, Some(1)),
            (9, Way::On, None),
        ];
        for (place, way, expected) in table {
            assert_eq!(next(&flow, &layout, place, way), expected, "{place} {way:?}");
        }
        assert_eq!(reading_order(&layout), [0, 1, 2, 3]);
    }
}
