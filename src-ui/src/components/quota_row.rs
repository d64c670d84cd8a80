//! One kind of quota on one line: always in sight beside whatever the person does.

use flowmeter_domain::preferences::Figures;
use flowmeter_domain::{Counter, Kind};
use yew::prelude::*;

use super::progress_bar::level_class;
use super::{Glyph, Icon, ProgressBar, quota_numbers};
use crate::locales::use_translator;

/// What a row shows.
#[derive(PartialEq, Properties)]
pub struct QuotaRowProps {
    /// What is counted.
    pub kind: Kind,
    /// Its numbers, as they are.
    pub counter: Counter,
    /// Which number comes first.
    pub figures: Figures,
}

/// A row.
#[component]
pub fn QuotaRow(props: &QuotaRowProps) -> Html {
    let texts = use_translator();
    let QuotaRowProps { kind, counter, figures } = *props;
    let label = texts.kind(kind);
    html! {
        <li class={classes!("row", level_class(counter.level()))} title={texts.level(counter.level())}
            data-testid={format!("quota-compact-{}", kind.name())}
            data-used={counter.used.to_string()} data-limit={counter.limit.to_string()}>
            <span>{ &label }</span>
            <b>
                if let Some(glyph) = Glyph::of_level(counter.level()) { <Icon {glyph} /> }
                { quota_numbers::first(counter, figures) }{ " / " }{ counter.limit }
            </b>
            <ProgressBar {label} {counter} {figures} />
        </li>
    }
}
