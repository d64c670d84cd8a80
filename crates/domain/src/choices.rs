//! How a person runs a prompt: what they chose last holds for the next run, for each account.
//!
//! Not here: what is typed into the prompt itself.

use serde::{Deserialize, Serialize};

use crate::error::{Code, UiError};
use crate::run::NodeRequest;

/// How many models are remembered.
const MOST_RECENT: usize = 6;
/// From strict to loose: what providers take.
const TEMPERATURES: std::ops::RangeInclusive<f64> = 0.0..=2.0;

/// All choices. Each has a default, so that nobody has to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunChoices {
    /// The model's name; empty until one was chosen.
    pub model: String,
    /// Models that were run, the newest first.
    pub recent: Vec<String>,
    /// Instructions before everything else; empty for none.
    pub system_prompt: String,
    /// `None` leaves it to the server.
    pub temperature: Option<f64>,
    /// Whether the prompt is JSON.
    pub json: bool,
    /// Whether the conversation so far is sent along.
    pub history: bool,
    /// Whether the answer arrives as it is written.
    pub stream: bool,
}

impl Default for RunChoices {
    fn default() -> Self {
        Self {
            model: String::new(),
            recent: Vec::new(),
            system_prompt: String::new(),
            temperature: None,
            json: false,
            history: true,
            stream: true,
        }
    }
}

impl RunChoices {
    /// Puts the chosen model in front of those that were run.
    pub fn note_run(&mut self) {
        self.recent.retain(|model| *model != self.model);
        self.recent.insert(0, self.model.clone());
        self.recent.truncate(MOST_RECENT);
    }

    /// The request of `prompt`, without a history.
    ///
    /// # Errors
    /// Where the prompt should be JSON and is not.
    pub fn request(&self, prompt: &str) -> Result<NodeRequest, serde_json::Error> {
        let prompt = prompt.trim();
        let input = if self.json { serde_json::from_str(prompt)? } else { prompt.into() };
        let system_prompt = Some(self.system_prompt.trim()).filter(|text| !text.is_empty());
        Ok(NodeRequest {
            model: self.model.trim().to_owned(),
            system_prompt: system_prompt.map(str::to_owned),
            input: Some(input),
            temperature: self.temperature,
            conversation_history: Vec::new(),
        })
    }

    /// These, but for what `request` was run with.
    pub fn as_in(&self, request: &NodeRequest) -> Self {
        Self {
            model: request.model.clone(),
            system_prompt: request.system_prompt.clone().unwrap_or_default(),
            temperature: request.temperature,
            json: request.input.as_ref().is_some_and(|input| !input.is_string()),
            ..self.clone()
        }
    }

    /// Refuses what cannot be meant.
    ///
    /// # Errors
    /// `INVALID_INPUT`, naming the choice and what it may be.
    pub fn validate(&self) -> Result<(), UiError> {
        match self.temperature {
            Some(temperature) if !TEMPERATURES.contains(&temperature) => {
                Err(UiError::new(Code::InvalidInput, "temperature should be 0 to 2"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_newest_model_stands_first_and_each_only_once() {
        let mut choices = RunChoices::default();
        for model in ["a", "b", "a", "c", "d", "e", "f", "g"] {
            choices.model = model.to_owned();
            choices.note_run();
        }
        assert_eq!(choices.recent, ["g", "f", "e", "d", "c", "a"]);
    }

    #[test]
    fn a_prompt_is_sent_as_text_or_as_json() {
        let choices =
            RunChoices { model: " demo ".into(), system_prompt: " ".into(), ..RunChoices::default() };
        let request = choices.request(" {\"a\": 1} ").unwrap();
        assert_eq!((request.model.as_str(), request.system_prompt), ("demo", None));
        assert_eq!(request.input, Some(json!("{\"a\": 1}")));
        let as_json = RunChoices { json: true, system_prompt: "Be brief.".into(), ..choices };
        let request = as_json.request("{\"a\": 1}").unwrap();
        assert_eq!(request.input, Some(json!({"a": 1})));
        assert_eq!(request.system_prompt.as_deref(), Some("Be brief."));
        let fault = as_json.request("{\"a\": 1,\n oops}").unwrap_err();
        assert_eq!((fault.line(), fault.column()), (2, 2));
    }

    #[test]
    fn what_was_run_is_run_again_by_the_same_choices() {
        let now =
            RunChoices { recent: vec!["a".into()], history: false, stream: false, ..RunChoices::default() };
        let input = [("{\"a\":1}", true), ("{\"a\":1}", false)];
        for (prompt, json) in input {
            let then = RunChoices {
                model: "demo".into(),
                system_prompt: "Be brief.".into(),
                temperature: Some(0.3),
                json,
                ..RunChoices::default()
            };
            let request = then.request(prompt).unwrap();
            let again = now.as_in(&request);
            assert_eq!(
                again,
                RunChoices { recent: now.recent.clone(), history: false, stream: false, ..then }
            );
            assert_eq!(again.request(prompt).unwrap(), request);
        }
    }

    #[test]
    fn what_another_version_kept_reads_with_the_defaults_for_the_rest() {
        let kept: RunChoices = serde_json::from_value(json!({"model": "m", "new": 1})).unwrap();
        assert_eq!(kept, RunChoices { model: "m".into(), ..RunChoices::default() });
        let wrong = RunChoices { temperature: Some(2.5), ..kept };
        assert_eq!(wrong.validate().unwrap_err().message, "temperature should be 0 to 2");
    }
}
