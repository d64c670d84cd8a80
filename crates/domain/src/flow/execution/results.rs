//! What nodes have to say to those behind them: variables filled in, and the text of an output.
//!
//! A node sees the nodes before it and no others, so that what it gets never depends on which of two
//! nodes side by side was faster.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use super::settings::{InputSettings, OutputSettings, Source};
use super::{Execution, Given, NodeState};
use crate::flow::variables::{Piece, pieces};
use crate::flow::{Node, NodeKind};

/// Between parts of a text that come from several nodes.
const BETWEEN: &str = "\n\n";

/// What a variable stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// This, for good.
    Whole(Value),
    /// This and more to come.
    Growing(String),
    /// Nothing yet.
    Awaited,
    /// Nothing, for good: its node was passed over, failed or stopped, or there is no such node before.
    Missing,
}

/// A text as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Never taken back: more only comes behind it.
    pub text: String,
    /// Whether this is all.
    pub is_whole: bool,
}

/// A text with its variables filled in, up to the first that is not whole.
struct Filled {
    written: Written,
    /// Whether a variable stands for nothing.
    lacks: bool,
    /// Whether it ends at a variable of which nothing is known.
    awaits: bool,
}

impl Execution {
    /// `text` with its variables filled in, as `node` sees them. What is not known is left out.
    pub fn fill(&self, node: &str, text: &str) -> String {
        self.filled(node, text).written.text
    }

    /// What `variable`, the words between the braces, stands for at `node`.
    pub fn look_up(&self, node: &str, variable: &str) -> Found {
        let before = self.before(node);
        let mut best = Found::Missing;
        // Labels may have dots in them, so every dot is tried as the one before the field.
        for (dot, _) in variable.match_indices('.') {
            let (label, field) = (variable[..dot].trim(), variable[dot + 1..].trim());
            for node in before.iter().filter(|node| node.id == label || node.label() == Some(label)) {
                match self.field(node, field) {
                    found @ Found::Whole(_) => return found,
                    Found::Missing => {}
                    found => best = found,
                }
            }
        }
        best
    }

    /// What comes into `node`, where it does not say what it wants.
    pub fn incoming(&self, node: &str) -> String {
        self.incoming_text(node).text
    }

    /// The text of an output, as far as it is known.
    pub fn output(&self, node: &Node) -> Written {
        match OutputSettings::of(node) {
            Ok(OutputSettings::Incoming) => self.incoming_text(&node.id),
            Ok(OutputSettings::Direct(source)) => self.source(&node.id, &source).written,
            Ok(OutputSettings::Select(sources)) => self.select(&node.id, &sources),
            Ok(OutputSettings::Merge(sources)) => self.merge(&node.id, &sources),
            Ok(OutputSettings::Template(template)) => self.filled(&node.id, &template).written,
            Err(_) => Written { is_whole: true, ..Written::default() },
        }
    }

    /// The nodes from which an edge leads to `node`, directly or through others, in the flow's order.
    pub fn before(&self, node: &str) -> Vec<&Node> {
        let mut seen = HashSet::new();
        let mut open = vec![node];
        while let Some(at) = open.pop() {
            let entering = self.flow.edges.iter().filter(|edge| edge.target == at);
            open.extend(entering.map(|edge| edge.source.as_str()).filter(|source| seen.insert(*source)));
        }
        self.flow.nodes.iter().filter(|node| seen.contains(node.id.as_str())).collect()
    }

    fn field(&self, node: &Node, field: &str) -> Found {
        match (self.state(&node.id), node.kind) {
            (NodeState::Done { .. }, NodeKind::Input) => self.given(node, field),
            (NodeState::Done { way }, NodeKind::Branch) => match (field, way) {
                ("conditionResult", Some(way)) => Found::Whole((*way).into()),
                _ => self.passed_through(node, field),
            },
            (NodeState::Done { .. }, NodeKind::Llm) if field == "response" => {
                Found::Whole(self.response(node).into())
            }
            // What a failure or a stop cut short stays readable, and is never whole.
            (_, NodeKind::Llm) if field == "response" && self.has_begun(node) => {
                Found::Growing(self.response(node))
            }
            (NodeState::Done { .. }, NodeKind::Output) if field == "text" => {
                Found::Whole(self.output(node).text.into())
            }
            (NodeState::Waiting | NodeState::Running, _) => Found::Awaited,
            _ => Found::Missing,
        }
    }

    /// Files cannot be given here: they are nothing, and that is known.
    fn given(&self, node: &Node, field: &str) -> Found {
        let nothing = Given::default();
        let given = self.given.get(&node.id).unwrap_or(&nothing);
        Found::Whole(match field.strip_prefix("formData.") {
            Some(name) => given.form_data.get(name).cloned().unwrap_or_default(),
            None if field == "user_input" => given.user_input.clone().into(),
            None => Value::Null,
        })
    }

    /// A branch has the fields of whatever came into it.
    fn passed_through(&self, branch: &Node, field: &str) -> Found {
        let found = self.sources(&branch.id).map(|source| self.field(source, field));
        found.into_iter().find(|found| *found != Found::Missing).unwrap_or(Found::Missing)
    }

    fn has_begun(&self, node: &Node) -> bool {
        let run = self.nodes.get(&node.id);
        run.is_some_and(|run| run.state == NodeState::Running || !run.text.content.is_empty())
    }

    fn response(&self, node: &Node) -> String {
        self.nodes.get(&node.id).map(|run| run.text.content.clone()).unwrap_or_default()
    }

    /// The nodes whose edges enter `node`, each once.
    fn sources(&self, node: &str) -> impl Iterator<Item = &Node> {
        let entering = self.flow.edges.iter().filter(move |edge| edge.target == node);
        let mut seen = HashSet::new();
        entering
            .filter(move |edge| seen.insert(edge.source.as_str()))
            .filter_map(|edge| self.node(&edge.source))
    }

    fn incoming_text(&self, node: &str) -> Written {
        self.join(self.sources(node).map(|source| self.said(source)))
    }

    /// What a node says where no field is named.
    fn said(&self, node: &Node) -> Filled {
        match node.kind {
            NodeKind::Branch if matches!(self.state(&node.id), NodeState::Done { .. }) => {
                Filled { written: self.incoming_text(&node.id), lacks: false, awaits: false }
            }
            NodeKind::Input if matches!(self.state(&node.id), NodeState::Done { .. }) => {
                Filled::from(Found::Whole(self.given_text(node).into()))
            }
            NodeKind::Output => Filled::from(self.field(node, "text")),
            _ => Filled::from(self.field(node, "response")),
        }
    }

    /// What was given to an input: the text, and behind it the form as a list.
    pub fn given_text(&self, node: &Node) -> String {
        let nothing = Given::default();
        let given = self.given.get(&node.id).unwrap_or(&nothing);
        let entry = |field: &super::FormField| {
            let entered = given.entered(&field.name).join(", ");
            (!entered.trim().is_empty()).then(|| format!("{}: {entered}", field.label))
        };
        let form: Vec<String> = InputSettings::of(node).fields.iter().filter_map(entry).collect();
        let parts = [given.user_input.clone(), form.join("\n")];
        parts.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(BETWEEN)
    }

    /// The first source with a text wins, so nothing is shown while an earlier one may still get one.
    fn select(&self, node: &str, sources: &[Source]) -> Written {
        for source in sources {
            let filled = self.source(node, source);
            if filled.is_awaited() {
                return Written::default();
            }
            if !filled.is_empty() {
                return filled.written;
            }
        }
        Written { is_whole: true, ..Written::default() }
    }

    fn merge(&self, node: &str, sources: &[Source]) -> Written {
        self.join(sources.iter().map(|source| self.source(node, source)))
    }

    /// All parts with a text, up to the first that is not whole.
    fn join(&self, parts: impl Iterator<Item = Filled>) -> Written {
        let mut all = Written { is_whole: true, ..Written::default() };
        for part in parts {
            if part.is_awaited() {
                return Written { is_whole: false, ..all };
            }
            if part.is_empty() {
                continue;
            }
            if !all.text.is_empty() {
                all.text.push_str(BETWEEN);
            }
            all.text.push_str(&part.written.text);
            if !part.written.is_whole {
                return Written { is_whole: false, ..all };
            }
        }
        all
    }

    fn source(&self, node: &str, source: &Source) -> Filled {
        match source {
            Source::Variable(text) => self.filled(node, text),
            Source::Static(text) => Filled::from(Found::Whole(text.as_str().into())),
        }
    }

    fn filled(&self, node: &str, text: &str) -> Filled {
        let mut filled = Filled { written: Written::default(), lacks: false, awaits: false };
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => filled.written.text.push_str(text),
                Piece::Variable(variable) => match self.look_up(node, variable) {
                    Found::Whole(value) => filled.written.text.push_str(&plain(&value)),
                    Found::Missing => filled.lacks = true,
                    Found::Growing(text) => {
                        filled.written.text.push_str(&text);
                        return filled;
                    }
                    Found::Awaited => return Filled { awaits: true, ..filled },
                },
            }
        }
        filled.written.is_whole = true;
        filled
    }
}

impl Filled {
    /// Whether it may become a text, or nothing: which one is not known.
    fn is_awaited(&self) -> bool {
        !self.lacks && !self.written.is_whole && (self.awaits || self.written.text.trim().is_empty())
    }

    /// Whether it is no text. One that lacks a variable says half of what was meant.
    fn is_empty(&self) -> bool {
        self.lacks || self.written.text.trim().is_empty()
    }
}

impl From<Found> for Filled {
    fn from(found: Found) -> Self {
        let (text, is_whole) = match &found {
            Found::Whole(value) => (plain(value).into_owned(), true),
            Found::Growing(text) => (text.clone(), false),
            Found::Awaited => (String::new(), false),
            Found::Missing => (String::new(), true),
        };
        let written = Written { text, is_whole };
        Self { written, lacks: found == Found::Missing, awaits: found == Found::Awaited }
    }
}

/// A value within a text: as it is, or as JSON where it has parts.
fn plain(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "".into(),
        Value::String(text) => text.as_str().into(),
        other => other.to_string().into(),
    }
}
