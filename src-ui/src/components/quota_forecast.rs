//! How long a quota will last, in a few words; the range and the pace at the pointer.
//!
//! Its line is there also when there is nothing to say, so that nothing moves when there is.

use flowmeter_domain::forecast::Forecast;
use yew::prelude::*;

use crate::locales::{Text, Translator, use_translator};

/// What is known.
#[derive(PartialEq, Properties)]
pub struct QuotaForecastProps {
    /// How long it will last.
    pub forecast: Option<Forecast>,
}

/// A line.
#[component]
pub fn QuotaForecast(props: &QuotaForecastProps) -> Html {
    let texts = use_translator();
    let said = props.forecast.and_then(|forecast| words(&texts, forecast));
    let Some((words, title)) = said else { return html! { <p class="card-forecast" aria-hidden="true" /> } };
    html! { <p class="card-forecast" data-testid="forecast" title={title.unwrap_or(words.clone())}>{ words }</p> }
}

/// In short, and in full where there is more to say. What is used up needs no forecast.
fn words(texts: &Translator, forecast: Forecast) -> Option<(AttrValue, Option<AttrValue>)> {
    match forecast {
        Forecast::Spent => None,
        Forecast::Quiet => Some((texts.text(Text::ForecastQuiet), None)),
        Forecast::Plenty => Some((texts.text(Text::ForecastPlenty), None)),
        Forecast::Thin { in_days } => {
            let fill = |text| texts.fill(text, [("days", i64::from(in_days).into())]);
            Some((fill(Text::ForecastThin), Some(fill(Text::ForecastThinTitle))))
        }
        Forecast::Lasts { days, soonest, latest, per_week } => {
            let lasts = match days {
                0 => texts.text(Text::ForecastToday),
                days => texts.fill(Text::ForecastLasts, [("days", i64::from(days).into())]),
            };
            Some((lasts, Some(range(texts, per_week, soonest, latest))))
        }
    }
}

fn range(texts: &Translator, per_week: u32, soonest: u32, latest: Option<u32>) -> AttrValue {
    let (week, soonest) = (("week", i64::from(per_week).into()), ("soonest", i64::from(soonest).into()));
    match latest {
        Some(latest) => {
            texts.fill(Text::ForecastRange, [week, soonest, ("latest", i64::from(latest).into())])
        }
        None => texts.fill(Text::ForecastRangeOpen, [week, soonest]),
    }
}
