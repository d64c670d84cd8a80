//! What is typed at home and not sent, and what was put aside when something else took its place.
//!
//! The home owns it, not the [`State`](super::State): each letter would be news to every view.

use std::rc::Rc;

use flowmeter_domain::{ConversationId, RunChoices};
use yew::{AttrValue, Reducible};

/// How a prompt would be run, and what it would be a part of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setting {
    /// How it would be run.
    pub choices: RunChoices,
    /// The conversation; `None` for a new one.
    pub conversation: Option<ConversationId>,
}

/// Something that was typed and not sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Aside {
    /// The text.
    pub text: AttrValue,
    /// What goes with it.
    pub setting: Setting,
}

/// The prompt so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The text.
    pub text: AttrValue,
    /// Whether the person typed some of it; what was only fetched can be fetched again.
    is_typed: bool,
    /// What was fetched with a text: of it, too, only what was changed since is the person's.
    came: Option<RunChoices>,
    /// What was put aside; the last comes back first.
    pub aside: Vec<Aside>,
}

/// Something that happened to the prompt.
#[derive(Clone, Debug, PartialEq)]
pub enum DraftAction {
    /// The person typed.
    Typed(AttrValue),
    /// It was sent.
    Sent,
    /// Another text took its place, and maybe another setting.
    Fetched {
        /// The text.
        text: AttrValue,
        /// What held before.
        before: Setting,
        /// What holds now.
        now: Setting,
    },
    /// What was put aside last takes its place again; this held until now.
    Back(Setting),
    /// The person does not want back what was put aside last.
    AsideClosed,
}

impl Reducible for Draft {
    type Action = DraftAction;

    fn reduce(self: Rc<Self>, action: DraftAction) -> Rc<Self> {
        let mut next = Rc::unwrap_or_clone(self);
        next.take(action);
        next.into()
    }
}

impl Draft {
    /// Takes in what happened.
    pub fn take(&mut self, action: DraftAction) {
        match action {
            DraftAction::Typed(text) => (self.text, self.is_typed) = (text, true),
            DraftAction::Sent => (self.text, self.is_typed) = (AttrValue::default(), false),
            DraftAction::Fetched { text, before, now } => {
                let came = (before.choices != now.choices).then(|| now.choices.clone());
                self.replace(text, before, &now);
                (self.is_typed, self.came) = (false, came.or(self.came.take()));
            }
            DraftAction::Back(before) => {
                if let Some(Aside { text, setting }) = self.aside.pop() {
                    self.replace(text, before, &setting);
                    (self.is_typed, self.came) = (true, None);
                }
            }
            DraftAction::AsideClosed => drop(self.aside.pop()),
        }
    }

    fn replace(&mut self, text: AttrValue, before: Setting, now: &Setting) {
        let is_lost = self.is_typed && !self.text.trim().is_empty() && self.text != text;
        let is_own = self.came.as_ref().is_none_or(|came| loses(&before.choices, came));
        if is_lost || (is_own && loses(&before.choices, &now.choices)) {
            self.aside.push(Aside { text: self.text.clone(), setting: before });
        }
        self.text = text;
    }
}

/// Whether something that is typed is not there any more. A model is chosen, and remembered.
fn loses(before: &RunChoices, now: &RunChoices) -> bool {
    let has_system = !before.system_prompt.trim().is_empty();
    (has_system && before.system_prompt != now.system_prompt)
        || (before.temperature.is_some() && before.temperature != now.temperature)
}
