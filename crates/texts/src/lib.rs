//! What a person reads outside of the page: in the tray, in notifications, on the command line.
//!
//! The words for kinds, levels, ages and codes are the page's own, read from its locale files, so that
//! each has one name everywhere; what is said in one of these places only is in a file beside it.
//! Not here: which language holds, which is the person's choice.

use std::collections::{BTreeMap, BTreeSet};

use flowmeter_domain::{Age, Code, Kind, Language, Level};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use jiff::SignedDuration;

pub use fluent_bundle::FluentValue;

/// What is taken when the system names no language.
const DEFAULT_LOCALE: &str = "en";

/// The system's language as a BCP 47 tag.
///
/// Asked here and not of the page: on macOS a webview reports the app's languages, not the person's.
pub fn system_locale() -> String {
    sys_locale::get_locale().unwrap_or_else(|| DEFAULT_LOCALE.to_owned())
}

/// A file of texts in each language.
#[derive(Clone, Copy)]
pub struct Files {
    /// In English.
    pub english: &'static str,
    /// In Chinese.
    pub chinese: &'static str,
}

/// The page's.
const OF_THE_PAGE: Files = Files {
    english: include_str!("../../../src-ui/src/locales/en.ftl"),
    chinese: include_str!("../../../src-ui/src/locales/zh-CN.ftl"),
};

impl Files {
    /// The page's words and these, in `language`.
    pub fn texts(self, language: Language) -> Texts {
        Texts::new(language, self.of(language))
    }

    /// The ids of all messages.
    ///
    /// # Errors
    /// What does not parse, or what one language says and the other does not, or with other gaps.
    pub fn ids(self) -> Result<BTreeSet<&'static str>, String> {
        let [english, chinese] = [messages(self.english)?, messages(self.chinese)?];
        let differs = english.iter().find(|(id, gaps)| chinese.get(*id) != Some(gaps));
        match differs.or_else(|| chinese.iter().find(|(id, _)| !english.contains_key(*id))) {
            Some((id, _)) => Err(format!("{id} is not the same in both languages")),
            None => Ok(english.into_keys().collect()),
        }
    }

    fn of(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Chinese => self.chinese,
        }
    }
}

/// The texts of one language.
pub struct Texts(FluentBundle<FluentResource>);

impl Texts {
    /// The page's words in `language`, and those of `own`, a file of the same language.
    fn new(language: Language, own: &str) -> Self {
        // Only plural rules hang on the tag, and both tags are valid.
        let mut bundle = FluentBundle::new_concurrent(vec![language.tag().parse().unwrap_or_default()]);
        bundle.set_use_isolating(false);
        for source in [OF_THE_PAGE.of(language), own] {
            // A line that does not parse is left out; the tests over the files make sure there is none.
            let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
            bundle.add_resource_overriding(resource);
        }
        Self(bundle)
    }

    /// A text without gaps.
    pub fn text(&self, id: &str) -> String {
        self.fill(id, [])
    }

    /// A text whose gaps are filled by name. A message that is missing shows its id: wrong, but not empty.
    pub fn fill<const N: usize>(&self, id: &str, gaps: [(&'static str, FluentValue<'_>); N]) -> String {
        let arguments: FluentArgs = gaps.into_iter().collect();
        let pattern = self.0.get_message(id).and_then(|message| message.value());
        pattern.map_or(id.to_owned(), |pattern| {
            self.0.format_pattern(pattern, Some(&arguments), &mut vec![]).into_owned()
        })
    }

    /// The label of a kind.
    pub fn kind(&self, kind: Kind) -> String {
        self.text(&format!("kind-{}", kind.name().replace('_', "-")))
    }

    /// A level as a word.
    pub fn level(&self, level: Level) -> String {
        self.text(match level {
            Level::Normal => "level-normal",
            Level::Warning => "level-warning",
            Level::Low => "level-low",
            Level::Exhausted => "level-exhausted",
        })
    }

    /// What happened, in a few words.
    pub fn code(&self, code: Code) -> String {
        let name = serde_json::to_value(code).ok();
        let name = name.as_ref().and_then(|name| name.as_str()).unwrap_or_default();
        self.text(&format!("code-{}", name.to_lowercase().replace('_', "-")))
    }

    /// An age in words.
    pub fn age(&self, age: SignedDuration) -> String {
        let (id, count) = match Age::from(age) {
            Age::Now => return self.text("age-now"),
            Age::Minutes(count) => ("age-minutes", count),
            Age::Hours(count) => ("age-hours", count),
            Age::Days(count) => ("age-days", count),
        };
        self.fill(id, [("count", count.into())])
    }
}

/// The messages of a file, each with the names of its gaps: what two languages must have in common.
fn messages(source: &str) -> Result<BTreeMap<&str, BTreeSet<&str>>, String> {
    FluentResource::try_new(source.to_owned()).map_err(|(_, faults)| format!("{faults:?}"))?;
    let lines = source.lines().filter_map(|line| line.split_once(" = "));
    Ok(lines.map(|(id, text)| (id, gaps_of(text).collect())).collect())
}

fn gaps_of(text: &str) -> impl Iterator<Item = &str> {
    text.split("{ $").skip(1).filter_map(|rest| rest.split(' ').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(language: Language) -> Texts {
        Texts::new(language, "own = { $count } of our own")
    }

    #[test]
    fn the_words_of_the_page_are_found_in_both_languages() {
        let (en, zh) = (words(Language::English), words(Language::Chinese));
        assert_eq!(en.kind(Kind::ImageGenExecutions), "Image generations");
        assert_eq!(zh.level(Level::Exhausted), "已用完");
        assert_eq!(en.code(Code::Unreachable), "The server cannot be reached");
        assert_eq!(zh.age(SignedDuration::from_mins(61)), "1 小时前");
        for kind in Kind::ALL {
            assert!(!zh.kind(kind).starts_with("kind-"), "{kind:?}");
        }
    }

    #[test]
    fn a_text_of_its_own_is_filled_and_one_that_is_missing_shows_its_id() {
        let texts = words(Language::English);
        assert_eq!(texts.fill("own", [("count", 3.into())]), "3 of our own");
        assert_eq!(texts.text("nobody-wrote-this"), "nobody-wrote-this");
    }

    #[test]
    fn the_messages_of_a_file_come_with_their_gaps() {
        let found = messages("# a comment\none = { $a } and { $b }\ntwo = nothing\n").unwrap();
        assert_eq!(found, [("one", ["a", "b"].into()), ("two", BTreeSet::new())].into());
        assert!(messages("one = { $a").is_err());
    }

    #[test]
    fn what_one_language_lacks_or_says_otherwise_is_named() {
        let same = Files { english: "one = { $a }\ntwo = b\n", chinese: "two = 二\none = { $a } 一\n" };
        assert_eq!(same.ids(), Ok(["one", "two"].into()));
        for chinese in ["one = { $b }\ntwo = b\n", "two = b\n"] {
            assert!(Files { chinese, ..same }.ids().unwrap_err().starts_with("one "));
        }
        let more = Files { english: "two = b\n", ..same };
        assert!(more.ids().unwrap_err().starts_with("one "));
    }
}
