//! The quotas of an account, in full or compact, in every state: loading, there, none, failed.
//!
//! A failed reading never takes numbers away; it says why they may be old.

use flowmeter_domain::Quota;
use flowmeter_domain::forecast::Forecast;
use flowmeter_domain::ipc::QuotaState;
use flowmeter_domain::preferences::Figures;
use jiff::Timestamp;
use yew::prelude::*;

use super::{Notice, QuotaCard, QuotaFailure, QuotaRow, Tone};
use crate::locales::{Text, Translator, use_translator};

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A card for each kind, and everything there is to say.
    Full,
    /// A line for each kind.
    Compact,
}

/// What to show.
#[derive(PartialEq, Properties)]
pub struct QuotaDisplayProps {
    /// The latest reading.
    pub quota: QuotaState,
    /// The time by which ages are told.
    pub now: Timestamp,
    /// How much room there is.
    pub form: Form,
    /// Which number comes first.
    pub figures: Figures,
}

/// The quotas.
#[component]
pub fn QuotaDisplay(props: &QuotaDisplayProps) -> Html {
    let texts = use_translator();
    let quota = props.quota.snapshot.as_ref().map(|snapshot| &snapshot.quota);
    match (props.form, quota, &props.quota.failure) {
        (Form::Full, Some(quota), _) => html! { <>{ failure(props) }{ cards(&texts, props, quota) }</> },
        (Form::Full, None, Some(_)) => failure(props),
        (Form::Full, None, None) => html! {
            <>{ skeleton(&texts, "cards", "card") }<p class="cards-note" aria-hidden="true" /></>
        },
        (Form::Compact, Some(quota), _) => rows(props, quota),
        (Form::Compact, None, Some(_)) => html! {},
        (Form::Compact, None, None) => skeleton(&texts, "rows", "row"),
    }
}

fn failure(props: &QuotaDisplayProps) -> Html {
    html! { <QuotaFailure quota={props.quota.clone()} now={props.now} /> }
}

fn cards(texts: &Translator, props: &QuotaDisplayProps, quota: &Quota) -> Html {
    if quota.0.is_empty() {
        let (title, body) = (texts.text(Text::UsageEmptyTitle), texts.text(Text::UsageEmptyBody));
        return html! { <Notice tone={Tone::Info} {title} testid="quota-empty"><p>{ body }</p></Notice> };
    }
    let (figures, young) = (props.figures, young(&props.quota));
    let forecast = |kind| props.quota.forecasts.get(&kind).copied().filter(|_| young.is_none());
    html! {
        <>
            <ul class={classes!("cards", young.is_some().then_some("is-young"))} data-testid="quota-cards">
                for (&kind, &counter) in &quota.0 {
                    <QuotaCard key={kind.name()} {kind} {counter} {figures} forecast={forecast(kind)} />
                }
            </ul>
            if let Some(days) = young {
                <p class="cards-note" data-testid="forecast-young">
                    { texts.fill(Text::ForecastYoung, [("days", i64::from(days).into())]) }
                </p>
            }
        </>
    }
}

/// In how many days of use there can be a forecast, while there is none for any kind: said once and not on
/// each card. Where the first numbers follow a skeleton it is always so.
fn young(quota: &QuotaState) -> Option<u8> {
    let thin = |forecast: &Forecast| match forecast {
        Forecast::Thin { in_days } => Some(*in_days),
        _ => None,
    };
    let silent = quota.forecasts.values().all(|one| thin(one).is_some() || *one == Forecast::Spent);
    quota.forecasts.values().filter_map(thin).min().filter(|_| silent)
}

fn rows(props: &QuotaDisplayProps, quota: &Quota) -> Html {
    let figures = props.figures;
    html! {
        <ul class="rows">
            for (&kind, &counter) in &quota.0 { <QuotaRow key={kind.name()} {kind} {counter} {figures} /> }
        </ul>
    }
}

/// As large as what will take its place, so that nothing jumps.
fn skeleton(texts: &Translator, list: &'static str, item: &'static str) -> Html {
    html! {
        <ul class={classes!(list, "is-loading")} aria-busy="true" aria-label={texts.text(Text::UsageLoading)}
            data-testid="quota-loading">
            for _ in 0..4 { <li class={item} aria-hidden="true"><i /><i /><i /><i /></li> }
        </ul>
    }
}
