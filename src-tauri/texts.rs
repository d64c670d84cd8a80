//! What a person reads outside the window: in the tray and in notifications.

use flowmeter_domain::Language;

pub(crate) use flowmeter_texts::Texts;

/// The texts of `language`.
pub(crate) fn of(language: Language) -> Texts {
    Texts::new(language, source(language))
}

fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("locales/en.ftl"),
        Language::Chinese => include_str!("locales/zh-CN.ftl"),
    }
}

#[cfg(test)]
mod tests {
    use flowmeter_texts::messages;

    use super::*;

    #[test]
    fn both_languages_say_the_same_with_the_same_gaps_and_parse() {
        let [english, chinese] = Language::ALL.map(|language| messages(source(language)).unwrap());
        assert_eq!(english, chinese);
        assert!(english.contains_key("tray-open"));
    }
}
