//! What one node does.

use flowmeter_domain::flow::execution::{Execution, LlmSettings};
use flowmeter_domain::flow::{Node, NodeKind};
use flowmeter_domain::ipc::FlowProgress;
use flowmeter_domain::{Charged, Code, NodeRequest, Outcome, UiError};

use super::{FlowRun, FlowRuns, condition};

/// What came of a node's work.
pub(super) struct Worked {
    pub(super) ended: Ended,
    /// Whether it cost an LLM run; `None` for a node that asks no model.
    pub(super) charged: Option<Charged>,
}

/// How a node's work ended.
pub(super) enum Ended {
    Done {
        /// The way out that a branch took.
        way: Option<bool>,
    },
    Failed {
        cause: UiError,
    },
    /// The person stopped the run.
    Cancelled,
}

/// A question to a model, and what is remembered of it.
struct Question {
    request: NodeRequest,
    /// What was asked, and how many earlier questions and answers are remembered beside it.
    memory: Option<(String, usize)>,
}

impl FlowRuns {
    pub(super) async fn work(&self, run: &FlowRun, id: &str) -> Worked {
        let kind = run.view().execution.node(id).map(|node| node.kind);
        match kind {
            Some(NodeKind::Llm) => self.ask(run, id).await,
            Some(NodeKind::Branch) => free(self.decide(run, id)),
            // An input has what it was given, and an output says what the record says.
            Some(NodeKind::Input | NodeKind::Output) => free(Ended::Done { way: None }),
            Some(NodeKind::Rag | NodeKind::Tool | NodeKind::ImageGen) | None => {
                let cause = UiError::new(Code::InvalidInput, format!("{id:?} is not run here"));
                free(Ended::Failed { cause })
            }
        }
    }

    async fn ask(&self, run: &FlowRun, id: &str) -> Worked {
        let Some(Question { request, memory }) = self.question(run, id) else {
            let cause = UiError::new(Code::Internal, format!("there is no node {id:?}"));
            return free(Ended::Failed { cause });
        };
        let hear = |delta| {
            run.tell(self.0.events.as_ref(), FlowProgress::Delta { node: id.to_owned(), delta });
        };
        let end = self.0.relay.run(&request, &run.life.stop, hear).await;
        let ended = match end.outcome {
            Outcome::Completed => {
                if let Some((question, turns)) = memory {
                    let answer = run.answer(id);
                    self.0.memories.enter((run.flow_id, id), turns, question, answer);
                }
                Ended::Done { way: None }
            }
            Outcome::Cancelled => Ended::Cancelled,
            Outcome::Failed { cause } | Outcome::Incomplete { cause } => Ended::Failed { cause },
        };
        Worked { ended, charged: Some(end.charged) }
    }

    fn question(&self, run: &FlowRun, id: &str) -> Option<Question> {
        let view = run.view();
        let execution = &view.execution;
        let settings = LlmSettings::of(execution.node(id)?);
        let prompt = match settings.prompt.trim() {
            "" => execution.incoming(id),
            _ => execution.fill(id, &settings.prompt),
        };
        let memory = settings.memory.map(|turns| (prompt.clone(), turns));
        let history = memory.as_ref().map(|(_, turns)| self.0.memories.recall((run.flow_id, id), *turns));
        let request = NodeRequest {
            model: settings.model.unwrap_or_else(|| run.default_model.clone()),
            system_prompt: Some(execution.fill(id, &settings.system_prompt)).filter(|text| !text.is_empty()),
            input: Some(prompt.into()),
            temperature: settings.temperature,
            conversation_history: history.unwrap_or_default(),
        };
        Some(Question { request, memory })
    }

    fn decide(&self, run: &FlowRun, id: &str) -> Ended {
        let view = run.view();
        let decided = view.execution.node(id).map(|branch| decided(&view.execution, branch));
        match decided.unwrap_or_else(|| Err(format!("there is no node {id:?}"))) {
            Ok(way) => Ended::Done { way: Some(way) },
            Err(message) => Ended::Failed { cause: UiError::new(Code::InvalidInput, message) },
        }
    }
}

impl FlowRun {
    /// What the model of a node has written.
    fn answer(&self, id: &str) -> String {
        self.view().execution.nodes.get(id).map(|run| run.text.content.clone()).unwrap_or_default()
    }
}

fn decided(execution: &Execution, branch: &Node) -> Result<bool, String> {
    let read = condition::read(execution, branch)?;
    read.holds(|variable| execution.look_up(&branch.id, variable))
}

/// Of a node that asks no model.
fn free(ended: Ended) -> Worked {
    Worked { ended, charged: None }
}
