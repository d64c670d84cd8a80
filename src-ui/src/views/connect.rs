//! The first screen: which project, its key, and the edge in front of the models. Each field is checked
//! against the server itself as it is typed, and says what is wrong.

use flowmeter_domain::Code;
use flowmeter_domain::ipc::{Check, Checks, ConnectionFields};
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::components::{Brand, Button, CheckMark, ErrorNotice, Look, TextField};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{App, Step, Wish, use_app};

/// How long the person has stopped typing before the servers are asked.
const PAUSE_MS: u32 = 400;

/// The view.
#[component]
pub fn Connect() -> Html {
    let (app, texts) = (use_app(), use_translator());
    let fields = use_state(ConnectionFields::default);
    let checks = use_checks(&app, &fields);
    let onsubmit = Callback::from({
        let (app, fields) = (app.clone(), fields.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            app.connect((*fields).clone());
        }
    });
    let busy = app.door.busy;
    html! {
        <form class="sign-in-card form" aria-busy={busy.then_some("true")} {onsubmit}>
            { top(&app, &texts) }
            <header><h1>{ texts.text(Text::ConnectTitle) }</h1><p class="project">{ texts.text(Text::ConnectBody) }</p></header>
            if let Some(error) = app.door.error.clone() { <ErrorNotice {error} testid="connect-error" alert=true /> }
            { field(&texts, &fields, &FIELDS[0], checks.as_ref().map(|checks| &checks.supabase_url)) }
            { field(&texts, &fields, &FIELDS[1], checks.as_ref().map(|checks| &checks.key)) }
            { field(&texts, &fields, &FIELDS[2], checks.as_ref().map(|checks| &checks.edge_url)) }
            <Button label={texts.text(if busy { Text::ConnectBusy } else { Text::ConnectSubmit })} look={Look::Primary} submit=true {busy}
                disabled={!checks.as_ref().is_some_and(Checks::are_good)} testid="connect" />
            <p class="fine-print">{ texts.text(Text::ConnectNote) }</p>
        </form>
    }
}

/// What the servers say about what is typed now; `None` while they are asked.
#[hook]
fn use_checks(app: &App, fields: &UseStateHandle<ConnectionFields>) -> Option<Checks> {
    let told = use_state(|| None::<(ConnectionFields, Checks)>);
    let (app, setter) = (app.clone(), told.setter());
    use_effect_with((**fields).clone(), move |fields| {
        let fields = fields.clone();
        let pause = Timeout::new(PAUSE_MS, move || {
            let about = fields.clone();
            app.check_connection(fields, move |checks| setter.set(Some((about, checks))));
        });
        move || drop(pause)
    });
    // An answer about what was typed before says nothing any more.
    (*told).clone().filter(|(about, _)| *about == **fields).map(|(_, checks)| checks)
}

/// A field of the form.
struct Field {
    id: &'static str,
    label: Text,
    hint: Text,
    /// What an answer of something else means here.
    foreign: Text,
    get: fn(&ConnectionFields) -> &String,
    set: fn(&mut ConnectionFields) -> &mut String,
}

const FIELDS: [Field; 3] = [
    Field {
        id: "connect-url",
        label: Text::ConnectUrl,
        hint: Text::ConnectUrlHint,
        foreign: Text::ConnectUrlForeign,
        get: |fields| &fields.supabase_url,
        set: |fields| &mut fields.supabase_url,
    },
    Field {
        id: "connect-key",
        label: Text::ConnectKey,
        hint: Text::ConnectKeyHint,
        foreign: Text::ConnectKeyForeign,
        get: |fields| &fields.key,
        set: |fields| &mut fields.key,
    },
    Field {
        id: "connect-edge",
        label: Text::ConnectEdge,
        hint: Text::ConnectEdgeHint,
        foreign: Text::ConnectEdgeForeign,
        get: |fields| &fields.edge_url,
        set: |fields| &mut fields.edge_url,
    },
];

fn field(
    texts: &Translator,
    fields: &UseStateHandle<ConnectionFields>,
    field: &'static Field,
    check: Option<&Check>,
) -> Html {
    let value = (field.get)(fields).clone();
    let is_open = value.trim().is_empty();
    let fault = check.and_then(Check::fault);
    let hint = match fault {
        Some(fault) if is_foreign(fault.code) => texts.text(field.foreign),
        Some(fault) => {
            format!("{}{}", with_stop(&texts.code(fault.code)), texts.next_step(fault.code)).into()
        }
        None => texts.text(field.hint),
    };
    let on_change = {
        let fields = fields.clone();
        move |typed| {
            let mut next = (*fields).clone();
            *(field.set)(&mut next) = typed;
            fields.set(next);
        }
    };
    let kind = if field.id == "connect-key" { "text" } else { "url" };
    html! {
        <TextField id={field.id} {kind} autocomplete="off" label={texts.text(field.label)} {value} {hint} invalid={fault.is_some()}
            aside={html! { <CheckMark check={check.cloned()} {is_open} testid={format!("{}-check", field.id)} /> }} {on_change} />
    }
}

/// Something answers, but not what belongs there.
fn is_foreign(code: Code) -> bool {
    matches!(code, Code::UnexpectedAnswer | Code::NotFound | Code::InvalidInput | Code::KeyRefused)
}

/// Titles of codes have no full stop of their own.
fn with_stop(title: &str) -> String {
    let stop = if title.is_ascii() { ". " } else { "。" };
    format!("{title}{stop}")
}

/// The way back, where there is one.
fn top(app: &App, texts: &Translator) -> Html {
    let on_press = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.at_door(Wish::Go(Step::Password))
    });
    html! {
        <div class="sign-in-top">
            <Brand />
            if !app.accounts.project.is_empty() {
                <Button label={texts.text(Text::Cancel)} look={Look::Quiet} testid="connect-back" {on_press} />
            }
        </div>
    }
}
