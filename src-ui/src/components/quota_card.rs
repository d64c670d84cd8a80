//! One kind of quota in full: the number first, then how near its end is, by colour, shape and word.

use flowmeter_domain::forecast::Forecast;
use flowmeter_domain::preferences::Figures;
use flowmeter_domain::{Counter, Kind, Level};
use yew::prelude::*;

use super::progress_bar::level_class;
use super::{Glyph, Icon, ProgressBar, QuotaForecast, quota_numbers};
use crate::locales::{Translator, use_translator};

/// What a card shows.
#[derive(PartialEq, Properties)]
pub struct QuotaCardProps {
    /// What is counted.
    pub kind: Kind,
    /// Its numbers, as they are.
    pub counter: Counter,
    /// Which number comes first.
    pub figures: Figures,
    /// How long it will last, once that is known.
    pub forecast: Option<Forecast>,
}

/// A card.
#[component]
pub fn QuotaCard(props: &QuotaCardProps) -> Html {
    let texts = use_translator();
    let QuotaCardProps { kind, counter, figures, forecast } = *props;
    let label = texts.kind(kind);
    html! {
        <li class={classes!("card", level_class(counter.level()))} data-testid={format!("quota-{}", kind.name())}
            data-used={counter.used.to_string()} data-limit={counter.limit.to_string()}>
            <h2 class="card-title"><Icon glyph={Glyph::of_kind(kind)} /><span title={label.clone()}>{ &label }</span></h2>
            <p class="card-number"><b>{ quota_numbers::first(counter, figures) }</b><span>{ " / " }{ counter.limit }</span></p>
            <ProgressBar {label} {counter} {figures} />
            <p class="card-foot">
                <span>{ quota_numbers::other(&texts, counter, figures) }</span>{ level(&texts, counter.level()) }
            </p>
            <QuotaForecast {forecast} />
        </li>
    }
}

fn level(texts: &Translator, level: Level) -> Html {
    html! {
        <span class="level">
            if let Some(glyph) = Glyph::of_level(level) { <Icon {glyph} /> }
            { texts.level(level) }
        </span>
    }
}
