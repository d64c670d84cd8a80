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

/// What a person wishes, in a message that is a wish for a flow or about a change of one.
pub(super) fn wish(message: &str) -> String {
    let change = serde_json::from_str::<Value>(message).ok();
    let request = change.as_ref().and_then(|change| change["request"].as_str());
    request.unwrap_or(message).to_owned()
}

fn says(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| text.contains(word))
}

/// Input, model, output; with a branch, or with two models side by side, when the prompt says so.
fn flow(prompt: &str) -> Value {
    if says(prompt, &["sixty", "六十"]) {
        return sixty(prompt);
    }
    let (nodes, edges) = if says(prompt, &["branch", "if ", "otherwise", "分支", "如果"]) {
        branching()
    } else if says(prompt, &["both sides", "compare", "比较", "利弊"]) {
        comparing()
    } else {
        straight()
    };
    let mut flow = json!({"nodes": nodes, "edges": edges});
    if !says(prompt, &["untitled", "无标题"]) {
        flow["title"] = topic(prompt).into();
    }
    flow
}

/// Six drafts side by side, each looked up, written, checked and mended, then merged: sixty nodes that
/// do not say where they stand.
fn sixty(prompt: &str) -> Value {
    let mut nodes = vec![
        json!({"id": "input", "type": "input", "data": {"label": "Report", "greeting": "Paste a report."}}),
        json!({"id": "split", "type": "llm", "data": {"label": "Splitter", "prompt": "Split: {{Report.user_input}}"}}),
        json!({"id": "merge", "type": "llm", "data": {"label": "Editor in chief", "prompt": "Merge the chapters."}}),
        json!({"id": "good", "type": "branch", "data": {"label": "Ready?", "condition": "{{Editor in chief.response}} is complete"}}),
        json!({"id": "output", "type": "output", "data": {"label": "Brief", "text": "{{Editor in chief.response}}"}}),
        json!({"id": "notes", "type": "output", "data": {"label": "Open questions", "text": "{{Splitter.response}}"}}),
    ];
    let mut edges = vec![
        edge("input", "split", None),
        edge("merge", "good", None),
        edge("good", "output", Some("true")),
        edge("good", "notes", Some("false")),
        edge("split", "merge", None),
    ];
    for chapter in 1..=6 {
        chapter_of(chapter, &mut nodes, &mut edges);
    }
    json!({"title": topic(prompt), "nodes": nodes, "edges": edges})
}

/// Nine nodes from the splitter to the merge.
fn chapter_of(number: u32, nodes: &mut Vec<Value>, edges: &mut Vec<Value>) {
    let id = |name: &str| format!("{name}-{number}");
    let label = |name: &str| format!("{name} {number}");
    let (draft, checked) =
        (format!("{{{{{}.response}}}}", label("Draft")), format!("{{{{{}.response}}}}", label("Mended")));
    for (name, kind, title, field, text) in [
        ("find", "rag", "Sources", "query", "{{Splitter.response}}"),
        ("draft", "llm", "Draft", "prompt", "Write this chapter from its sources."),
        ("style", "llm", "Style", "prompt", draft.as_str()),
        ("facts", "tool", "Facts", "tool", "web_search"),
        ("mend", "llm", "Mended", "prompt", draft.as_str()),
        ("short", "branch", "Short enough", "condition", checked.as_str()),
        ("cut", "llm", "Cut", "prompt", checked.as_str()),
        ("title", "llm", "Title", "prompt", checked.as_str()),
        ("chart", "imagegen", "Chart", "prompt", checked.as_str()),
    ] {
        nodes.push(json!({"id": id(name), "type": kind, "data": {"label": label(title), field: text}}));
    }
    for (source, target, handle) in [
        ("find", "draft", None),
        ("draft", "style", None),
        ("draft", "facts", None),
        ("style", "mend", None),
        ("facts", "mend", None),
        ("mend", "short", None),
        ("short", "title", Some("true")),
        ("short", "cut", Some("false")),
        ("cut", "title", None),
        ("title", "chart", None),
    ] {
        edges.push(edge(&id(source), &id(target), handle));
    }
    edges.push(edge("split", &id("find"), None));
    edges.push(edge(&id("chart"), "merge", None));
}

type Parts = (Vec<Value>, Vec<Value>);

fn straight() -> Parts {
    let nodes = vec![
        question(),
        llm("write", "Writer", "{{Question.user_input}}", 1, 0),
        node("output", "output", json!({"label": "Answer", "text": "{{Writer.response}}"}), 3, 0),
    ];
    (nodes, vec![edge("input", "write", None), edge("write", "output", None)])
}

/// An answer to a question is shown as it is, any other is edited.
fn branching() -> Parts {
    let condition = "{{Question.user_input}}.includes('?') || {{Question.user_input}}.includes('？')";
    let (mut nodes, mut edges) = straight();
    nodes.push(node("check", "branch", json!({"label": "Check", "condition": condition}), 2, 0));
    nodes.push(llm("edit", "Editor", "Improve: {{Writer.response}}", 3, 1));
    nodes.push(node("edited", "output", json!({"label": "Edited", "text": "{{Editor.response}}"}), 4, 1));
    edges.pop();
    edges.extend([
        edge("write", "check", None),
        edge("check", "output", Some("true")),
        edge("check", "edit", Some("false")),
        edge("edit", "edited", None),
    ]);
    (nodes, edges)
}

/// Two models side by side; what both say is shown.
fn comparing() -> Parts {
    let nodes = vec![
        question(),
        llm("for", "For", "Speak for: {{Question.user_input}}", 1, 0),
        llm("against", "Against", "Speak against: {{Question.user_input}}", 1, 1),
        output("merge", &["{{For.response}}", "{{Against.response}}"], 2),
    ];
    let edges = vec![
        edge("input", "for", None),
        edge("input", "against", None),
        edge("for", "output", None),
        edge("against", "output", None),
    ];
    (nodes, edges)
}

fn question() -> Value {
    node("input", "input", json!({"label": "Question"}), 0, 0)
}

fn llm(id: &str, label: &str, prompt: &str, column: i32, row: i32) -> Value {
    node(id, "llm", json!({"label": label, "prompt": prompt}), column, row)
}

/// In the web product's own words.
fn output(mode: &str, values: &[&str], column: i32) -> Value {
    let sources: Vec<Value> =
        values.iter().map(|value| json!({"type": "variable", "value": value})).collect();
    let data = json!({"label": "Answer", "inputMappings": {"mode": mode, "sources": sources}});
    node("output", "output", data, column, 0)
}

/// Only what changes: a node less, a node more, or new words for the first model.
fn patch(change: &Value) -> Value {
    let request = change["request"].as_str().unwrap_or_default();
    let model = first_model(change).unwrap_or_default();
    if says(request, &["delete", "remove", "删除"]) {
        json!({"action": "delete", "target": named(change, request).unwrap_or(model)})
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

/// The node whose label the request names.
fn named(change: &Value, request: &str) -> Option<String> {
    let mut nodes = change["nodes"].as_array()?.iter();
    let named =
        nodes.find(|node| node["data"]["label"].as_str().is_some_and(|label| request.contains(label)));
    named?["id"].as_str().map(str::to_owned)
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
    use flowmeter_domain::flow::execution::hindrances;
    use flowmeter_domain::flow::{Flow, repair, validate};

    use super::*;

    fn flow_of(prompt: &str, how: JsonAnswer) -> Flow {
        serde_json::from_str(&answer(prompt, how)).unwrap()
    }

    #[test]
    fn a_good_flow_has_no_fault_and_needs_no_repair() {
        for prompt in ["Write a poem", "If it rains, say so", "Compare tea and coffee", "写一首诗", ""] {
            let flow = flow_of(prompt, JsonAnswer::Good);
            assert_eq!(validate(&flow), [], "{prompt}");
            assert_eq!(hindrances(&flow), [], "{prompt}");
            assert_eq!(repair(flow.clone()), (flow, vec![]), "{prompt}");
        }
        assert_eq!(flow_of("If it rains, say so", JsonAnswer::Good).nodes.len(), 6);
    }

    #[test]
    fn sixty_nodes_are_a_sound_flow_that_says_not_where_it_stands() {
        let flow = flow_of("Digest a report, with sixty nodes", JsonAnswer::Good);
        assert_eq!((flow.nodes.len(), validate(&flow)), (60, vec![]));
        assert!(flow.nodes.iter().all(|node| node.position.is_none()));
    }

    #[test]
    fn a_node_that_the_request_names_is_the_one_that_goes() {
        let flow = flow("If it rains, say so");
        let change = json!({"request": "Remove the Check", "answer": "patch", "nodes": flow["nodes"], "edges": flow["edges"]});
        assert_eq!(answer(&change.to_string(), JsonAnswer::Good), r#"{"action":"delete","target":"check"}"#);
        assert_eq!(wish(&change.to_string()), "Remove the Check");
    }

    #[test]
    fn a_rough_flow_can_be_repaired_and_a_circle_cannot() {
        let (flow, repairs) = repair(flow_of("", JsonAnswer::Repairable));
        assert_eq!((repairs.len(), validate(&flow)), (4, vec![]));
        assert!(!validate(&repair(flow_of("", JsonAnswer::Circle)).0).is_empty());
    }
}
