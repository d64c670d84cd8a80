//! What a person reads, in the person's language.
//!
//! Components get a [`Translator`] from [`use_translator`] and ask for a text by [`Text`], code,
//! kind or level. Not here: times of day, which only the browser can put into local words.

mod kebab;
pub mod text;

use std::rc::Rc;

pub use flowmeter_domain::Language;
use flowmeter_domain::flow::NodeKind;
use flowmeter_domain::{Age, Code, Kind, Level};
use fluent_bundle::{FluentArgs, FluentBundle, FluentMessage, FluentResource, FluentValue};
use jiff::SignedDuration;
use unic_langid::LanguageIdentifier;
use yew::prelude::*;

pub use text::Text;

/// The file with the texts of `language`.
pub fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("en.ftl"),
        Language::Chinese => include_str!("zh-CN.ftl"),
    }
}

fn identifier(language: Language) -> LanguageIdentifier {
    // Only plural rules hang on it; both tags are valid, which a test sees.
    language.tag().parse().unwrap_or_default()
}

/// The texts of one language. Cheap to clone; equal when the language is.
#[derive(Clone)]
pub struct Translator {
    language: Language,
    bundle: Rc<FluentBundle<FluentResource>>,
}

impl PartialEq for Translator {
    fn eq(&self, other: &Self) -> bool {
        self.language == other.language
    }
}

impl Default for Translator {
    fn default() -> Self {
        Self::new(Language::default())
    }
}

impl Translator {
    /// Reads the texts of `language`.
    pub fn new(language: Language) -> Self {
        // A line that does not parse is left out; the test over the files makes sure there is none.
        let source = source(language).to_owned();
        let resource = FluentResource::try_new(source).unwrap_or_else(|(partial, _)| partial);
        let mut bundle = FluentBundle::new(vec![identifier(language)]);
        // The marks that isolate directions show as boxes in some fonts, and both languages run left to right.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { language, bundle: Rc::new(bundle) }
    }

    /// The language of the texts.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A text without gaps.
    pub fn text(&self, text: Text) -> AttrValue {
        self.value(text.id(), None)
    }

    /// A text whose gaps are filled by name.
    pub fn fill<const N: usize>(&self, text: Text, gaps: [(&'static str, FluentValue<'_>); N]) -> AttrValue {
        let arguments: FluentArgs = gaps.into_iter().collect();
        self.value(text.id(), Some(&arguments))
    }

    /// The label of a kind.
    pub fn kind(&self, kind: Kind) -> AttrValue {
        self.value(text::kind_id(kind), None)
    }

    /// What a node of a flow does, in a word.
    pub fn node_kind(&self, kind: NodeKind) -> AttrValue {
        self.value(text::node_kind_id(kind), None)
    }

    /// A setting of a node as people call it; one that nobody knows keeps its name.
    pub fn field(&self, name: &str) -> AttrValue {
        text::field_text(name).map_or_else(|| name.to_owned().into(), |text| self.text(text))
    }

    /// A level as a word.
    pub fn level(&self, level: Level) -> AttrValue {
        self.value(text::level_id(level), None)
    }

    /// What happened, in a few words.
    pub fn code(&self, code: Code) -> AttrValue {
        self.value(text::code_id(code), None)
    }

    /// What to do about it.
    pub fn next_step(&self, code: Code) -> AttrValue {
        let id = text::code_id(code);
        let pattern = self.message(id).and_then(|message| message.get_attribute("next"));
        match pattern {
            Some(next) => self.bundle.format_pattern(next.value(), None, &mut vec![]).into_owned().into(),
            None => id.into(),
        }
    }

    /// An age in words, in its largest whole unit.
    pub fn age(&self, age: SignedDuration) -> AttrValue {
        let (text, count) = match Age::from(age) {
            Age::Now => return self.text(Text::AgeNow),
            Age::Minutes(count) => (Text::AgeMinutes, count),
            Age::Hours(count) => (Text::AgeHours, count),
            Age::Days(count) => (Text::AgeDays, count),
        };
        self.fill(text, [("count", count.into())])
    }

    /// A message that is missing shows its id: wrong, but not empty.
    fn value(&self, id: &'static str, arguments: Option<&FluentArgs<'_>>) -> AttrValue {
        match self.message(id).and_then(|message| message.value()) {
            Some(pattern) => self.bundle.format_pattern(pattern, arguments, &mut vec![]).into_owned().into(),
            None => id.into(),
        }
    }

    fn message(&self, id: &str) -> Option<FluentMessage<'_>> {
        self.bundle.get_message(id)
    }
}

/// The translator of the page; English outside of one.
#[hook]
pub fn use_translator() -> Translator {
    use_context::<Translator>().unwrap_or_default()
}
