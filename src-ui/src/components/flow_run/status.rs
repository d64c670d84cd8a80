//! How each node of a run does, for the picture.

use std::collections::BTreeMap;

use flowmeter_domain::flow::execution::{Execution, NodeState as Reached};

use crate::components::{NodeState, NodeStatus};

/// The statuses of all nodes, by id.
pub fn statuses(execution: &Execution) -> BTreeMap<String, NodeStatus> {
    let status = |state: &Reached| {
        let (state, text) = match state {
            Reached::Waiting => (NodeState::Waiting, ""),
            Reached::Running => (NodeState::Running, ""),
            Reached::Done { way: None } => (NodeState::Done, ""),
            // As the edges say it.
            Reached::Done { way: Some(true) } => (NodeState::Done, "true"),
            Reached::Done { way: Some(false) } => (NodeState::Done, "false"),
            Reached::Skipped => (NodeState::Skipped, ""),
            Reached::Failed { .. } => (NodeState::Failed, ""),
            Reached::Stopped { .. } => (NodeState::Stopped, ""),
        };
        NodeStatus { state, text: text.into() }
    };
    execution.nodes.iter().map(|(id, run)| (id.clone(), status(&run.state))).collect()
}
