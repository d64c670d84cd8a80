//! What the settings of a node say about running it, by the names that the web product gives them.
//!
//! Our own edge's plans use a shorter form for two of them: an LLM node's `prompt`, an output's `text`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::Node;

/// How many questions and answers a memory holds when its node does not say.
const MEMORY_TURNS: u64 = 10;

/// What an input node asks a person for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputSettings {
    /// What is said to the person first.
    pub greeting: String,
    /// Whether text is asked for.
    pub asks_text: bool,
    /// Whether the text may not be empty.
    pub text_required: bool,
    /// The text that is there to begin with.
    pub text: String,
    /// Whether files could be given in the web product.
    pub asks_files: bool,
    /// Whether it does not work without a file.
    pub file_required: bool,
    /// What else is asked for.
    pub fields: Vec<FormField>,
}

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// How variables call it.
    pub name: String,
    /// How people call it.
    pub label: String,
    /// What may be entered.
    pub kind: FieldKind,
    /// Whether it may not be empty.
    pub required: bool,
    /// What is there to begin with; several only where several may be chosen.
    pub default: Vec<String>,
}

/// What may be entered in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text {
        /// An example.
        placeholder: String,
    },
    /// One of these.
    Select {
        /// What there is to choose from.
        options: Vec<String>,
    },
    /// Any of these.
    MultiSelect {
        /// What there is to choose from.
        options: Vec<String>,
    },
}

/// What a person gave to an input node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// The text.
    #[serde(default)]
    pub user_input: String,
    /// By the name of the field: a text, or a list of texts where several may be chosen.
    #[serde(default)]
    pub form_data: Map<String, Value>,
}

/// How an LLM node asks its model. The texts may hold variables.
#[derive(Clone, Debug, PartialEq)]
pub struct LlmSettings {
    /// The model, if the node names one.
    pub model: Option<String>,
    /// Instructions before everything else.
    pub system_prompt: String,
    /// The question; empty for whatever comes in.
    pub prompt: String,
    /// 0 is strict, 1 and more is loose.
    pub temperature: Option<f64>,
    /// How many earlier questions and answers go along.
    pub memory: Option<usize>,
}

/// What an output node shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputSettings {
    /// Whatever comes in.
    Incoming,
    /// The first source.
    Direct(Source),
    /// The first source with a text.
    Select(Vec<Source>),
    /// All sources with a text.
    Merge(Vec<Source>),
    /// A text with variables.
    Template(String),
}

/// Where a part of an output comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A text with variables.
    Variable(String),
    /// A text as it is.
    Static(String),
}

impl InputSettings {
    /// The settings of an input node.
    pub fn of(node: &Node) -> Self {
        let asks_files = truth(node, "enableFileInput").unwrap_or_default();
        let fields = fields(node);
        let asks_form = truth(node, "enableStructuredForm").unwrap_or(!fields.is_empty());
        Self {
            greeting: text(&node.data, "greeting"),
            asks_text: truth(node, "enableTextInput").unwrap_or(true),
            text_required: truth(node, "textRequired").unwrap_or_default(),
            text: text(&node.data, "text"),
            asks_files,
            file_required: asks_files && truth(node, "fileRequired").unwrap_or_default(),
            fields: if asks_form { fields } else { Vec::new() },
        }
    }

    /// What is there to begin with.
    pub fn defaults(&self) -> Given {
        let entry = |field: &FormField| (field.name.clone(), field.value(field.default.clone()));
        let user_input = if self.asks_text { self.text.clone() } else { String::new() };
        Given { user_input, form_data: self.fields.iter().map(entry).collect() }
    }

    /// Whether what has to be given is not.
    pub fn lacks(&self, given: &Given) -> bool {
        self.lacks_text(given) || self.fields.iter().any(|field| field.lacks(given))
    }

    /// Whether there has to be a text and is none.
    pub fn lacks_text(&self, given: &Given) -> bool {
        self.asks_text && self.text_required && given.user_input.trim().is_empty()
    }
}

impl FormField {
    /// Whether it has to be filled in and is not, or says what cannot be chosen.
    pub fn lacks(&self, given: &Given) -> bool {
        let entered = entered(given.form_data.get(&self.name));
        let blank = entered.iter().all(|text| text.trim().is_empty());
        if blank { self.required } else { !entered.iter().all(|text| self.takes(text)) }
    }

    /// What was entered, as a variable of this field has it.
    pub fn value(&self, mut entered: Vec<String>) -> Value {
        match self.kind {
            FieldKind::MultiSelect { .. } => entered.into(),
            _ => entered.drain(..).next().unwrap_or_default().into(),
        }
    }

    fn takes(&self, text: &String) -> bool {
        match &self.kind {
            FieldKind::Text { .. } => true,
            FieldKind::Select { options } | FieldKind::MultiSelect { options } => options.contains(text),
        }
    }
}

impl Given {
    /// What was entered in the field of this name.
    pub fn entered(&self, name: &str) -> Vec<String> {
        entered(self.form_data.get(name))
    }
}

impl LlmSettings {
    /// The settings of an LLM node.
    pub fn of(node: &Node) -> Self {
        let mapped = node.data.get("inputMappings").and_then(Value::as_object);
        let mapped =
            mapped.map(|mappings| text(mappings, "user_input")).filter(|text| !text.trim().is_empty());
        let turns = node.data.get("memoryMaxTurns").and_then(Value::as_u64).unwrap_or(MEMORY_TURNS);
        let remembers = truth(node, "enableMemory").unwrap_or_default();
        Self {
            model: Some(text(&node.data, "model")).filter(|model| !model.trim().is_empty()),
            system_prompt: text(&node.data, "systemPrompt"),
            prompt: mapped.unwrap_or_else(|| text(&node.data, "prompt")),
            temperature: node.data.get("temperature").and_then(Value::as_f64),
            memory: remembers.then_some(turns as usize),
        }
    }
}

impl OutputSettings {
    /// The settings of an output node.
    ///
    /// # Errors
    /// The name of a mode that this program does not know.
    pub fn of(node: &Node) -> Result<Self, String> {
        let Some(mappings) = node.data.get("inputMappings").and_then(Value::as_object) else {
            let template = text(&node.data, "text");
            return Ok(if template.trim().is_empty() { Self::Incoming } else { Self::Template(template) });
        };
        let mode = text(mappings, "mode");
        let template = text(mappings, "template");
        let mut sources = sources(mappings);
        Ok(match mode.as_str() {
            "template" => Self::Template(template),
            _ if sources.is_empty() && matches!(mode.as_str(), "" | "direct" | "select" | "merge") => {
                Self::Incoming
            }
            "" | "direct" => Self::Direct(sources.swap_remove(0)),
            "select" => Self::Select(sources),
            "merge" => Self::Merge(sources),
            _ => return Err(mode),
        })
    }
}

/// The condition of a branch; empty for one that always goes the way of `true`.
pub fn condition(node: &Node) -> String {
    text(&node.data, "condition")
}

fn fields(node: &Node) -> Vec<FormField> {
    let fields = node.data.get("formFields").and_then(Value::as_array);
    fields.into_iter().flatten().filter_map(Value::as_object).filter_map(field).collect()
}

/// A field without a name could be called by no variable.
fn field(data: &Map<String, Value>) -> Option<FormField> {
    let name = Some(text(data, "name")).filter(|name| !name.is_empty())?;
    let label = Some(text(data, "label")).filter(|label| !label.is_empty());
    let options = || entered(data.get("options"));
    let kind = match text(data, "type").as_str() {
        "select" => FieldKind::Select { options: options() },
        "multi-select" => FieldKind::MultiSelect { options: options() },
        _ => FieldKind::Text { placeholder: text(data, "placeholder") },
    };
    let required = data.get("required").and_then(Value::as_bool).unwrap_or_default();
    let default = entered(data.get("defaultValue"));
    Some(FormField { label: label.unwrap_or_else(|| name.clone()), name, kind, required, default })
}

fn sources(mappings: &Map<String, Value>) -> Vec<Source> {
    let sources = mappings.get("sources").and_then(Value::as_array).into_iter().flatten();
    let source = |source: &Map<String, Value>| {
        let value = text(source, "value");
        if text(source, "type") == "static" { Source::Static(value) } else { Source::Variable(value) }
    };
    sources.filter_map(Value::as_object).map(source).collect()
}

/// One text, or a list of them.
fn entered(value: Option<&Value>) -> Vec<String> {
    let texts = match value {
        Some(Value::Array(values)) => values.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    };
    texts.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn text(data: &Map<String, Value>, name: &str) -> String {
    data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn truth(node: &Node, name: &str) -> Option<bool> {
    node.data.get(name).and_then(Value::as_bool)
}
