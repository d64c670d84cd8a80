//! What a person reads outside the window: in the tray and in notifications.

use flowmeter_domain::Language;
use flowmeter_texts::Files;

pub(crate) use flowmeter_texts::Texts;

const OWN: Files =
    Files { english: include_str!("locales/en.ftl"), chinese: include_str!("locales/zh-CN.ftl") };

/// The texts of `language`.
pub(crate) fn of(language: Language) -> Texts {
    OWN.texts(language)
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_languages_say_the_same_with_the_same_gaps_and_parse() {
        assert!(super::OWN.ids().unwrap().contains("tray-open"));
    }
}
