//! Variables in a node's texts: `{{label.field}}`.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Fault, Flow, NodeKind};

/// A fault for each variable that names no node, or a field that its node does not have.
pub(super) fn faults(flow: &Flow) -> Vec<Fault> {
    let mut labels: HashMap<&str, Vec<NodeKind>> = HashMap::new();
    for node in &flow.nodes {
        labels.entry(node.label().unwrap_or_default()).or_default().push(node.kind);
    }
    let faults = flow.nodes.iter().flat_map(|node| {
        let variables = texts(&node.data).into_iter().flat_map(variables);
        variables.filter_map(|variable| fault(&node.id, variable, &labels)).collect::<Vec<_>>()
    });
    faults.collect()
}

/// Labels may have dots in them, so every dot is tried as the one before the field.
fn fault(node: &str, variable: &str, labels: &HashMap<&str, Vec<NodeKind>>) -> Option<Fault> {
    let mut names_a_node = false;
    for (dot, _) in variable.match_indices('.') {
        let (label, field) = (variable[..dot].trim(), variable[dot + 1..].trim());
        let Some(kinds) = labels.get(label) else { continue };
        if kinds.iter().any(|kind| kind.has_field(field)) {
            return None;
        }
        names_a_node = true;
    }
    let (node, variable) = (node.to_owned(), variable.to_owned());
    Some(if names_a_node {
        Fault::UnknownField { node, variable }
    } else {
        Fault::UnknownVariable { node, variable }
    })
}

/// A part of a text with variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// As it is.
    Text(&'a str),
    /// What is between the braces.
    Variable(&'a str),
}

/// `text` in its pieces, in order. Braces that are not closed before the next ones open are text.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut parts = text.split_inclusive("{{");
    let mut open = false;
    std::iter::from_fn(move || {
        let part = parts.next()?;
        let (body, opens) = part.strip_suffix("{{").map_or((part, false), |body| (body, true));
        let was_open = std::mem::replace(&mut open, opens);
        Some(match body.split_once("}}").filter(|_| was_open) {
            Some((variable, rest)) => [Piece::Variable(variable.trim()), Piece::Text(rest)],
            None => [Piece::Text(if was_open { "{{" } else { "" }), Piece::Text(body)],
        })
    })
    .flatten()
    .filter(|piece| *piece != Piece::Text(""))
}

pub(super) fn variables(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).filter_map(|piece| match piece {
        Piece::Variable(variable) => Some(variable),
        Piece::Text(_) => None,
    })
}

/// Every text of a node's settings, also of nested ones. A loop and not recursion: depth is the sender's.
pub(super) fn texts(data: &Map<String, Value>) -> Vec<&str> {
    let mut texts = Vec::new();
    let mut open: Vec<&Value> = data.values().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => texts.push(text.as_str()),
            Value::Array(values) => open.extend(values),
            Value::Object(fields) => open.extend(fields.values()),
            _ => {}
        }
    }
    texts
}
