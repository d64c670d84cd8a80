//! The condition of a branch: `{{Writer.response}}.includes("yes") && {{Form.formData.age}} >= 18`.
//!
//! The web product writes conditions as comparisons of JavaScript. Here they are read word by word: what
//! they call nodes become variables, their quoted texts too, and whatever is neither an operator nor one
//! of a few methods is refused. What is left is an expression for Rhai, in an engine that knows these
//! methods and nothing else: no statement, no loop, no function, no import.

use std::collections::BTreeMap;

use flowmeter_domain::flow::Node;
use flowmeter_domain::flow::execution::{Execution, Found, condition};
use rhai::{Dynamic, Engine, FLOAT, INT, ImmutableString, Scope};
use serde_json::Value;

/// What a text can be asked.
const METHODS: [&str; 7] =
    ["includes", "startsWith", "endsWith", "length", "toLowerCase", "toUpperCase", "trim"];
const OPERATORS: &str = "()!<>=&|,.+-*/%";
/// Nobody writes deeper by hand, and it keeps a hostile one from filling the stack.
const DEEPEST: usize = 32;
const MOST_OPERATIONS: u64 = 10_000;

/// A condition that can be decided.
#[derive(Debug)]
pub(super) struct Condition {
    /// What Rhai is given; empty for a branch that always goes the way of `true`.
    expression: String,
    /// What the expression's variables stand for, by their names.
    terms: BTreeMap<String, Term>,
}

/// What a variable of the expression stands for.
#[derive(Debug)]
enum Term {
    /// A variable of the flow: `label.field`.
    Variable(String),
    /// A quoted text.
    Text(String),
}

/// Reads the condition of `branch`.
///
/// # Errors
/// What cannot be read, in English.
pub(super) fn read(execution: &Execution, branch: &Node) -> Result<Condition, String> {
    let text = condition(branch);
    let mut names: Vec<&str> = Vec::new();
    for node in execution.before(&branch.id) {
        names.extend(node.label().into_iter().chain([node.id.as_str()]));
    }
    // The longest first, so that a name is never taken for another that it begins with.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let mut reader = Reader { rest: text.trim(), names, expression: String::new(), terms: BTreeMap::new() };
    while !reader.rest.is_empty() {
        reader.read_one()?;
    }
    let Reader { expression, terms, .. } = reader;
    if !expression.trim().is_empty() {
        engine().compile_expression(&expression).map_err(|fault| fault.to_string())?;
    }
    Ok(Condition { expression, terms })
}

impl Condition {
    /// Whether it holds, with what `look_up` says of each variable.
    ///
    /// # Errors
    /// What cannot be compared, in English.
    pub(super) fn holds(&self, look_up: impl Fn(&str) -> Found) -> Result<bool, String> {
        if self.expression.trim().is_empty() {
            return Ok(true);
        }
        let mut scope = Scope::new();
        for (name, term) in &self.terms {
            let value = match term {
                Term::Variable(variable) => value_of(look_up(variable)),
                Term::Text(text) => text.clone().into(),
            };
            scope.push_constant_dynamic(name.as_str(), value);
        }
        let result = engine().eval_expression_with_scope::<Dynamic>(&mut scope, &self.expression);
        result.map(|value| is_true(&value)).map_err(|fault| fault.to_string())
    }
}

/// What is left of a condition, and what came of the rest.
struct Reader<'a> {
    rest: &'a str,
    names: Vec<&'a str>,
    expression: String,
    terms: BTreeMap<String, Term>,
}

impl<'a> Reader<'a> {
    fn read_one(&mut self) -> Result<(), String> {
        let first = self.rest.chars().next().unwrap_or_default();
        if let Some(variable) = self.braced() {
            self.term(Term::Variable(variable.to_owned()));
        } else if ["{{", "}}"].iter().any(|braces| self.rest.starts_with(braces)) {
            // Around a whole comparison: the web product takes them off, too.
            self.take(2);
        } else if matches!(first, '"' | '\'') {
            let text = self.quoted(first)?;
            self.term(Term::Text(text));
        } else if let Some(variable) = self.named() {
            self.term(Term::Variable(variable.to_owned()));
        } else if is_letter(first) && !first.is_ascii_digit() {
            self.word()?;
        } else if first.is_whitespace() || first.is_ascii_digit() || OPERATORS.contains(first) {
            self.operator(first);
        } else {
            return Err(format!("{first:?} is not understood"));
        }
        Ok(())
    }

    /// `{{label.field}}` with nothing but a name between the braces.
    fn braced(&mut self) -> Option<&'a str> {
        let (inner, _) = self.rest.strip_prefix("{{")?.split_once("}}")?;
        let is_name = !inner.contains(['(', '"', '\'', '=', '<', '>', '&', '|', '!']);
        is_name.then(|| self.take(inner.len() + 4)[2..][..inner.len()].trim())
    }

    /// `label.field` without braces. Where a method follows, the field ends before it.
    fn named(&mut self) -> Option<&'a str> {
        if self.expression.ends_with(|last: char| is_letter(last) || last == '.') {
            return None;
        }
        let begins = |name: &&&str| self.rest.strip_prefix(**name).is_some_and(|rest| rest.starts_with('.'));
        let name = *self.names.iter().filter(|name| !name.is_empty()).find(begins)?;
        let mut length = name.len();
        while let Some(path) = self.rest[length..].strip_prefix('.') {
            let field = path.len() - path.trim_start_matches(is_letter).len();
            // Whatever is called, or known as a method, is not part of a name.
            if field == 0 || path[field..].starts_with('(') || METHODS.contains(&&path[..field]) {
                break;
            }
            length += 1 + field;
        }
        (length > name.len()).then(|| self.take(length))
    }

    fn quoted(&mut self, quote: char) -> Result<String, String> {
        let mut text = String::new();
        let mut escaped = false;
        for (at, letter) in self.rest.char_indices().skip(1) {
            match letter {
                _ if escaped => {
                    text.push(if letter == 'n' { '\n' } else { letter });
                    escaped = false;
                }
                '\\' => escaped = true,
                _ if letter == quote => {
                    self.take(at + 1);
                    return Ok(text);
                }
                _ => text.push(letter),
            }
        }
        Err("a quoted text does not end".to_owned())
    }

    fn word(&mut self) -> Result<(), String> {
        let length = self.rest.len() - self.rest.trim_start_matches(is_letter).len();
        let word = self.take(length);
        let is_method = self.expression.trim_end().ends_with('.');
        let is_known = if is_method { METHODS.contains(&word) } else { matches!(word, "true" | "false") };
        if !is_known {
            return Err(format!("{word:?} names no node before this one, and nothing else that is known"));
        }
        self.expression.push_str(word);
        Ok(())
    }

    /// JavaScript's strict comparisons are the only ones there are here.
    fn operator(&mut self, first: char) {
        let operator = match self.rest {
            rest if rest.starts_with("===") => ("==", 3),
            rest if rest.starts_with("!==") => ("!=", 3),
            rest => (&rest[..first.len_utf8()], first.len_utf8()),
        };
        self.expression.push_str(operator.0);
        self.take(operator.1);
    }

    fn term(&mut self, term: Term) {
        let name = format!("term{}", self.terms.len());
        self.expression.push_str(&name);
        self.terms.insert(name, term);
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// What is not there is no text.
fn value_of(found: Found) -> Dynamic {
    match found {
        Found::Whole(Value::Bool(truth)) => truth.into(),
        Found::Whole(Value::Number(number)) => number.as_f64().unwrap_or_default().into(),
        Found::Whole(Value::String(text)) | Found::Growing(text) => text.into(),
        Found::Whole(Value::Null) | Found::Awaited | Found::Missing => String::new().into(),
        Found::Whole(other) => other.to_string().into(),
    }
}

/// As in JavaScript, but that a text of white space is no text.
fn is_true(value: &Dynamic) -> bool {
    if let Ok(truth) = value.as_bool() {
        return truth;
    }
    match value.as_immutable_string_ref() {
        Ok(text) => !text.trim().is_empty(),
        Err(_) => number(value).is_some_and(|number| number != 0.0),
    }
}

fn number(value: &Dynamic) -> Option<FLOAT> {
    value.as_float().ok().or_else(|| value.as_int().ok().map(|whole| whole as FLOAT))
}

fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_max_expr_depths(DEEPEST).set_max_operations(MOST_OPERATIONS);
    // So that a text can be compared with a number: without it different types are never equal.
    engine.set_fast_operators(false);
    engine.register_fn("includes", |text: &str, part: &str| text.contains(part));
    engine.register_fn("startsWith", |text: &str, part: &str| text.starts_with(part));
    engine.register_fn("endsWith", |text: &str, part: &str| text.ends_with(part));
    engine.register_fn("toLowerCase", |text: &str| text.to_lowercase());
    engine.register_fn("toUpperCase", |text: &str| text.to_uppercase());
    engine.register_fn("trim", |text: &str| text.trim().to_owned());
    // What has one side only is not built in any longer then.
    engine.register_fn("!", |truth: bool| !truth);
    engine.register_fn("!", |text: &str| text.trim().is_empty());
    engine.register_fn("-", |whole: INT| whole.saturating_neg());
    engine.register_fn("-", |number: FLOAT| -number);
    engine.register_get("length", |text: &mut ImmutableString| text.chars().count() as INT);
    register_comparisons(&mut engine);
    register_joints(&mut engine);
    engine
}

/// As in JavaScript, where whatever is not empty counts as true; Rhai's own take truths alone. What stands on the
/// right is worked out in any case, which changes nothing here.
fn register_joints(engine: &mut Engine) {
    for (joint, precedence) in [("||", 30), ("&&", 60)] {
        engine.disable_symbol(joint);
        engine.register_custom_operator(joint, precedence).expect("a symbol that was disabled");
    }
    engine.register_fn("&&", |a: Dynamic, b: Dynamic| if is_true(&a) { b } else { a });
    engine.register_fn("||", |a: Dynamic, b: Dynamic| if is_true(&a) { a } else { b });
}

/// A text beside a number is the number that it says, or none: what a model or a form gives is text.
fn register_comparisons(engine: &mut Engine) {
    fn said(text: &str) -> FLOAT {
        text.trim().parse().unwrap_or(FLOAT::NAN)
    }
    macro_rules! register {
        ($($operator:tt)*) => {$(
            engine.register_fn(stringify!($operator), |a: &str, b: INT| said(a) $operator b as FLOAT);
            engine.register_fn(stringify!($operator), |a: &str, b: FLOAT| said(a) $operator b);
            engine.register_fn(stringify!($operator), |a: INT, b: &str| (a as FLOAT) $operator said(b));
            engine.register_fn(stringify!($operator), |a: FLOAT, b: &str| a $operator said(b));
        )*};
    }
    register!(== != < <= > >=);
}

#[cfg(test)]
mod tests {
    use flowmeter_domain::flow::Flow;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// A branch behind an input `Form`, a model `审核` and a model `Writer 2.0`.
    fn execution(condition: &str) -> Execution {
        let flow: Flow = serde_json::from_value(json!({
            "nodes": [
                {"id": "in", "type": "input", "data": {"label": "Form"}},
                {"id": "check", "type": "llm", "data": {"label": "审核"}},
                {"id": "write", "type": "llm", "data": {"label": "Writer 2.0"}},
                {"id": "if", "type": "branch", "data": {"condition": condition}},
            ],
            "edges": [
                {"source": "in", "target": "check"}, {"source": "check", "target": "write"},
                {"source": "write", "target": "if"},
            ],
        }))
        .unwrap();
        Execution::new(flow, Default::default())
    }

    fn read(condition: &str) -> Result<Condition, String> {
        let execution = execution(condition);
        super::read(&execution, execution.node("if").unwrap())
    }

    /// With "Yes, it IS 'good'" from the model, 12 from another, and an age of "18" from the form.
    fn holds(condition: &str) -> Result<bool, String> {
        read(condition)?.holds(|variable| match variable {
            "审核.response" | "check.response" => Found::Whole("Yes, it IS 'good'".into()),
            "Writer 2.0.response" => Found::Whole("12".into()),
            "Form.formData.age" => Found::Whole("18".into()),
            "Form.formData.ok" => Found::Whole(true.into()),
            "Form.formData.tags" => Found::Whole(json!(["red", "blue"])),
            _ => Found::Missing,
        })
    }

    #[test]
    fn conditions_hold_or_do_not() {
        let table = [
            ("", true),
            ("true", true),
            ("false", false),
            ("{{审核.response}}.includes('Yes')", true),
            ("审核.response.includes(\"Yes\")", true),
            ("check.response.includes('no')", false),
            ("{{ 审核.response.startsWith('Yes') }}", true),
            ("审核.response.endsWith('\\'good\\'')", true),
            ("审核.response.toLowerCase().includes('is')", true),
            ("审核.response.length > 5", true),
            ("{{审核.response}} === 'Yes'", false),
            ("{{审核.response}} !== 'Yes'", true),
            ("{{Writer 2.0.response}} == 12 && {{Form.formData.age}} >= 18", true),
            ("{{Writer 2.0.response}} === '12'", true),
            ("Writer 2.0.response < 11.5 || 1 > 0", true),
            ("20 <= {{Form.formData.age}}", false),
            ("{{审核.response}} > 3", false),
            ("!{{Form.formData.ok}}", false),
            ("!{{Form.user_input}} && 1 > -2", true),
            ("{{Form.formData.ok}} == true", true),
            ("{{Form.formData.tags}}.includes('blue')", true),
            ("{{Form.user_input}}", false),
            ("{{审核.response}} && {{Writer 2.0.response}}", true),
            ("{{审核.response}} && {{Form.user_input}}", false),
            ("{{Form.user_input}} || {{Writer 2.0.response}} > 11", true),
            ("{{Form.user_input}} && 1 > 0 || {{审核.response}}", true),
            ("{{Form.user_input}} || {{审核.response}} && 1 > 2", false),
            ("{{Form.user_input}} == ''", true),
            ("({{审核.response}}.includes('a && b') || 1 === 1) && 'x' != 'y'", true),
        ];
        for (condition, expected) in table {
            assert_eq!(holds(condition), Ok(expected), "{condition}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused_before_it_runs() {
        for condition in [
            "{{审核.response}} is good",
            "somebody.response.includes('x')",
            "审核.response.matches('x')",
            "审核.response.includes('x",
            "审核.response.includes('x'",
            "let x = 1; true",
            "while true {}",
            "eval('1')",
            "审核.response = 'x'",
            "`${1}`",
            "1 ==",
            "x => true",
        ] {
            assert!(read(condition).is_err(), "{condition}");
        }
    }

    #[test]
    fn a_text_is_never_taken_for_an_expression() {
        let condition = read("{{审核.response}} == 'Yes'").unwrap();
        let hostile = r#"" || true || eval("1") //"#;
        assert_eq!(condition.holds(|_| Found::Whole(hostile.into())), Ok(false));
    }

    #[test]
    fn a_condition_that_is_nested_too_deep_is_refused() {
        let deep = format!("{}true{}", "(".repeat(10_000), ")".repeat(10_000));
        assert!(read(&deep).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(condition in "[审核.a-z_'\"{}()=!<>&|0-9 \\\\]{0,40}|\\PC{0,40}") {
            if let Ok(condition) = read(&condition) {
                let _ = condition.holds(|_| Found::Missing);
            }
        }
    }
}
