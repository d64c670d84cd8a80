//! What the program says to people, in the language that the app speaks to them.

use flowmeter_client::Client;
use flowmeter_client::domain::{Language, UiError};
use flowmeter_texts::{Files, system_locale};

pub(crate) use flowmeter_texts::Texts;

const OWN: Files =
    Files { english: include_str!("../locales/en.ftl"), chinese: include_str!("../locales/zh-CN.ftl") };

/// In the person's language.
pub(crate) fn of(client: &Client) -> Texts {
    in_language(Language::for_tag(client.preferences().language.tag(&system_locale())))
}

/// In the system's language: for whoever uses no app, and before its data is open.
pub(crate) fn of_the_system() -> Texts {
    in_language(Language::for_tag(&system_locale()))
}

pub(crate) fn in_language(language: Language) -> Texts {
    OWN.texts(language)
}

/// What went wrong, with the technical text that helps whoever looks for the cause.
pub(crate) fn fault(texts: &Texts, error: &UiError) -> String {
    let gaps = [("title", texts.code(error.code).into()), ("details", error.message.as_str().into())];
    texts.fill("fault", gaps)
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_languages_say_the_same_with_the_same_gaps_and_parse() {
        assert!(super::OWN.ids().unwrap().contains("left"));
    }
}
