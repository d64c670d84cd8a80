//! A small sign on a node: what a change does to it, how it does in a run, or that it has a fault. By
//! colour, by a sign and by a word.

use flowmeter_domain::flow::{CARD, Mark};
use yew::prelude::*;

use super::shorten::shorten;
use crate::locales::{Text, Translator};

/// A badge lies on the upper edge of the card.
const HEIGHT: f64 = 20.0;
const ROOM: f64 = 150.0;
const FONT: f64 = 11.0;

/// How a node does in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeStatus {
    /// How far it is.
    pub state: NodeState,
    /// A few words more, such as how long it took; may be empty.
    pub text: AttrValue,
}

/// How far a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeState {
    /// Something before it is not done.
    Waiting,
    /// It is at work.
    Running,
    /// It has its result.
    Done,
    /// It has none.
    Failed,
    /// It is not on the way that was taken.
    Skipped,
    /// It was stopped before its end.
    Stopped,
}

/// What is drawn.
pub(super) struct Badge {
    /// Colours the badge and the card's frame.
    pub(super) class: &'static str,
    sign: &'static str,
    /// What it says.
    pub(super) words: AttrValue,
}

impl Badge {
    pub(super) fn of_mark(texts: &Translator, mark: Mark) -> Self {
        let (class, sign) = (mark_class(mark), mark_sign(mark));
        Self { class, sign, words: texts.text(mark_text(mark)) }
    }

    pub(super) fn of_fault(texts: &Translator) -> Self {
        Self { class: "is-faulty", sign: "!", words: texts.text(Text::FlowFaulty) }
    }

    pub(super) fn of_status(texts: &Translator, status: &NodeStatus) -> Self {
        let (class, sign, text) = match status.state {
            NodeState::Waiting => ("is-waiting", "○", Text::FlowNodeWaiting),
            NodeState::Running => ("is-running", "▸", Text::FlowNodeRunning),
            NodeState::Done => ("is-done", "✓", Text::FlowNodeDone),
            NodeState::Failed => ("is-failed", "×", Text::FlowNodeFailed),
            NodeState::Skipped => ("is-skipped", "–", Text::FlowNodeSkipped),
            NodeState::Stopped => ("is-skipped", "■", Text::NodeStopped),
        };
        let words = texts.text(text);
        let words = if status.text.is_empty() { words } else { format!("{words} · {}", status.text).into() };
        Self { class, sign, words }
    }

    pub(super) fn draw(&self) -> Html {
        let text = shorten(&format!("{} {}", self.sign, self.words), ROOM, FONT);
        let width = 16.0 + super::shorten::width(&text, FONT);
        let left = CARD.width - width - 10.0;
        html! {
            <g class="badge-mark" transform={format!("translate({left:.1} {})", -HEIGHT / 2.0)}>
                <rect width={format!("{width:.1}")} height={HEIGHT.to_string()} rx="10" />
                <text x={format!("{:.1}", width / 2.0)} y="14" text-anchor="middle">{ text }</text>
            </g>
        }
    }
}

/// The class that colours a mark.
pub(super) fn mark_class(mark: Mark) -> &'static str {
    match mark {
        Mark::Added => "is-added",
        Mark::Changed => "is-changed",
        Mark::Removed => "is-removed",
    }
}

/// The sign of a mark.
pub(super) fn mark_sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Added => "+",
        Mark::Changed => "~",
        Mark::Removed => "−",
    }
}

/// The word of a mark.
pub(super) fn mark_text(mark: Mark) -> Text {
    match mark {
        Mark::Added => Text::FlowAdded,
        Mark::Changed => Text::FlowChanged,
        Mark::Removed => Text::FlowRemoved,
    }
}
