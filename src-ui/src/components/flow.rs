//! The pieces that flows are shown with: the picture and what stands around it.
//!
//! [`FlowCanvas`] shows any flow, also while it runs: give it a [`NodeStatus`] for each node that has one.

mod badge;
mod canvas;
mod change_panel;
mod details;
mod drawing;
mod edge_line;
mod faults;
mod flow_list;
mod node_card;
mod plan_progress;
mod sentence_box;
mod shorten;
mod viewport;
mod walk;

pub use badge::{NodeState, NodeStatus};
pub use canvas::{FlowCanvas, FlowCanvasProps};
pub use change_panel::{ChangePanel, ChangePanelProps};
pub use details::{NodeDetails, NodeDetailsProps};
pub use drawing::Marks;
pub(super) use faults::fault_text;
pub use faults::{FlowFaults, FlowFaultsProps, FlowRepairs, FlowRepairsProps};
pub use flow_list::{FlowList, FlowListProps, FlowWish, NameField, NameFieldProps};
pub use plan_progress::{PlanProgress, PlanProgressProps, charged_text};
pub use sentence_box::{SentenceBox, SentenceBoxProps};
