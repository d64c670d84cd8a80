//! Why a run gave no whole answer, and what a person can do about it, there and then.
//!
//! "Try again" starts a new run. Where the last one may have been charged, that is said before the button.

use flowmeter_domain::ipc::End;
use flowmeter_domain::{Charged, Code, Counter, Kind, Outcome, UiError};
use yew::prelude::*;

use super::{AgainButton, Button, ErrorNotice, Glyph, Look, QuotaCard, RunViewProps, RunWish, Tone};
use crate::locales::{Text, Translator};

/// What helps first.
enum Remedy {
    /// Whoever is asking has to say so again; the run waits.
    SignIn,
    /// Somebody may have raised the limit.
    Read,
    /// The same would be refused again.
    Change,
    /// The same may work now.
    Again,
}

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
            if let Some(counter) = exceeded {
                <ul class="said"><QuotaCard kind={Kind::LlmExecutions} {counter} figures={props.figures} forecast={None} /></ul>
            }
            if end.charged == Charged::Unknown {
                <p class="said" data-testid="run-again-costs">{ texts.text(Text::RunAgainCosts) }</p>
            }
            <div class="notice-actions">{ first(texts, props, cause) }{ edit(texts, props) }</div>
        </ErrorNotice>
    }
}

fn tone(end: &End, code: Code) -> Tone {
    let waits = matches!(
        code,
        Code::QuotaExceeded
            | Code::PointsExceeded
            | Code::RateLimited
            | Code::TooManyRuns
            | Code::NotSignedIn
            | Code::SessionEnded
    );
    let is_failure = matches!(end.outcome, Outcome::Failed { .. }) && !waits;
    if is_failure { Tone::Error } else { Tone::Warning }
}

/// A refusal for a used-up quota is told with the numbers of the last reading.
fn numbers(texts: &Translator, exceeded: Option<Counter>) -> Option<AttrValue> {
    let counter = exceeded.filter(|counter| counter.remaining() <= 0)?;
    Some(texts.fill(Text::RunRefused, [("used", counter.used.into()), ("limit", counter.limit.into())]))
}

fn remedy(props: &RunViewProps, code: Code) -> Remedy {
    let is_used_up = props.counter.is_some_and(|counter| counter.remaining() <= 0);
    match code {
        _ if !props.is_inside => Remedy::SignIn,
        Code::QuotaExceeded if is_used_up => Remedy::Read,
        Code::InvalidInput | Code::NotAllowed | Code::NotFound => Remedy::Change,
        _ => Remedy::Again,
    }
}

fn first(texts: &Translator, props: &RunViewProps, cause: &UiError) -> Html {
    let wish = |wish: RunWish| props.on_wish.reform(move |_: MouseEvent| wish.clone());
    match remedy(props, cause.code) {
        Remedy::SignIn => html! {
            <Button label={texts.text(Text::DoorAgainTitle)} glyph={Glyph::Key} testid="run-sign-in" on_press={wish(RunWish::SignIn)} />
        },
        Remedy::Read => html! {
            <Button label={texts.text(Text::RunCheckAgain)} glyph={Glyph::Refresh} testid="run-read" on_press={wish(RunWish::Read)} />
        },
        Remedy::Change => html! {},
        Remedy::Again => {
            let on_press = wish(RunWish::Again(props.run.view.run_id, (*props.run.view.request).clone()));
            html! { <AgainButton from={cause.retry_at} {on_press} /> }
        }
    }
}

/// The prompt goes back into the field.
pub(super) fn edit(texts: &Translator, props: &RunViewProps) -> Html {
    let prompt = AttrValue::from(props.run.prompt());
    let on_press = props.on_wish.reform(move |_| RunWish::Edit(prompt.clone()));
    html! {
        <Button label={texts.text(Text::RunEdit)} look={Look::Quiet} glyph={Glyph::Pencil} testid="run-edit" {on_press} />
    }
}
