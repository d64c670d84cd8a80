//! One thing that a flow asks a person for.

use flowmeter_domain::flow::execution::{FieldKind, FormField, Given};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::browser;
use crate::components::Select;
use crate::locales::{Text, use_translator};

/// The text that an input node asks for.
#[derive(PartialEq, Properties)]
pub(super) struct TextInputProps {
    /// Its id on the page.
    pub(super) id: AttrValue,
    /// Whether it may not be empty.
    pub(super) required: bool,
    /// What is given so far.
    pub(super) given: Given,
    /// Something was typed.
    pub(super) on_given: Callback<Given>,
}

/// A text of some lines; Ctrl and Enter sends the form.
#[component]
pub(super) fn TextInput(props: &TextInputProps) -> Html {
    let texts = use_translator();
    let id = props.id.clone();
    let oninput = {
        let (given, on_given) = (props.given.clone(), props.on_given.clone());
        Callback::from(move |event: InputEvent| {
            let user_input = event.target_unchecked_into::<HtmlTextAreaElement>().value();
            on_given.emit(Given { user_input, ..given.clone() });
        })
    };
    html! {
        <div class="field">
            <div class="field-head">
                <label for={id.clone()}>{ texts.text(Text::FlowRunText) }</label>
                if props.required { <span class="field-mark">{ texts.text(Text::FlowRunRequired) }</span> }
            </div>
            <textarea {id} rows="3" required={props.required} value={props.given.user_input.clone()} data-testid="flow-text"
                placeholder={texts.text(Text::FlowRunPlaceholder)} {oninput} onkeydown={Callback::from(send_on_keys)} />
        </div>
    }
}

/// One field of a form.
#[derive(PartialEq, Properties)]
pub(super) struct FormFieldInputProps {
    /// Its id on the page.
    pub(super) id: AttrValue,
    /// The field.
    pub(super) field: FormField,
    /// What is given so far.
    pub(super) given: Given,
    /// Something was entered.
    pub(super) on_given: Callback<Given>,
}

/// The field, by its kind.
#[component]
pub(super) fn FormFieldInput(props: &FormFieldInputProps) -> Html {
    let texts = use_translator();
    let FormField { name, label, kind, required, .. } = &props.field;
    let id = props.id.clone();
    let mark =
        html! { if *required { <span class="field-mark">{ texts.text(Text::FlowRunRequired) }</span> } };
    if let FieldKind::MultiSelect { options } = kind {
        let group = id.clone();
        return html! {
            <div class="field" role="group" aria-labelledby={id.clone()} data-testid={format!("flow-field-{name}")}>
                <div class="field-head" id={group}><span>{ label }</span>{ " " }{ mark }</div>
                <div class="flow-options">for option in options { { several(props, &id, option) } }</div>
            </div>
        };
    }
    html! {
        <div class="field" data-testid={format!("flow-field-{name}")}>
            <div class="field-head"><label for={id.clone()}>{ label }</label>{ mark }</div>
            if let FieldKind::Select { options } = kind {
                { one(props, &texts.text(Text::FlowRunChoose), id, options) }
            } else {
                { line(props, id) }
            }
        </div>
    }
}

fn line(props: &FormFieldInputProps, id: AttrValue) -> Html {
    let FieldKind::Text { placeholder } = &props.field.kind else { return html! {} };
    let oninput = entering(props)
        .reform(|event: InputEvent| vec![event.target_unchecked_into::<HtmlInputElement>().value()]);
    let value = props.given.entered(&props.field.name).into_iter().next().unwrap_or_default();
    html! { <input {id} type="text" required={props.field.required} placeholder={placeholder.clone()} {value} {oninput} /> }
}

fn one(props: &FormFieldInputProps, choose: &AttrValue, id: AttrValue, options: &[String]) -> Html {
    let value = props.given.entered(&props.field.name).into_iter().next().unwrap_or_default();
    let nothing = (AttrValue::from(""), choose.clone());
    let option = |option: &String| (AttrValue::from(option.clone()), AttrValue::from(option.clone()));
    let options: Vec<_> = std::iter::once(nothing).chain(options.iter().map(option)).collect();
    let on_choose = entering(props).reform(|chosen: AttrValue| vec![chosen.to_string()]);
    html! { <Select {id} {options} {value} {on_choose} /> }
}

fn several(props: &FormFieldInputProps, id: &AttrValue, option: &str) -> Html {
    let entered = props.given.entered(&props.field.name);
    let checked = entered.iter().any(|chosen| chosen == option);
    let toggled = option.to_owned();
    let onchange = entering(props).reform(move |_: Event| {
        let others = entered.iter().filter(|chosen| **chosen != toggled).cloned();
        others.chain((!checked).then(|| toggled.clone())).collect()
    });
    html! {
        <label class="flow-option" key={option.to_owned()}>
            <input type="checkbox" name={id.clone()} {checked} {onchange} /><span>{ option.to_owned() }</span>
        </label>
    }
}

fn entering(props: &FormFieldInputProps) -> Callback<Vec<String>> {
    let (field, given) = (props.field.clone(), props.given.clone());
    props.on_given.reform(move |entered| {
        let mut given = given.clone();
        given.form_data.insert(field.name.clone(), field.value(entered));
        given
    })
}

fn send_on_keys(event: KeyboardEvent) {
    if browser::is_run_keys(&event) {
        event.prevent_default();
        let field = event.target_unchecked_into::<HtmlTextAreaElement>();
        // A form that refuses shows what it lacks by its own.
        let _ = field.form().map(|form| form.request_submit());
    }
}
