//! The use of one kind, a bar for each day.
//!
//! Drawn as SVG without a style attribute, as the page's security policy wants it. The same numbers
//! stand in the table for whoever cannot see bars; the chart itself tells its gist by its name.

use flowmeter_domain::Kind;
use flowmeter_domain::history::{Day, DayUse, History};
use yew::prelude::*;

use super::{Glyph, Icon};
use crate::browser;
use crate::locales::{Text, Translator, use_translator};

/// Units of the drawing: wide enough that 90 bars are whole.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 100.0;
/// A day on which something was used is never invisible.
const LEAST: f64 = 2.0;

/// What is drawn.
#[derive(PartialEq, Properties)]
pub struct HistoryChartProps {
    /// Of what.
    pub kind: Kind,
    /// All days of the range.
    pub history: History,
}

/// A chart.
#[component]
pub fn HistoryChart(props: &HistoryChartProps) -> Html {
    let texts = use_translator();
    let HistoryChartProps { kind, history } = props;
    let total = history.totals.get(kind).copied().unwrap_or_default();
    let summary = summary(&texts, *kind, history, total);
    html! {
        <section class="chart" data-testid={format!("chart-{}", kind.name())} data-total={total.to_string()}>
            <header class="chart-head">
                <h2><Icon glyph={Glyph::of_kind(*kind)} />{ texts.kind(*kind) }</h2>
                <p><b>{ total }</b>{ " " }{ texts.fill(Text::HistoryInDays, [("days", days(history))]) }</p>
            </header>
            <svg class="chart-bars" role="img" aria-label={summary} viewBox={format!("0 0 {WIDTH} {HEIGHT}")}
                preserveAspectRatio="none">
                { bars(&texts, *kind, history) }
            </svg>
            { axis(&texts, history) }
        </section>
    }
}

fn days(history: &History) -> fluent_bundle::FluentValue<'static> {
    history.days.len().into()
}

fn summary(texts: &Translator, kind: Kind, history: &History, total: i64) -> AttrValue {
    let busiest = history.days.iter().filter_map(|day| Some((day, day.kinds.get(&kind)?.used)));
    let name = texts.kind(kind);
    match busiest.max_by_key(|(_, used)| *used).filter(|(_, used)| *used > 0) {
        Some((day, most)) => {
            let date = browser::local_date(day.date, texts.language().tag());
            let gaps = [
                ("kind", name.as_str().into()),
                ("total", total.into()),
                ("days", days(history)),
                ("most", most.into()),
                ("date", date.as_str().into()),
            ];
            texts.fill(Text::HistorySummary, gaps)
        }
        None => {
            texts.fill(Text::HistorySummaryNone, [("kind", name.as_str().into()), ("days", days(history))])
        }
    }
}

fn bars(texts: &Translator, kind: Kind, history: &History) -> Html {
    let most = history.days.iter().filter_map(|day| day.kinds.get(&kind)).map(|day| day.used).max();
    let most = most.unwrap_or_default().max(1) as f64;
    let step = WIDTH / history.days.len().max(1) as f64;
    let drawn = history.days.iter().enumerate().filter_map(|(place, day)| {
        let used = day.kinds.get(&kind).filter(|used| used.used > 0)?;
        let height = (used.used as f64 / most * HEIGHT).max(LEAST);
        Some(bar(texts, day, *used, (place as f64 * step, step), height))
    });
    drawn.collect()
}

fn bar(texts: &Translator, day: &Day, used: DayUse, (left, step): (f64, f64), height: f64) -> Html {
    let gap = (step * 0.2).min(4.0);
    let class = classes!("chart-bar", (used.over_days > 1).then_some("is-spread"));
    html! {
        <rect key={day.date.to_string()} {class} x={format!("{:.2}", left + gap / 2.0)} y={format!("{:.2}", HEIGHT - height)}
            width={format!("{:.2}", step - gap)} height={format!("{height:.2}")}><title>{ told(texts, day, used) }</title></rect>
    }
}

/// A day in words.
fn told(texts: &Translator, day: &Day, used: DayUse) -> AttrValue {
    let date = browser::local_date(day.date, texts.language().tag());
    let (text, over) = match used.over_days {
        ..=1 => (Text::HistoryDay, 1),
        over => (Text::HistoryDaySpread, over),
    };
    let gaps = [("date", date.as_str().into()), ("used", used.used.into()), ("over", i64::from(over).into())];
    texts.fill(text, gaps)
}

/// The first day, the one in the middle, and today.
fn axis(texts: &Translator, history: &History) -> Html {
    let date = |place: usize| {
        let day = history.days.get(place).map(|day| browser::local_date(day.date, texts.language().tag()));
        html! { <span>{ day.unwrap_or_default() }</span> }
    };
    html! {
        <p class="chart-axis" aria-hidden="true">
            { date(0) }{ date(history.days.len() / 2) }<span>{ texts.text(Text::HistoryToday) }</span>
        </p>
    }
}
