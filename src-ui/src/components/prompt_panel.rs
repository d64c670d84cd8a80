//! How a prompt is run, beyond its model: the system prompt, or the rarer choices.

use flowmeter_domain::RunChoices;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::Choice;
use crate::locales::{Text, Translator, use_translator};

/// Which part is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The system prompt.
    System,
    /// Temperature, form of the prompt, form of the answer.
    Options,
}

/// What is chosen.
#[derive(PartialEq, Properties)]
pub struct PromptPanelProps {
    /// Which part.
    pub panel: Panel,
    /// What holds.
    pub choices: RunChoices,
    /// Something else was chosen.
    pub on_choose: Callback<RunChoices>,
}

/// The part that is open.
#[component]
pub fn PromptPanel(props: &PromptPanelProps) -> Html {
    let texts = use_translator();
    html! {
        <div class="prompt-panel" id="prompt-panel">
            { match props.panel { Panel::System => system(&texts, props), Panel::Options => options(&texts, props) } }
        </div>
    }
}

/// A callback that changes one choice by what a control gives.
fn on<T: 'static>(props: &PromptPanelProps, change: impl Fn(&mut RunChoices, T) + 'static) -> Callback<T> {
    let choices = props.choices.clone();
    props.on_choose.reform(move |value| {
        let mut choices = choices.clone();
        change(&mut choices, value);
        choices
    })
}

fn system(texts: &Translator, props: &PromptPanelProps) -> Html {
    let set = on(props, |choices, text: String| choices.system_prompt = text);
    let oninput =
        set.reform(|event: InputEvent| event.target_unchecked_into::<HtmlTextAreaElement>().value());
    html! {
        <div class="panel-field is-wide">
            <label for="system-prompt">{ texts.text(Text::PromptSystem) }</label>
            <textarea id="system-prompt" rows="3" value={props.choices.system_prompt.clone()} aria-describedby="system-prompt-hint"
                data-testid="system-prompt" {oninput} />
            <p class="hint" id="system-prompt-hint">{ texts.text(Text::PromptSystemHint) }</p>
        </div>
    }
}

fn options(texts: &Translator, props: &PromptPanelProps) -> Html {
    let words = |text| texts.text(text);
    let choices = &props.choices;
    let input =
        vec![("text".into(), words(Text::PromptInputText)), ("json".into(), words(Text::PromptInputJson))];
    let answer = vec![
        ("stream".into(), words(Text::PromptAnswerStream)),
        ("whole".into(), words(Text::PromptAnswerWhole)),
    ];
    html! {
        <>
            { temperature(props) }
            <div class="panel-field">
                <span aria-hidden="true">{ words(Text::PromptInput) }</span>
                <Choice id="prompt-input" label={words(Text::PromptInput)} options={input} value={if choices.json { "json" } else { "text" }}
                    on_choose={on(props, |choices, form: AttrValue| choices.json = form == "json")} />
            </div>
            <div class="panel-field">
                <span aria-hidden="true">{ words(Text::PromptAnswer) }</span>
                <Choice id="prompt-answer" label={words(Text::PromptAnswer)} options={answer} value={if choices.stream { "stream" } else { "whole" }}
                    on_choose={on(props, |choices, form: AttrValue| choices.stream = form == "stream")} />
            </div>
        </>
    }
}

fn temperature(props: &PromptPanelProps) -> Html {
    let on_change = on(props, |choices, typed: String| choices.temperature = typed.trim().parse().ok());
    let value = props.choices.temperature.map(|temperature| temperature.to_string()).unwrap_or_default();
    html! { <Temperature {value} {on_change} /> }
}

#[derive(PartialEq, Properties)]
struct TemperatureProps {
    value: AttrValue,
    on_change: Callback<String>,
}

/// Chosen when the person leaves the field: half a number is none.
#[component]
fn Temperature(props: &TemperatureProps) -> Html {
    let texts = use_translator();
    // Until then it is kept here, so that a redrawing for something else leaves it in the field.
    let typed = use_state(|| None::<AttrValue>);
    let oninput = {
        let typed = typed.clone();
        move |event: InputEvent| {
            typed.set(Some(event.target_unchecked_into::<HtmlInputElement>().value().into()));
        }
    };
    let onchange = {
        let (typed, on_change) = (typed.clone(), props.on_change.clone());
        move |event: Event| {
            let field = event.target_unchecked_into::<HtmlInputElement>();
            // What cannot be meant is as good as nothing, and the field shows it.
            if !field.check_validity() {
                field.set_value("");
            }
            typed.set(None);
            on_change.emit(field.value());
        }
    };
    let value = (*typed).clone().unwrap_or_else(|| props.value.clone());
    html! {
        <div class="panel-field">
            <label for="temperature">{ texts.text(Text::PromptTemperature) }</label>
            <input id="temperature" type="number" min="0" max="2" step="any" inputmode="decimal" placeholder="0.7" {value}
                aria-describedby="temperature-hint" data-testid="temperature" {oninput} {onchange} />
            <p class="hint" id="temperature-hint">{ texts.text(Text::PromptTemperatureHint) }</p>
        </div>
    }
}
