//! Runs of lines of code, each with what the lexer has to know of the lines before it.

use std::rc::Rc;

use flowmeter_domain::link::is_unseen;
use yew::prelude::*;

use super::languages::Rules;
use super::lexer::{Kind, State, read_line};

/// Lines of a run: few enough to be drawn within a moment at each step, many enough to be few components.
const RUN: usize = 24;

/// Some lines.
#[derive(Clone, PartialEq)]
pub(super) struct Run {
    rules: Option<&'static Rules>,
    text: Rc<str>,
    /// In the middle of what it begins.
    state: State,
}

/// The runs of code that grows.
#[derive(Default)]
pub(super) struct LinesSoFar {
    rules: Option<&'static Rules>,
    /// Runs that are full.
    full: Vec<Run>,
    /// Bytes in them.
    taken: usize,
    /// After them.
    state: State,
}

impl LinesSoFar {
    /// The runs of `code`; those that are full are the same ones as before.
    pub(super) fn follow(&mut self, rules: Option<&'static Rules>, code: &str) -> Vec<Run> {
        if self.rules != rules || !self.begins(code) {
            *self = Self { rules, ..Self::default() };
        }
        let mut rest = &code[self.taken..];
        while let Some(run) = first_run(rest) {
            self.close(run);
            rest = &rest[run.len()..];
        }
        let last = Run { rules, text: rest.into(), state: self.state };
        self.full.iter().cloned().chain(std::iter::once(last).filter(|run| !run.text.is_empty())).collect()
    }

    /// Whether `code` goes on from what was taken.
    fn begins(&self, code: &str) -> bool {
        let mut rest = code;
        self.full.iter().all(|run| match rest.strip_prefix(&*run.text) {
            Some(after) => {
                rest = after;
                true
            }
            None => false,
        })
    }

    fn close(&mut self, text: &str) {
        self.full.push(Run { rules: self.rules, text: text.into(), state: self.state });
        self.taken += text.len();
        let Some(rules) = self.rules else { return };
        for line in text.split_inclusive('\n') {
            self.state = read_line(rules, self.state, line).1;
        }
    }
}

/// A full run at the beginning of `code`, if there is one.
fn first_run(code: &str) -> Option<&str> {
    let (end, _) = code.match_indices('\n').nth(RUN - 1)?;
    Some(&code[..=end])
}

/// Which lines.
#[derive(PartialEq, Properties)]
pub(super) struct LinesProps {
    pub(super) run: Run,
}

/// The lines, in colours by the kind of each word.
#[component]
pub(super) fn Lines(props: &LinesProps) -> Html {
    let Run { rules, text, state } = &props.run;
    let Some(rules) = rules else { return spans(Kind::Plain, text) };
    let mut state = *state;
    let mut drawn = Vec::new();
    for line in text.split_inclusive('\n') {
        let (words, next) = read_line(rules, state, line);
        drawn.extend(words.into_iter().map(|(kind, range)| spans(kind, &line[range])));
        state = next;
    }
    drawn.into_iter().collect()
}

/// A piece of code. What is not seen and changes how the rest is seen is shown: code that reads otherwise than
/// it runs is a known trick.
fn spans(kind: Kind, text: &str) -> Html {
    let is_trick = |letter: char| is_unseen(letter) && !letter.is_whitespace();
    let Some(at) = text.find(is_trick) else { return span(kind, text) };
    let (before, rest) = text.split_at(at);
    let end = rest.find(|letter| !is_trick(letter)).unwrap_or(rest.len());
    let (tricks, after) = rest.split_at(end);
    let names: String = tricks.chars().map(|letter| format!("⟨U+{:04X}⟩", u32::from(letter))).collect();
    html! { <>{ span(kind, before) }<span class="hl-unseen">{ names }</span>{ spans(kind, after) }</> }
}

fn span(kind: Kind, text: &str) -> Html {
    match kind.class() {
        Some(class) => html! { <span {class}>{ text }</span> },
        None => html! { text },
    }
}
