//! Language, theme, and which number comes first.

use flowmeter_domain::Language;
use flowmeter_domain::preferences::{Figures, LanguageChoice, Theme};
use yew::prelude::*;

use super::Chosen;
use crate::components::{Choice, Select, Setting, SettingGroup};
use crate::locales::{Text, Translator};

pub(super) fn group(texts: &Translator, chosen: &Chosen) -> Html {
    html! {
        <SettingGroup title={texts.text(Text::SettingsLooks)}>
            { language(texts, chosen) }{ theme(texts, chosen) }{ figures(texts, chosen) }
        </SettingGroup>
    }
}

fn language(texts: &Translator, chosen: &Chosen) -> Html {
    // Each language in its own words: whoever cannot read the page's must still find theirs.
    let words = |choice| match choice {
        LanguageChoice::System => texts.text(Text::SettingsAsSystem),
        LanguageChoice::English => Translator::new(Language::English).text(Text::LanguageName),
        LanguageChoice::Chinese => Translator::new(Language::Chinese).text(Text::LanguageName),
    };
    let options = LanguageChoice::ALL.map(|choice| (language_value(choice), words(choice)));
    let on_choose = chosen.on(|next, value: AttrValue| {
        let found = LanguageChoice::ALL.into_iter().find(|choice| language_value(*choice) == value);
        next.language = found.unwrap_or_default();
    });
    html! {
        <Setting control="set-language" label={texts.text(Text::SettingsLanguage)}>
            <Select id="set-language" options={options.to_vec()} value={language_value(chosen.now.language)} {on_choose} />
        </Setting>
    }
}

/// The tag, or nothing for the system's own.
fn language_value(choice: LanguageChoice) -> AttrValue {
    match choice.tag("") {
        "" => "system".into(),
        tag => tag.to_owned().into(),
    }
}

fn theme(texts: &Translator, chosen: &Chosen) -> Html {
    let options = Theme::ALL.map(|theme| (theme_value(theme).into(), texts.text(theme_words(theme))));
    let on_choose = chosen.on(|next, value: AttrValue| {
        next.theme = Theme::ALL.into_iter().find(|theme| theme_value(*theme) == &*value).unwrap_or_default();
    });
    let label = texts.text(Text::SettingsTheme);
    html! {
        <Setting label={label.clone()}>
            <Choice id="set-theme" {label} options={options.to_vec()} value={theme_value(chosen.now.theme)} {on_choose} />
        </Setting>
    }
}

fn theme_value(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

fn theme_words(theme: Theme) -> Text {
    match theme {
        Theme::System => Text::SettingsAsSystem,
        Theme::Light => Text::ThemeLight,
        Theme::Dark => Text::ThemeDark,
    }
}

fn figures(texts: &Translator, chosen: &Chosen) -> Html {
    let options =
        vec![("used".into(), texts.text(Text::FiguresUsed)), ("left".into(), texts.text(Text::FiguresLeft))];
    let value = if chosen.now.figures == Figures::Left { "left" } else { "used" };
    let on_choose = chosen.on(|next, value: AttrValue| {
        next.figures = if value == "left" { Figures::Left } else { Figures::Used };
    });
    let label = texts.text(Text::SettingsFigures);
    html! {
        <Setting label={label.clone()} hint={texts.text(Text::SettingsFiguresHint)}>
            <Choice id="set-figures" {label} {options} {value} {on_choose} />
        </Setting>
    }
}
