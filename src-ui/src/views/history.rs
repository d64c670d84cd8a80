//! What was used on which day: charts or a table, over a week, a month or a quarter, and as a file.

use flowmeter_domain::history::{Format, History as Days, Range};
use yew::prelude::*;

use super::notices::Notices;
use super::saved::saved;
use crate::components::{Button, Choice, ErrorNotice, Glyph, HistoryChart, HistoryTable, Look, Notice, Tone};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{App, Asked, use_app, use_history};

/// How the days are shown.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Charts,
    Table,
}

/// The view.
#[component]
pub fn History() -> Html {
    let (app, texts) = (use_app(), use_translator());
    let (range, shown, again) = (use_state(Range::default), use_state(|| Shown::Charts), use_state(|| 0));
    let history = use_history(&app, *range, *again);
    let on_range = {
        let range = range.clone();
        Callback::from(move |days: AttrValue| {
            let chosen = Range::ALL.into_iter().find(|range| range.days().to_string() == *days);
            range.set(chosen.unwrap_or_default());
        })
    };
    let on_again = Callback::from(move |_| again.set(*again + 1));
    html! {
        <main class="page" tabindex="0" data-testid="history">
            <div class="column">
                <header class="head">
                    <h1>{ texts.text(Text::HistoryTitle) }</h1>
                    <div class="head-end">
                        { ranges(&texts, *range, on_range) }{ forms(&texts, &shown) }
                    </div>
                </header>
                <Notices />
                { content(&app, &texts, &history, *shown, *range, on_again) }
            </div>
        </main>
    }
}

fn ranges(texts: &Translator, range: Range, on_choose: Callback<AttrValue>) -> Html {
    let options = Range::ALL.map(|range| {
        let words = texts.fill(Text::HistoryDays, [("days", i64::from(range.days()).into())]);
        (AttrValue::from(range.days().to_string()), words)
    });
    html! {
        <Choice id="history-range" label={texts.text(Text::HistoryRange)} options={options.to_vec()}
            value={range.days().to_string()} {on_choose} />
    }
}

fn forms(texts: &Translator, shown: &UseStateHandle<Shown>) -> Html {
    let words = |text| texts.text(text);
    let options =
        vec![("charts".into(), words(Text::HistoryCharts)), ("table".into(), words(Text::HistoryTable))];
    let value = if **shown == Shown::Charts { "charts" } else { "table" };
    let shown = shown.clone();
    let on_choose = move |form: AttrValue| {
        shown.set(if form == "table" { Shown::Table } else { Shown::Charts });
    };
    html! { <Choice id="history-form" label={words(Text::HistoryForm)} {options} {value} {on_choose} /> }
}

fn content(
    app: &App,
    texts: &Translator,
    history: &Asked<Days>,
    shown: Shown,
    range: Range,
    on_again: Callback<MouseEvent>,
) -> Html {
    match history {
        Asked::Waiting => waiting(texts),
        Asked::Failed(error) => html! {
            <ErrorNotice error={error.clone()} lead={texts.text(Text::HistoryFailed)} testid="history-failure">
                <Button label={texts.text(Text::TryAgain)} look={Look::Quiet} testid="history-again" on_press={on_again} />
            </ErrorNotice>
        },
        Asked::Here(history) if history.totals.is_empty() => empty(texts),
        Asked::Here(history) => html! {
            <>
                { drawn(history, shown) }
                { gaps(texts, history) }
                { export(app, texts, range) }
            </>
        },
    }
}

fn drawn(history: &Days, shown: Shown) -> Html {
    if shown == Shown::Table {
        return html! { <HistoryTable history={history.clone()} /> };
    }
    html! {
        <div class="charts">
            for &kind in history.totals.keys() { <HistoryChart key={kind.name()} {kind} history={history.clone()} /> }
        </div>
    }
}

/// What the lighter bars are, where there are any.
fn gaps(texts: &Translator, history: &Days) -> Html {
    let uses = history.days.iter().flat_map(|day| day.kinds.values());
    if !uses.clone().any(|used| used.used > 0 && used.over_days > 1) {
        return html! {};
    }
    html! { <p class="fine-print is-left">{ texts.text(Text::HistoryGaps) }</p> }
}

fn export(app: &App, texts: &Translator, range: Range) -> Html {
    let save = |format| {
        let app = app.clone();
        Callback::from(move |_: MouseEvent| app.save_history(Some(range), format))
    };
    html! {
        <section class="export" aria-label={texts.text(Text::ExportTitle)}>
            <p>{ texts.text(Text::ExportTitle) }</p>
            <Button label={texts.text(Text::ExportCsv)} glyph={Glyph::Download} testid="export-csv" on_press={save(Format::Csv)} />
            <Button label={texts.text(Text::ExportJson)} glyph={Glyph::Download} testid="export-json" on_press={save(Format::Json)} />
            { saved(app, texts) }
        </section>
    }
}

fn empty(texts: &Translator) -> Html {
    let title = texts.text(Text::HistoryEmptyTitle);
    html! {
        <Notice tone={Tone::Info} glyph={Glyph::Bars} {title} testid="history-empty">
            <p>{ texts.text(Text::HistoryEmptyBody) }</p>
        </Notice>
    }
}

fn waiting(texts: &Translator) -> Html {
    html! {
        <div class="charts is-loading" aria-busy="true" role="status" aria-label={texts.text(Text::HistoryLoading)}
            data-testid="history-loading">
            for _ in 0..4 { <div class="chart" aria-hidden="true"><i /><i /><i /></div> }
        </div>
    }
}
