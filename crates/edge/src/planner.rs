//! Makes a flow from a prompt: which models are asked, how often, and what is made of their answers.
//!
//! Deliberately not here: the quota, and what happens when the client leaves (`routes::plan`).

use std::time::Duration;

use flowmeter_domain::flow::{Fault, Flow, PlanEvent, PlanRequest, repair, validate};
use futures_util::StreamExt;

use crate::completion::{Completions, ProviderError, Question};
use crate::error::ApiError;
use crate::json_answer::{self, NotJson};
use crate::prompts;
use crate::providers::Providers;
use crate::routes::Client;
use crate::settings::{SettingsError, seconds};

const DEFAULT_MODEL: &str = "deepseek-chat";
const FALLBACK_MODEL: &str = "gpt-4o-mini";
/// How many models are asked, and how often each.
const MODELS: u32 = 2;
const ATTEMPTS: u32 = 2;
/// Plans should not surprise.
const TEMPERATURE: f64 = 0.2;
/// The longest answer that can be a flow.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// The models for flows.
pub(crate) struct Planner {
    /// `DEFAULT_LLM_MODEL`, then `FALLBACK_LLM_MODEL`.
    models: [String; MODELS as usize],
    /// `EDGE_PLAN_RETRY_SECONDS`: between two attempts.
    pause: Duration,
}

/// Why an attempt gave no flow. The texts hold nothing of the answer, so they may be logged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanFault {
    #[error("{0}")]
    NotConfigured(ApiError),
    #[error("{0}")]
    Provider(#[from] ProviderError),
    #[error("the model's answer is not JSON")]
    NotJson(#[from] NotJson),
    #[error("the model's answer is not a flow")]
    NotAFlow,
    #[error("the model's flow has no nodes")]
    NoNodes,
    #[error("the model's flow has {} faults that cannot be repaired", .0.len())]
    Faulty(Vec<Fault>),
}

/// What an attempt needs of the service.
pub(crate) struct Desk<'a> {
    pub(crate) completions: &'a Completions,
    pub(crate) providers: &'a Providers,
    /// Is told how it goes.
    pub(crate) client: &'a Client,
}

impl Planner {
    /// Reads the models through `var`.
    pub(crate) fn from_env(var: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let model = |name, default: &str| var(name).unwrap_or_else(|| default.to_owned()).trim().to_owned();
        Ok(Self {
            models: [model("DEFAULT_LLM_MODEL", DEFAULT_MODEL), model("FALLBACK_LLM_MODEL", FALLBACK_MODEL)],
            pause: seconds(&var, "EDGE_PLAN_RETRY_SECONDS", 1.0, 0.0)?,
        })
    }

    /// The model that is asked first, and the only one for changes.
    pub(crate) fn preferred_model(&self) -> &str {
        &self.models[0]
    }

    /// A valid flow for `request`. What failed on the last model is the error.
    pub(crate) async fn plan(&self, desk: &Desk<'_>, request: &PlanRequest) -> Result<Flow, PlanFault> {
        let [preferred, fallback] = &self.models;
        match self.ask_patiently(desk, preferred, request).await {
            Err(fault) => tracing::warn!(%fault, model = preferred, "asking the fallback model"),
            flow => return flow,
        }
        desk.client.start_over(&PlanEvent::Fallback { model: fallback.clone() }).await;
        self.ask_patiently(desk, fallback, request).await
    }

    /// Asks once more when what failed may pass.
    async fn ask_patiently(
        &self,
        desk: &Desk<'_>,
        model: &str,
        request: &PlanRequest,
    ) -> Result<Flow, PlanFault> {
        let mut attempt = 1;
        loop {
            match desk.ask(model, request).await {
                Err(PlanFault::Provider(fault)) if fault.is_passing() && attempt < ATTEMPTS => {
                    tracing::info!(%fault, model, attempt, "asking the model again");
                }
                answer => return answer,
            }
            attempt += 1;
            tokio::time::sleep(self.pause).await;
            desk.client.start_over(&PlanEvent::Retrying { attempt, model: model.to_owned() }).await;
        }
    }
}

impl Desk<'_> {
    async fn ask(&self, model: &str, request: &PlanRequest) -> Result<Flow, PlanFault> {
        let answer = self.hear(model, request).await?;
        let mut flow: Flow = json_answer::read(&answer)?.ok_or(PlanFault::NotAFlow)?;
        if flow.nodes.is_empty() {
            return Err(PlanFault::NoNodes);
        }
        // It would be a second `type` beside the event's own.
        flow.rest.remove("type");
        let title = flow.title.take().filter(|title| !title.trim().is_empty());
        flow.title = Some(title.unwrap_or_else(|| request.fallback_title()));
        self.mend(flow).await
    }

    /// The answer's text, told to the client as it comes.
    async fn hear(&self, model: &str, request: &PlanRequest) -> Result<String, PlanFault> {
        let messages = prompts::plan(request);
        let sharing = MODELS * ATTEMPTS;
        let question = Question { model, messages, temperature: TEMPERATURE, is_json: true, sharing };
        let prepared =
            self.completions.prepare(self.providers, &question).map_err(PlanFault::NotConfigured)?;
        let mut deltas = prepared.stream().await?;
        let mut answer = String::new();
        while let Some(delta) = deltas.next().await {
            let content = delta?.content;
            if content.is_empty() {
                continue;
            }
            answer.push_str(&content);
            if answer.len() > LONGEST_ANSWER {
                return Err(ProviderError::TooLong.into());
            }
            self.client.tell_text(&PlanEvent::Progress { content }).await;
        }
        Ok(answer)
    }

    /// Tells every fault and every repair; what is left then cannot be used.
    async fn mend(&self, flow: Flow) -> Result<Flow, PlanFault> {
        let faults = validate(&flow);
        if !faults.is_empty() {
            let message = faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("; ");
            self.client.tell(&PlanEvent::Validation { message, faults }).await;
        }
        let (flow, repairs) = repair(flow);
        for repair in repairs {
            self.client.tell(&PlanEvent::ValidationFix { message: repair.to_string(), repair }).await;
        }
        let faults = validate(&flow);
        if faults.is_empty() { Ok(flow) } else { Err(PlanFault::Faulty(faults)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_models_are_asked_a_second_apart_unless_the_settings_say_otherwise() {
        let planner = Planner::from_env(|_| None).unwrap();
        assert_eq!(planner.models, [DEFAULT_MODEL, FALLBACK_MODEL]);
        assert_eq!(planner.pause, Duration::from_secs(1));
        let planner = Planner::from_env(|name| match name {
            "DEFAULT_LLM_MODEL" => Some(" one ".to_owned()),
            "FALLBACK_LLM_MODEL" => Some("two".to_owned()),
            _ => Some("0.5".to_owned()),
        });
        let planner = planner.unwrap();
        assert_eq!((planner.preferred_model(), planner.pause), ("one", Duration::from_millis(500)));
        assert_eq!(planner.models[1], "two");
    }
}
