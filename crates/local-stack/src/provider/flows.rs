//! Makes up the JSON of a flow or of a change, from what the prompt says: believable, always the same.

use serde_json::{Value, json};

use super::answer::topic;
use super::script::JsonAnswer;

const STORY: &str = "I am sorry, but I would rather tell you a story.";

/// The answer to a user's message in JSON mode.
///
/// A message that is itself an object with `nodes` is about a change of these; any other is a wish for a flow.
pub(super) fn answer(message: &str, how: JsonAnswer) -> String {
    let change = serde_json::from_str::<Value>(message).ok().filter(|json| json["nodes"].is_array());
    let is_patch = change.as_ref().is_some_and(|change| change["answer"] == "patch");
    let json = match how {
        JsonAnswer::NotJson => return STORY.to_owned(),
        JsonAnswer::NoPatch if is_patch => return STORY.to_owned(),
        JsonAnswer::NoNodes => json!({"title": "Nothing", "nodes": [], "edges": []}),
        JsonAnswer::Unknown => json!({"action": "unknown"}),
        JsonAnswer::Repairable => repairable(),
        JsonAnswer::Circle => circle(),
        JsonAnswer::Good | JsonAnswer::NoPatch => match change {
            Some(change) if is_patch => patch(&change),
            Some(change) => changed(change),
            None => flow(message),
        },
    };
    json.to_string()
}

fn says(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| text.contains(word))
}

/// Input, model, output; with a branch when the prompt says so.
fn flow(prompt: &str) -> Value {
    let mut nodes = vec![
        node("input", "input", json!({"label": "Question"}), 0, 0),
        node("write", "llm", json!({"label": "Writer", "prompt": "{{Question.user_input}}"}), 1, 0),
        node("output", "output", json!({"label": "Answer", "text": "{{Writer.response}}"}), 3, 0),
    ];
    let mut edges = vec![edge("input", "write", None)];
    if says(prompt, &["branch", "if ", "otherwise", "分支", "如果"]) {
        let condition = json!({"label": "Check", "condition": "{{Writer.response}} is good"});
        nodes.push(node("check", "branch", condition, 2, 0));
        let again = json!({"label": "Editor", "prompt": "Improve: {{Writer.response}}"});
        nodes.push(node("edit", "llm", again, 3, 1));
        nodes.push(node("edited", "output", json!({"label": "Edited", "text": "{{Editor.response}}"}), 4, 1));
        edges.push(edge("write", "check", None));
        edges.push(edge("check", "output", Some("true")));
        edges.push(edge("check", "edit", Some("false")));
        edges.push(edge("edit", "edited", None));
    } else {
        edges.push(edge("write", "output", None));
    }
    let mut flow = json!({"nodes": nodes, "edges": edges});
    if !says(prompt, &["untitled", "无标题"]) {
        flow["title"] = topic(prompt).into();
    }
    flow
}

/// Only what changes: a node less, a node more, or new words for the first model.
fn patch(change: &Value) -> Value {
    let request = change["request"].as_str().unwrap_or_default();
    let model = first_model(change).unwrap_or_default();
    if says(request, &["delete", "remove", "删除"]) {
        json!({"action": "delete", "target": model})
    } else if says(request, &["nowhere"]) {
        json!({"action": "delete", "target": "nowhere"})
    } else if says(request, &["add", "添加", "增加"]) {
        let data = json!({"label": "Added", "prompt": request});
        json!({"action": "add", "nodeType": "llm", "nodeData": data, "connectAfter": model})
    } else {
        json!({"patches": [{"nodeId": model, "data": {"systemPrompt": request}}]})
    }
}

/// The whole flow with new words for the first model. It forgets where the nodes stood, as models do.
fn changed(mut change: Value) -> Value {
    let (request, model) = (change["request"].clone(), first_model(&change));
    for node in change["nodes"].as_array_mut().into_iter().flatten() {
        if node["id"].as_str() == model.as_deref() {
            node["data"]["systemPrompt"] = request.clone();
        }
        if let Some(fields) = node.as_object_mut() {
            fields.remove("position");
        }
    }
    json!({"title": "Changed", "nodes": change["nodes"], "edges": change["edges"]})
}

fn first_model(change: &Value) -> Option<String> {
    let mut nodes = change["nodes"].as_array()?.iter();
    nodes.find(|node| node["type"] == "llm")?["id"].as_str().map(str::to_owned)
}

/// No positions, an edge without an id, two with the same, and one to nowhere.
fn repairable() -> Value {
    json!({
        "title": "Rough",
        "nodes": [
            {"id": "input", "type": "input", "data": {"label": "Question"}},
            {"id": "write", "type": "llm", "data": {"label": "Writer", "prompt": "{{Question.user_input}}"}},
            {"id": "output", "type": "output", "data": {"label": "Answer"}, "theirs": true},
        ],
        "edges": [
            {"source": "input", "target": "write"},
            {"id": "e", "source": "write", "target": "output"},
            {"id": "e", "source": "input", "target": "output"},
            {"id": "f", "source": "write", "target": "nowhere"},
        ],
    })
}

fn circle() -> Value {
    let mut flow = flow("");
    if let Some(edges) = flow["edges"].as_array_mut() {
        edges.push(edge("output", "write", None));
    }
    flow
}

fn node(id: &str, kind: &str, data: Value, column: i32, row: i32) -> Value {
    json!({"id": id, "type": kind, "data": data, "position": {"x": column * 280, "y": row * 140}})
}

fn edge(source: &str, target: &str, handle: Option<&str>) -> Value {
    let mut edge = json!({"id": format!("{source}-{target}"), "source": source, "target": target});
    if let Some(handle) = handle {
        edge["sourceHandle"] = handle.into();
    }
    edge
}

#[cfg(test)]
mod tests {
    use flowmeter_domain::flow::{Flow, repair, validate};

    use super::*;

    fn flow_of(prompt: &str, how: JsonAnswer) -> Flow {
        serde_json::from_str(&answer(prompt, how)).unwrap()
    }

    #[test]
    fn a_good_flow_has_no_fault_and_needs_no_repair() {
        for prompt in ["Write a poem", "If it rains, say so", "写一首诗", ""] {
            let flow = flow_of(prompt, JsonAnswer::Good);
            assert_eq!(validate(&flow), [], "{prompt}");
            assert_eq!(repair(flow.clone()), (flow, vec![]), "{prompt}");
        }
        assert_eq!(flow_of("If it rains, say so", JsonAnswer::Good).nodes.len(), 6);
    }

    #[test]
    fn a_rough_flow_can_be_repaired_and_a_circle_cannot() {
        let (flow, repairs) = repair(flow_of("", JsonAnswer::Repairable));
        assert_eq!((repairs.len(), validate(&flow)), (4, vec![]));
        assert!(!validate(&repair(flow_of("", JsonAnswer::Circle)).0).is_empty());
    }
}
