//! What holds for every flow, also for the worst.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use flowmeter_domain::flow::{Fault, Flow, repair, validate};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Few ids, so that they meet.
fn id() -> impl Strategy<Value = String> {
    "[a-e]{0,1}"
}

fn node() -> impl Strategy<Value = Value> {
    let kind = prop::sample::select(vec!["input", "llm", "rag", "output", "branch", "tool", "imagegen"]);
    let place = option::of((-9999_i32..9999, -9999_i32..9999));
    (id(), kind, place, any::<i64>(), "\\PC{0,12}").prop_map(|(id, kind, place, unknown, text)| {
        let mut node = json!({
            "id": id, "type": kind, "unknown": unknown,
            "data": {"label": id, "prompt": text, "more": [unknown]},
        });
        if let Some((x, y)) = place {
            node["position"] = json!({"x": f64::from(x) / 4.0, "y": f64::from(y) / 4.0, "z": unknown});
        }
        node
    })
}

fn edge() -> impl Strategy<Value = Value> {
    let handle = prop::sample::select(vec![json!(null), json!("true"), json!(false), json!("x")]);
    (option::of(id()), id(), id(), handle, any::<bool>()).prop_map(|(id, source, target, handle, unknown)| {
        json!({"id": id, "source": source, "target": target, "sourceHandle": handle, "unknown": unknown})
    })
}

fn flow() -> impl Strategy<Value = Flow> {
    (vec(node(), 0..8), vec(edge(), 0..12), any::<bool>()).prop_map(|(nodes, edges, unknown)| {
        serde_json::from_value(json!({"nodes": nodes, "edges": edges, "unknown": unknown})).unwrap()
    })
}

proptest! {
    #[test]
    fn repairing_twice_is_repairing_once(flow in flow()) {
        let (once, _) = repair(flow);
        let (twice, repairs) = repair(once.clone());
        prop_assert_eq!(&twice, &once);
        prop_assert_eq!(repairs, vec![]);
    }

    #[test]
    fn a_repair_changes_nothing_of_a_node_but_its_missing_position(flow in flow()) {
        let (repaired, _) = repair(flow.clone());
        prop_assert_eq!(repaired.nodes.len(), flow.nodes.len());
        for (mut after, before) in repaired.nodes.into_iter().zip(flow.nodes) {
            prop_assert!(after.position.is_some());
            if before.position.is_none() {
                after.position = None;
            }
            prop_assert_eq!(after, before);
        }
    }

    #[test]
    fn a_repaired_flow_has_no_fault_that_a_repair_mends(flow in flow()) {
        let (repaired, _) = repair(flow);
        let mended = |fault: &Fault| {
            matches!(fault, Fault::DoubleEdgeId { .. } | Fault::DanglingEdge { .. })
        };
        prop_assert!(!validate(&repaired).iter().any(mended));
        prop_assert!(repaired.edges.iter().all(|edge| edge.id.is_some()));
    }

    #[test]
    fn a_repair_adds_no_fault(flow in flow()) {
        let before = validate(&flow);
        let (repaired, _) = repair(flow);
        for fault in validate(&repaired) {
            prop_assert!(before.contains(&fault), "{fault}");
        }
    }

    #[test]
    fn unknown_fields_come_back(flow in flow()) {
        let (repaired, _) = repair(flow.clone());
        prop_assert_eq!(&repaired.rest, &flow.rest);
        let unknown = |flow: &Flow| flow.nodes.iter().map(|node| node.rest.clone()).collect::<Vec<_>>();
        prop_assert_eq!(unknown(&repaired), unknown(&flow));
        prop_assert!(repaired.edges.iter().all(|edge| edge.rest.contains_key("unknown")));
    }

    #[test]
    fn writing_and_reading_gives_the_same_flow(flow in flow()) {
        let text = serde_json::to_string(&flow).unwrap();
        prop_assert_eq!(serde_json::from_str::<Flow>(&text).unwrap(), flow);
    }
}
