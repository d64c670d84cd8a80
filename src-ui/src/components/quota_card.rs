//! One kind of quota in full: the number first, then how near its end is, by colour, shape and word.

use flowmeter_domain::{Counter, Kind, Level};
use yew::prelude::*;

use super::progress_bar::level_class;
use super::{Glyph, Icon, ProgressBar};
use crate::locales::{Text, Translator, use_translator};

/// What a card shows.
#[derive(PartialEq, Properties)]
pub struct QuotaCardProps {
    /// What is counted.
    pub kind: Kind,
    /// Its numbers, as they are.
    pub counter: Counter,
}

/// A card.
#[component]
pub fn QuotaCard(props: &QuotaCardProps) -> Html {
    let texts = use_translator();
    let QuotaCardProps { kind, counter } = *props;
    let label = texts.kind(kind);
    html! {
        <li class={classes!("card", level_class(counter.level()))} data-testid={format!("quota-{}", kind.name())}
            data-used={counter.used.to_string()} data-limit={counter.limit.to_string()}>
            <h2 class="card-title"><Icon glyph={Glyph::of_kind(kind)} /><span>{ &label }</span></h2>
            <p class="card-number"><b>{ counter.used }</b><span>{ " / " }{ counter.limit }</span></p>
            <ProgressBar {label} {counter} />
            <p class="card-foot"><span>{ remaining(&texts, counter) }</span>{ level(&texts, counter.level()) }</p>
        </li>
    }
}

/// What is left, or by how much the limit is passed.
fn remaining(texts: &Translator, counter: Counter) -> AttrValue {
    match counter.remaining() {
        over @ ..0 => texts.fill(Text::QuotaOver, [("count", over.saturating_neg().into())]),
        left => texts.fill(Text::QuotaLeft, [("count", left.into())]),
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
