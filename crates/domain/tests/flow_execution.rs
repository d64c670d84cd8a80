//! Running a flow: who is next, what variables stand for, what an output shows, and what hinders a run.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use flowmeter_domain::flow::Flow;
use flowmeter_domain::flow::execution::{
    Execution, FieldKind, Given, Hindrance, InputSettings, LlmSettings, NodeState, Schedule, Step, Written,
    hindrances, most_llm_runs,
};
use flowmeter_domain::{Charged, Code, Outcome, UiError};
use serde_json::{Value, json};

fn node(id: &str, kind: &str, mut data: Value) -> Value {
    if data.get("label").is_none() {
        data["label"] = id.into();
    }
    json!({"id": id, "type": kind, "data": data})
}

/// `"a > b"` is an edge, `"a true > b"` one that leaves a branch.
fn edges(arrows: &[&str]) -> Vec<Value> {
    let edge = |arrow: &&str| {
        let (source, target) = arrow.split_once(" > ").unwrap();
        let (source, handle) = source.split_once(' ').map_or((source, None), |(id, way)| (id, Some(way)));
        json!({"id": arrow, "source": source, "target": target, "sourceHandle": handle})
    };
    arrows.iter().map(edge).collect()
}

fn flow(nodes: Vec<Value>, arrows: &[&str]) -> Flow {
    serde_json::from_value(json!({"nodes": nodes, "edges": edges(arrows)})).unwrap()
}

/// A question, a check, two writers of whom one writes, and what comes of it.
fn two_ways(output: Value) -> Flow {
    let nodes = vec![
        node("in", "input", json!({"label": "Question"})),
        node("if", "branch", json!({"label": "Check", "condition": "{{Question.user_input}}.includes('x')"})),
        node("a", "llm", json!({"label": "Yes"})),
        node("b", "llm", json!({"label": "No"})),
        node("out", "output", output),
    ];
    flow(nodes, &["in > if", "if true > a", "if false > b", "a > out", "b > out"])
}

fn sources(mode: &str, values: &[&str]) -> Value {
    let sources: Vec<Value> =
        values.iter().map(|value| json!({"type": "variable", "value": value})).collect();
    json!({"inputMappings": {"mode": mode, "sources": sources}})
}

/// A run in which the person gave `text`.
fn execution(flow: Flow, text: &str) -> Execution {
    let given = Given { user_input: text.into(), ..Given::default() };
    Execution::new(flow, BTreeMap::from([("in".to_owned(), given)]))
}

fn set(execution: &mut Execution, node: &str, state: NodeState, text: &str) {
    let run = execution.nodes.get_mut(node).unwrap();
    run.state = state;
    run.text.content = text.into();
}

fn done() -> NodeState {
    NodeState::Done { way: None }
}

fn failed() -> NodeState {
    NodeState::Failed { cause: UiError::new(Code::ExecutionFailed, "broken") }
}

fn shown(execution: &Execution) -> Written {
    execution.output(execution.node("out").unwrap())
}

fn whole(text: &str) -> Written {
    Written { text: text.into(), is_whole: true }
}

fn so_far(text: &str) -> Written {
    Written { text: text.into(), is_whole: false }
}

#[test]
fn nodes_side_by_side_run_together_and_what_joins_them_waits_for_both() {
    let llm = |id| node(id, "llm", json!({}));
    let nodes = vec![node("in", "input", json!({})), llm("a"), llm("b"), node("out", "output", json!({}))];
    let mut schedule = Schedule::of(&flow(nodes, &["in > a", "in > b", "a > out", "b > out"]));
    assert_eq!(schedule.begin(), [Step::Run(0)]);
    assert_eq!(schedule.done(0, None), [Step::Run(1), Step::Run(2)]);
    assert_eq!(schedule.done(2, None), []);
    assert_eq!(schedule.done(1, None), [Step::Run(3)]);
    assert_eq!(schedule.done(3, None), []);
}

#[test]
fn the_way_not_taken_is_passed_over_and_what_joins_the_ways_runs() {
    let mut schedule = Schedule::of(&two_ways(json!({})));
    schedule.begin();
    schedule.done(0, None);
    assert_eq!(schedule.done(1, Some(false)), [Step::Skip(2), Step::Run(3)]);
    assert_eq!(schedule.done(3, None), [Step::Run(4)]);
}

#[test]
fn a_failure_stops_what_depends_on_it_and_nothing_else() {
    let llm = |id| node(id, "llm", json!({}));
    let nodes = vec![node("in", "input", json!({})), llm("a"), llm("b"), llm("c"), llm("d"), llm("e")];
    let mut schedule = Schedule::of(&flow(nodes, &["in > a", "in > b", "a > c", "c > d", "b > e", "a > d"]));
    schedule.begin();
    schedule.done(0, None);
    let stopped = |node| Step::Stop { node, because: 1 };
    assert_eq!(schedule.failed(1), [stopped(3), stopped(4)]);
    assert_eq!(schedule.done(2, None), [Step::Run(5)]);
}

#[test]
fn stopping_ends_what_had_not_ended() {
    let mut schedule = Schedule::of(&two_ways(json!({})));
    schedule.begin();
    schedule.done(0, None);
    schedule.done(1, Some(true));
    assert_eq!(schedule.stop(), [2, 4]);
    assert!(schedule.stop().is_empty());
}

#[test]
fn variables_stand_for_what_the_nodes_before_said() {
    let mut run = execution(two_ways(json!({})), "why?");
    let given = run.given.get_mut("in").unwrap();
    given.form_data.insert("tone".into(), "calm".into());
    given.form_data.insert("tags".into(), json!(["a", "b"]));
    set(&mut run, "in", done(), "");
    set(&mut run, "if", NodeState::Done { way: Some(true) }, "");
    set(&mut run, "a", done(), "because");
    set(&mut run, "b", NodeState::Skipped, "");
    let table = [
        ("no variable", "no variable"),
        ("{{Question.user_input}} {{ Yes.response }}!", "why? because!"),
        ("{{Question.formData.tone}} {{Question.formData.tags}}", r#"calm ["a","b"]"#),
        ("[{{Question.formData.none}}{{Question.files}}{{No.response}}]", "[]"),
        ("{{Check.user_input}} {{Check.conditionResult}}", "why? true"),
        ("{{in.user_input}} {{open", "why? {{open"),
        ("{{ {{Yes.response}} }}", "{{ because }}"),
    ];
    for (text, expected) in table {
        assert_eq!(run.fill("out", text), expected, "{text}");
    }
    // Nobody sees what is not before it: that would depend on who was faster.
    assert_eq!(run.fill("b", "{{Yes.response}}{{Question.user_input}}"), "why?");
}

#[test]
fn what_comes_in_is_what_the_last_nodes_said() {
    let form = json!({"formFields": [{"type": "text", "name": "city", "label": "City"}]});
    let nodes = vec![node("in", "input", form), node("a", "llm", json!({})), node("b", "llm", json!({}))];
    let mut run = execution(flow(nodes, &["in > a", "a > b", "in > b"]), "why?");
    run.given.get_mut("in").unwrap().form_data.insert("city".into(), "Bern".into());
    set(&mut run, "in", done(), "");
    assert_eq!(run.incoming("a"), "why?\n\nCity: Bern");
    set(&mut run, "a", done(), "because");
    assert_eq!(run.incoming("b"), "because\n\nwhy?\n\nCity: Bern");
}

#[test]
fn an_output_shows_what_its_mode_says() {
    let both = ["{{Yes.response}}", "{{No.response}}"];
    let table = [
        (json!({}), "yes", "no", "yes\n\nno"),
        (json!({"text": "= {{No.response}}"}), "yes", "no", "= no"),
        (sources("direct", &both), "yes", "no", "yes"),
        (sources("direct", &[]), "yes", "no", "yes\n\nno"),
        (sources("select", &both), "yes", "no", "yes"),
        (sources("select", &both), " \n", "no", "no"),
        (sources("select", &both), "", "", ""),
        (sources("merge", &both), "yes", "no", "yes\n\nno"),
        (sources("merge", &both), "", "no", "no"),
        (
            json!({"inputMappings": {"mode": "template", "template": "# {{Yes.response}}\n{{No.response}}"}}),
            "yes",
            "no",
            "# yes\nno",
        ),
        (
            json!({"inputMappings": {"mode": "direct", "sources": [{"type": "static", "value": "{{as it is}}"}]}}),
            "",
            "",
            "{{as it is}}",
        ),
    ];
    for (output, yes, no, expected) in table {
        let mut run = execution(two_ways(output.clone()), "");
        set(&mut run, "a", done(), yes);
        set(&mut run, "b", done(), no);
        assert_eq!(shown(&run), whole(expected), "{output}");
    }
}

#[test]
fn a_source_of_a_way_not_taken_does_not_win() {
    let mut run =
        execution(two_ways(sources("select", &["Good: {{Yes.response}}", "Bad: {{No.response}}"])), "");
    set(&mut run, "a", NodeState::Skipped, "");
    set(&mut run, "b", done(), "no");
    assert_eq!(shown(&run), whole("Bad: no"));
}

#[test]
fn an_output_is_shown_while_it_is_written_and_never_takes_a_word_back() {
    let both = ["A: {{Yes.response}}", "{{No.response}}"];
    let table = [
        (sources("direct", &both), ["A: ", "A: ", "A: y", "A: yes", "A: yes"]),
        (sources("select", &both), ["", "A: ", "A: y", "A: yes", "A: yes"]),
        (sources("merge", &both), ["", "A: ", "A: y", "A: yes\n\nn", "A: yes\n\nno"]),
        (json!({"text": "{{Yes.response}}, {{No.response}}."}), ["", "", "y", "yes, n", "yes, no."]),
        (json!({}), ["", "", "y", "yes\n\nn", "yes\n\nno"]),
    ];
    let moments = [
        ((NodeState::Waiting, ""), (NodeState::Waiting, "")),
        ((NodeState::Running, ""), (NodeState::Running, "n")),
        ((NodeState::Running, "y"), (NodeState::Running, "n")),
        ((done(), "yes"), (NodeState::Running, "n")),
        ((done(), "yes"), (done(), "no")),
    ];
    for (output, texts) in table {
        let mut run = execution(two_ways(output.clone()), "");
        for ((yes, no), text) in moments.clone().into_iter().zip(texts) {
            set(&mut run, "a", yes.0, yes.1);
            set(&mut run, "b", no.0, no.1);
            assert_eq!(shown(&run).text, text, "{output}");
        }
        assert!(shown(&run).is_whole, "{output}");
    }
}

#[test]
fn what_a_failure_cut_short_stays_readable() {
    let mut run = execution(two_ways(sources("select", &["{{Yes.response}}"])), "");
    set(&mut run, "a", failed(), "half a sen");
    assert_eq!(shown(&run), so_far("half a sen"));
}

#[test]
fn an_input_asks_for_what_its_settings_say() {
    let data = json!({
        "greeting": "Hello", "textRequired": true, "enableFileInput": true, "enableStructuredForm": true,
        "formFields": [
            {"type": "text", "name": "city", "label": "City", "placeholder": "Bern", "required": true},
            {"type": "select", "name": "tone", "options": ["calm", "loud"], "defaultValue": "calm", "required": true},
            {"type": "multi-select", "name": "tags", "label": "Tags", "options": ["a", "b"], "required": false},
            {"type": "text", "label": "without a name"},
        ],
    });
    let flow = flow(vec![node("in", "input", data)], &[]);
    let settings = InputSettings::of(&flow.nodes[0]);
    assert_eq!((settings.greeting.as_str(), settings.asks_text, settings.asks_files), ("Hello", true, true));
    let names: Vec<&str> = settings.fields.iter().map(|field| field.label.as_str()).collect();
    assert_eq!(names, ["City", "tone", "Tags"]);
    assert_eq!(settings.fields[0].kind, FieldKind::Text { placeholder: "Bern".into() });

    let mut given = settings.defaults();
    assert_eq!(Value::from(given.form_data.clone()), json!({"city": "", "tone": "calm", "tags": []}));
    assert!(settings.lacks(&given));
    given.user_input = "why?".into();
    assert!(settings.lacks(&given) && settings.fields[0].lacks(&given));
    given.form_data.insert("city".into(), "Basel".into());
    assert!(!settings.lacks(&given));
    given.form_data.insert("tone".into(), "shrill".into());
    assert!(settings.fields[1].lacks(&given));
}

#[test]
fn an_llm_node_is_read_by_the_names_of_both_its_authors() {
    let read = |data| LlmSettings::of(&flow(vec![node("a", "llm", data)], &[]).nodes[0]);
    let web = read(json!({
        "model": "deepseek-chat", "systemPrompt": "Be brief.", "temperature": 0.3, "enableMemory": true,
        "memoryMaxTurns": 3, "inputMappings": {"user_input": "{{Question.user_input}}"}, "prompt": "unused",
    }));
    assert_eq!((web.model.as_deref(), web.memory), (Some("deepseek-chat"), Some(3)));
    assert_eq!((web.prompt.as_str(), web.temperature), ("{{Question.user_input}}", Some(0.3)));
    let ours = read(json!({"prompt": "Improve", "memoryMaxTurns": 3, "model": " "}));
    assert_eq!((ours.prompt.as_str(), ours.model, ours.memory), ("Improve", None, None));
    assert_eq!(read(json!({"enableMemory": true})).memory, Some(10));
}

#[test]
fn what_hinders_a_run_is_said_by_node() {
    let good = || two_ways(sources("select", &["{{Yes.response}}"]));
    assert_eq!(hindrances(&good()), []);
    let with = |id: &str, field: &str, value: Value| {
        let mut flow = good();
        flow.nodes.iter_mut().find(|node| node.id == id).unwrap().data.insert(field.into(), value);
        hindrances(&flow)
    };
    let not_before = Hindrance::NotBefore { node: "a".into(), variable: "No.response".into() };
    assert_eq!(with("a", "prompt", "{{No.response}}".into()), [not_before]);
    let mode = Hindrance::ModeUnknown { node: "out".into(), mode: "shuffle".into() };
    assert_eq!(with("out", "inputMappings", json!({"mode": "shuffle"})), [mode]);
    let mut files = good();
    files.nodes[0]
        .data
        .extend([("enableFileInput".into(), true.into()), ("fileRequired".into(), true.into())]);
    assert_eq!(hindrances(&files), [Hindrance::FileNeeded { node: "in".into() }]);
    assert!(matches!(with("a", "prompt", "{{Nobody.response}}".into())[..], [Hindrance::Faulty { .. }]));
}

#[test]
fn nodes_that_are_not_run_here_are_said_also_in_a_faulty_flow() {
    for kind in ["rag", "tool", "imagegen"] {
        let nodes = vec![
            node("in", "input", json!({})),
            node("x", kind, json!({})),
            node("out", "output", json!({})),
        ];
        let hindrances = hindrances(&flow(nodes, &["in > x"]));
        let named = |found: &&Hindrance| matches!(found, Hindrance::NotRunHere { node, .. } if node == "x");
        assert_eq!((hindrances.len(), hindrances.iter().filter(named).count()), (2, 1), "{kind}");
    }
}

#[test]
fn a_run_costs_at_most_its_dearest_way() {
    assert_eq!(most_llm_runs(&two_ways(json!({}))), 1);
    let llm = |id| node(id, "llm", json!({}));
    let nodes =
        vec![node("in", "input", json!({})), node("if", "branch", json!({})), llm("a"), llm("b"), llm("c")];
    assert_eq!(most_llm_runs(&flow(nodes, &["in > if", "if true > a", "a > b", "if false > c"])), 2);
}

#[test]
fn the_end_says_how_it_went_and_what_it_cost() {
    let mut run = execution(two_ways(json!({})), "");
    for (id, state, charged) in [
        ("in", done(), None),
        ("if", NodeState::Done { way: Some(true) }, None),
        ("a", done(), Some(Charged::Yes)),
        ("b", NodeState::Skipped, None),
        ("out", done(), None),
    ] {
        let node = run.nodes.get_mut(id).unwrap();
        (node.state, node.charged) = (state, charged);
    }
    let end = run.end(Charged::Yes);
    assert_eq!((&end.outcome, end.llm_runs, end.unsure), (&Outcome::Completed, 1, 0));

    run.nodes.get_mut("a").unwrap().state = failed();
    run.nodes.get_mut("a").unwrap().charged = Some(Charged::Unknown);
    run.nodes.get_mut("out").unwrap().state = NodeState::Stopped { because: Some("a".into()) };
    let end = run.end(Charged::Yes);
    assert!(matches!(&end.outcome, Outcome::Failed { cause } if cause.code == Code::ExecutionFailed));
    assert_eq!((end.llm_runs, end.unsure), (0, 1));

    run.nodes.get_mut("out").unwrap().state = NodeState::Stopped { because: None };
    assert_eq!(run.end(Charged::Yes).outcome, Outcome::Cancelled);
}
