//! A line of the settings: what it is, what it does, and the control for it.

use yew::prelude::*;

/// A group of settings under a title.
#[derive(PartialEq, Properties)]
pub struct SettingGroupProps {
    /// What they have in common.
    pub title: AttrValue,
    /// The settings.
    pub children: Html,
}

/// A group.
#[component]
pub fn SettingGroup(props: &SettingGroupProps) -> Html {
    html! {
        <section class="group"><h2>{ &props.title }</h2><div class="panel">{ props.children.clone() }</div></section>
    }
}

/// One setting.
#[derive(PartialEq, Properties)]
pub struct SettingProps {
    /// The control that the label is for; none where the control names itself.
    #[prop_or_default]
    pub control: Option<AttrValue>,
    /// What it is.
    pub label: AttrValue,
    /// What it does, where the label does not say it.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// Whether it belongs to the one above.
    #[prop_or_default]
    pub inset: bool,
    /// Before the label.
    #[prop_or_default]
    pub start: Html,
    /// Its name for tests.
    #[prop_or_default]
    pub testid: Option<AttrValue>,
    /// The control.
    #[prop_or_default]
    pub children: Html,
}

/// A line.
#[component]
pub fn Setting(props: &SettingProps) -> Html {
    let label = match &props.control {
        Some(control) => html! { <label class="setting-label" for={control}>{ &props.label }</label> },
        None => html! { <span class="setting-label">{ &props.label }</span> },
    };
    html! {
        <div class={classes!("setting", props.inset.then_some("is-inset"))} data-testid={props.testid.clone()}>
            { props.start.clone() }
            <div class="setting-text">
                { label }
                if let Some(hint) = &props.hint { <p class="setting-hint">{ hint }</p> }
            </div>
            <div class="setting-control">{ props.children.clone() }</div>
        </div>
    }
}
