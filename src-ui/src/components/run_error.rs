//! Why a run gave no whole answer, and what a person can do about it, there and then.
//!
//! "Try again" starts a new run. Where the last one may have been charged, that is said before the button.

use flowmeter_domain::ipc::End;
use flowmeter_domain::{Charged, Code, Counter, Kind, Outcome};
use yew::prelude::*;

use super::{
    Button, ErrorNotice, Glyph, Look, RefusedBy, Remedy, RemedyButton, RunViewProps, RunWish, Tone, remedy,
};
use crate::locales::{Text, Translator};

/// The notice under a run; nothing under one that ended as it should.
pub(super) fn notice(texts: &Translator, props: &RunViewProps, end: &End) -> Html {
    let (Outcome::Incomplete { cause } | Outcome::Failed { cause }) = &end.outcome else { return html! {} };
    let speaks =
        matches!(cause.code, Code::ExecutionFailed | Code::InvalidInput) && !cause.message.is_empty();
    let exceeded = props.counter.filter(|_| cause.code == Code::QuotaExceeded);
    html! {
        <ErrorNotice error={cause.clone()} tone={tone(end, cause.code)} lead={numbers(texts, exceeded)} is_brief={speaks}
            testid="run-error">
            if speaks {
                <p class="said" data-testid="run-said">
                    { texts.fill(Text::RunServerSays, [("words", cause.message.as_str().into())]) }
                </p>
            }
            <RefusedBy code={cause.code} kind={Kind::LlmExecutions} counter={props.counter} figures={props.figures} />
            if end.charged == Charged::Unknown {
                <p class="said" data-testid="run-again-costs">{ texts.text(Text::RunAgainCosts) }</p>
            }
            <div class="notice-actions">
                <RemedyButton cause={cause.clone()} counter={props.counter} is_inside={props.is_inside} on_press={on_remedy(props)} />
                { edit(texts, props) }
            </div>
        </ErrorNotice>
    }
}

fn tone(end: &End, code: Code) -> Tone {
    let is_failure = matches!(end.outcome, Outcome::Failed { .. });
    if is_failure { remedy::tone(code) } else { Tone::Warning }
}

/// A refusal for a used-up quota is told with the numbers of the last reading.
fn numbers(texts: &Translator, exceeded: Option<Counter>) -> Option<AttrValue> {
    let counter = exceeded.filter(|counter| counter.remaining() <= 0)?;
    Some(texts.fill(Text::RunRefused, [("used", counter.used.into()), ("limit", counter.limit.into())]))
}

fn on_remedy(props: &RunViewProps) -> Callback<Remedy> {
    let (run_id, request) = (props.run.view.run_id, props.run.view.request.clone());
    props.on_wish.reform(move |remedy| match remedy {
        Remedy::SignIn => RunWish::SignIn,
        Remedy::Read => RunWish::Read,
        Remedy::Again => RunWish::Again(run_id, (*request).clone()),
    })
}

/// The prompt goes back into the field, with how it was run.
pub(super) fn edit(texts: &Translator, props: &RunViewProps) -> Html {
    let (request, prompt) = (props.run.view.request.clone(), AttrValue::from(props.run.prompt()));
    let on_press = props.on_wish.reform(move |_| RunWish::Edit((*request).clone(), prompt.clone()));
    html! {
        <Button label={texts.text(Text::RunEdit)} look={Look::Quiet} glyph={Glyph::Pencil} testid="run-edit" {on_press} />
    }
}
