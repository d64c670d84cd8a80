//! What a person reads outside the window: in the tray and in notifications.
//!
//! The words for kinds, levels, ages and codes are the page's own, read from its locale files; what is
//! said only out here is in `locales/`.

use flowmeter_domain::{Age, Code, Kind, Language, Level};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::SignedDuration;

/// The texts of one language.
pub(crate) struct Texts(FluentBundle<FluentResource>);

impl Texts {
    /// Reads the texts of `language`.
    pub(crate) fn new(language: Language) -> Self {
        // Only plural rules hang on the tag, and both tags are valid.
        let mut bundle = FluentBundle::new_concurrent(vec![language.tag().parse().unwrap_or_default()]);
        bundle.set_use_isolating(false);
        for source in sources(language) {
            // A line that does not parse is left out; the test over the files makes sure there is none.
            let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
            bundle.add_resource_overriding(resource);
        }
        Self(bundle)
    }

    /// A text without gaps.
    pub(crate) fn text(&self, id: &str) -> String {
        self.fill(id, [])
    }

    /// A text whose gaps are filled by name. A message that is missing shows its id: wrong, but not empty.
    pub(crate) fn fill<const N: usize>(
        &self,
        id: &str,
        gaps: [(&'static str, FluentValue<'_>); N],
    ) -> String {
        let arguments: FluentArgs = gaps.into_iter().collect();
        let pattern = self.0.get_message(id).and_then(|message| message.value());
        pattern.map_or(id.to_owned(), |pattern| {
            self.0.format_pattern(pattern, Some(&arguments), &mut vec![]).into_owned()
        })
    }

    /// The label of a kind.
    pub(crate) fn kind(&self, kind: Kind) -> String {
        self.text(&format!("kind-{}", kind.name().replace('_', "-")))
    }

    /// A level as a word.
    pub(crate) fn level(&self, level: Level) -> String {
        self.text(match level {
            Level::Normal => "level-normal",
            Level::Warning => "level-warning",
            Level::Low => "level-low",
            Level::Exhausted => "level-exhausted",
        })
    }

    /// What happened, in a few words.
    pub(crate) fn code(&self, code: Code) -> String {
        let name = serde_json::to_value(code).ok();
        let name = name.as_ref().and_then(|name| name.as_str()).unwrap_or_default();
        self.text(&format!("code-{}", name.to_lowercase().replace('_', "-")))
    }

    /// An age in words.
    pub(crate) fn age(&self, age: SignedDuration) -> String {
        let (id, count) = match Age::from(age) {
            Age::Now => return self.text("age-now"),
            Age::Minutes(count) => ("age-minutes", count),
            Age::Hours(count) => ("age-hours", count),
            Age::Days(count) => ("age-days", count),
        };
        self.fill(id, [("count", count.into())])
    }
}

fn sources(language: Language) -> [&'static str; 2] {
    match language {
        Language::English => [include_str!("../src-ui/src/locales/en.ftl"), include_str!("locales/en.ftl")],
        Language::Chinese => {
            [include_str!("../src-ui/src/locales/zh-CN.ftl"), include_str!("locales/zh-CN.ftl")]
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The messages of our own file, with the names of their gaps.
    fn written(language: Language) -> BTreeMap<&'static str, Vec<&'static str>> {
        let lines = sources(language)[1].lines().filter_map(|line| line.split_once(" = "));
        let gaps = |text: &'static str| text.split("{ $").skip(1).filter_map(|rest| rest.split(' ').next());
        lines
            .map(|(id, text)| {
                let mut gaps: Vec<_> = gaps(text).collect();
                gaps.sort_unstable();
                (id, gaps)
            })
            .collect()
    }

    #[test]
    fn both_languages_say_the_same_with_the_same_gaps_and_parse() {
        assert_eq!(written(Language::English), written(Language::Chinese));
        for language in Language::ALL {
            for source in sources(language) {
                assert!(FluentResource::try_new(source.to_owned()).is_ok(), "{language:?}");
            }
        }
    }

    #[test]
    fn the_words_of_the_page_are_found() {
        let (en, zh) = (Texts::new(Language::English), Texts::new(Language::Chinese));
        assert_eq!(en.kind(Kind::ImageGenExecutions), "Image generations");
        assert_eq!(zh.level(Level::Exhausted), "已用完");
        assert_eq!(en.code(Code::Unreachable), "The server cannot be reached");
        assert_eq!(zh.age(SignedDuration::from_mins(61)), "1 小时前");
        for kind in Kind::ALL {
            assert!(!zh.kind(kind).starts_with("kind-"), "{kind:?}");
        }
    }
}
