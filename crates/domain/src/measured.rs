//! What an answer took: how long until its first words, how long the model thought, how many tokens.
//!
//! Both halves of the app take in the same events and so have the same figures. Not here: how they are
//! told to a person.

use serde::{Deserialize, Serialize};

use crate::ipc::Progress;

/// Tokens of ten ASCII characters, by what providers publish for English; a rule of thumb.
const TOKENS_OF_TEN_ASCII: u64 = 3;
/// Tokens of ten other characters, by what providers publish for Chinese.
const TOKENS_OF_TEN_OTHERS: u64 = 6;
/// An answer that came in less than this came at once: its speed is that of the whole run.
const AT_ONCE_MS: u64 = 20;

/// Figures of a run, each counted in milliseconds from when it was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measured {
    /// Until the first text of any kind.
    pub first_ms: Option<u64>,
    /// Until the first text of the answer itself.
    pub answer_ms: Option<u64>,
    /// Until its end.
    pub total_ms: Option<u64>,
    /// Tokens of reasoning and answer as the provider counted them; most never say.
    pub tokens: Option<u64>,
}

/// How fast an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    /// Tokens a second.
    pub per_second: u64,
    /// Whether the tokens were estimated from the text.
    pub is_estimate: bool,
}

impl Measured {
    /// Takes in what happened `after_ms` after the start.
    pub fn note(&mut self, after_ms: u64, progress: &Progress) {
        match progress {
            Progress::Started | Progress::Left(_) => {}
            Progress::Delta(delta) => {
                self.first_ms.get_or_insert(after_ms);
                if !delta.content.is_empty() {
                    self.answer_ms.get_or_insert(after_ms);
                }
            }
            Progress::Counted { tokens } => self.tokens = Some(*tokens),
            Progress::Ended(_) => self.total_ms = Some(after_ms),
        }
    }

    /// How long the model thought aloud before it answered, or before it was cut.
    pub fn thought_ms(&self) -> Option<u64> {
        let until = self.answer_ms.or(self.total_ms)?;
        Some(until.saturating_sub(self.first_ms?))
    }

    /// How fast its texts came. Counted from the first text on, because what comes before is waiting.
    pub fn speed(&self, texts: [&str; 2]) -> Option<Speed> {
        let (first, total) = (self.first_ms?, self.total_ms?);
        let writing = Some(total.saturating_sub(first)).filter(|span| *span >= AT_ONCE_MS).unwrap_or(total);
        let tokens = self.tokens.unwrap_or_else(|| texts.into_iter().map(estimate).sum());
        let per_second = (tokens * 1000).checked_div(writing)?;
        (per_second > 0).then_some(Speed { per_second, is_estimate: self.tokens.is_none() })
    }
}

fn estimate(text: &str) -> u64 {
    let ascii = text.bytes().filter(u8::is_ascii).count() as u64;
    let others = text.chars().count() as u64 - ascii;
    (ascii * TOKENS_OF_TEN_ASCII + others * TOKENS_OF_TEN_OTHERS) / 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Delta, Outcome};

    fn delta(content: &str, reasoning: &str) -> Progress {
        Progress::Delta(Delta { content: content.into(), reasoning: reasoning.into() })
    }

    fn after(steps: &[(u64, Progress)]) -> Measured {
        let mut measured = Measured::default();
        steps.iter().for_each(|(at, progress)| measured.note(*at, progress));
        measured
    }

    #[test]
    fn thinking_lasts_from_the_first_text_to_the_first_of_the_answer() {
        let ended = || Progress::Ended(Outcome::Completed.into());
        let run = after(&[
            (0, Progress::Started),
            (300, delta("", "Hm")),
            (900, delta("", "so")),
            (1700, delta("Yes", "")),
            (2000, delta(".", "")),
            (2100, ended()),
        ]);
        assert_eq!((run.first_ms, run.answer_ms, run.total_ms), (Some(300), Some(1700), Some(2100)));
        assert_eq!(run.thought_ms(), Some(1400));
        assert_eq!(after(&[(300, delta("", "Hm")), (800, ended())]).thought_ms(), Some(500));
        assert_eq!(after(&[(300, delta("", "Hm"))]).thought_ms(), None);
    }

    #[test]
    fn the_provider_s_count_goes_before_an_estimate_and_an_estimate_says_so() {
        let text = Delta { content: "x".repeat(100), reasoning: "字".repeat(50) };
        let steps =
            [(1000, Progress::Delta(text.clone())), (3000, Progress::Ended(Outcome::Completed.into()))];
        let speed = |measured: Measured| measured.speed([&text.content, &text.reasoning]);
        assert_eq!(speed(after(&steps)), Some(Speed { per_second: 30, is_estimate: true }));
        let counted = Measured { tokens: Some(120), ..after(&steps) };
        assert_eq!(speed(counted), Some(Speed { per_second: 60, is_estimate: false }));
        assert_eq!(speed(Measured { total_ms: None, ..counted }), None);
    }

    #[test]
    fn an_answer_that_came_at_once_is_as_fast_as_the_whole_run() {
        let text = "x".repeat(100);
        let whole =
            Measured { first_ms: Some(2000), answer_ms: Some(2000), total_ms: Some(2001), tokens: None };
        assert_eq!(whole.speed([&text, ""]), Some(Speed { per_second: 14, is_estimate: true }));
    }
}
