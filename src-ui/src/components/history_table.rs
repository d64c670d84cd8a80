//! The same numbers as the charts', as a table: newest day first.

use flowmeter_domain::Kind;
use flowmeter_domain::history::{Day, History};
use yew::prelude::*;

use crate::browser;
use crate::locales::{Text, Translator, use_translator};

/// What is shown.
#[derive(PartialEq, Properties)]
pub struct HistoryTableProps {
    /// All days of the range.
    pub history: History,
}

/// A table.
#[component]
pub fn HistoryTable(props: &HistoryTableProps) -> Html {
    let texts = use_translator();
    let kinds: Vec<Kind> = props.history.totals.keys().copied().collect();
    let caption = texts.fill(Text::HistoryCaption, [("days", props.history.days.len().into())]);
    html! {
        // Scrollable by keys too.
        <div class="table-frame" tabindex="0" role="region" aria-label={caption.clone()}>
            <table class="numbers" data-testid="history-table">
                <caption class="unseen">{ caption }</caption>
                <thead><tr>
                    <th scope="col">{ texts.text(Text::HistoryDate) }</th>
                    for kind in &kinds { <th scope="col">{ texts.kind(*kind) }</th> }
                </tr></thead>
                <tbody>for day in props.history.days.iter().rev() { { row(&texts, day, &kinds) } }</tbody>
                <tfoot><tr>
                    <th scope="row">{ texts.text(Text::HistoryTotal) }</th>
                    for kind in &kinds { <td>{ props.history.totals.get(kind).copied().unwrap_or_default() }</td> }
                </tr></tfoot>
            </table>
        </div>
    }
}

fn row(texts: &Translator, day: &Day, kinds: &[Kind]) -> Html {
    let used = |kind: &Kind| match day.kinds.get(kind) {
        Some(used) => html! { <td>{ used.used }</td> },
        None => html! {
            <td class="is-unknown">
                <span aria-hidden="true">{ "–" }</span><span class="unseen">{ texts.text(Text::HistoryUnknown) }</span>
            </td>
        },
    };
    html! {
        <tr key={day.date.to_string()}>
            <th scope="row">{ browser::local_date(day.date, texts.language().tag()) }</th>
            for kind in kinds { { used(kind) } }
        </tr>
    }
}
