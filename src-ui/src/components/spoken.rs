//! An answer for whoever listens to it: whole sentences, a few at a time, while it is written.
//!
//! A screen reader that is told each change of a growing text says nothing but beginnings. Not here: how a run
//! ended, which the conversation says.

use pulldown_cmark::{Event, Parser, TagEnd};
use yew::prelude::*;

use crate::browser;
use crate::growing::Growing;
use crate::locales::{Text, use_translator};

/// Between two batches, in milliseconds: a voice is busy with the first one for longer.
const PAUSE_MS: i64 = 1_000;

/// Which answer.
#[derive(PartialEq, Properties)]
pub struct SpokenProps {
    /// The text so far.
    pub text: Growing,
    /// Whether nothing more comes.
    pub ended: bool,
}

/// What is said of the answer now. What was there when it was first shown is not said.
#[component]
pub fn Spoken(props: &SpokenProps) -> Html {
    let texts = use_translator();
    let begin = props.text.len();
    let speech = use_mut_ref(|| Speech { said: begin, ..Speech::default() });
    let mut speech = speech.borrow_mut();
    let now = browser::now().as_millisecond();
    if (props.ended || now >= speech.last_at + PAUSE_MS)
        && let Some(batch) = speech.next(&props.text.read(), props.ended, &texts.text(Text::AnswerCode))
    {
        (speech.batch, speech.last_at) = (batch.into(), now);
    }
    html! { <p class="unseen" aria-live="polite" data-testid="spoken">{ speech.batch.clone() }</p> }
}

#[derive(Default)]
struct Speech {
    /// Bytes of the text that were said.
    said: usize,
    /// Whether they end in the middle of code.
    in_code: bool,
    /// What was said last, and when.
    batch: AttrValue,
    last_at: i64,
}

impl Speech {
    /// The sentences that became whole, or all that is left, without marks; code is mentioned as `code`.
    fn next(&mut self, text: &str, ended: bool, code: &str) -> Option<String> {
        let rest = text.get(self.said..)?;
        let end = if ended { rest.len() } else { sentences_end(rest)? };
        self.said += end;
        let said = words(&self.without_code(&rest[..end], code));
        (!said.is_empty()).then_some(said)
    }

    fn without_code(&mut self, text: &str, code: &str) -> String {
        let mut prose = String::new();
        for line in text.split_inclusive('\n') {
            if line.trim_start().starts_with("```") {
                self.in_code = !self.in_code;
                if self.in_code {
                    prose = format!("{prose}\n{code}\n\n");
                }
            } else if !self.in_code {
                prose.push_str(line);
            }
        }
        prose
    }
}

/// Where the last whole sentence ends.
fn sentences_end(text: &str) -> Option<usize> {
    let mut before = ' ';
    let ends = text.char_indices().filter_map(|(at, letter)| {
        let ended = std::mem::replace(&mut before, letter);
        let is_end =
            letter == '\n' || "。！？；".contains(letter) || (letter == ' ' && ".!?…:".contains(ended));
        is_end.then_some(at + letter.len_utf8())
    });
    ends.last()
}

fn words(prose: &str) -> String {
    let mut said = String::new();
    for event in Parser::new(prose) {
        match event {
            Event::Text(text) | Event::Code(text) => said.push_str(&text),
            Event::SoftBreak | Event::HardBreak => said.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_)) => said.push(' '),
            _ => {}
        }
    }
    said.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said when `text` comes letter by letter.
    fn said(text: &str) -> Vec<String> {
        let mut speech = Speech::default();
        let steps = text.char_indices().map(|(at, letter)| (&text[..at + letter.len_utf8()], false));
        steps.chain([(text, true)]).filter_map(|(text, ended)| speech.next(text, ended, "Code.")).collect()
    }

    #[test]
    fn whole_sentences_are_said_once_and_without_marks() {
        assert_eq!(said("# A\nIt is **so**. Is `it`? Yes"), ["A", "It is so.", "Is it?", "Yes"]);
        assert_eq!(said("版本 3.5 很好。真的！"), ["版本 3.5 很好。", "真的！"]);
    }

    #[test]
    fn code_is_mentioned_and_not_spelled() {
        assert_eq!(said("So:\n```rust\nlet a = 1.\nlet b;\n```\nDone."), ["So:", "Code.", "Done."]);
    }

    #[test]
    fn sentences_that_came_together_are_said_together() {
        let mut speech = Speech::default();
        assert_eq!(speech.next("One. Two. Thr", false, ""), Some("One. Two.".into()));
        assert_eq!(speech.next("One. Two. Three", false, ""), None);
        assert_eq!(speech.next("One. Two. Three", true, ""), Some("Three".into()));
    }
}
