//! The numbers of a quota in words, by which of them the person wants first.

use flowmeter_domain::preferences::Figures;
use flowmeter_domain::{Counter, Level};
use yew::prelude::*;

use crate::locales::{Text, Translator};

/// The number that comes first.
pub(super) fn first(counter: Counter, figures: Figures) -> i64 {
    match figures {
        Figures::Used => counter.used,
        Figures::Left => counter.remaining(),
    }
}

/// The other number: what is left, by how much the limit is passed, or what is used.
pub(super) fn other(texts: &Translator, counter: Counter, figures: Figures) -> AttrValue {
    if figures == Figures::Left {
        return texts.fill(Text::QuotaUsed, [("count", counter.used.into())]);
    }
    match counter.remaining() {
        over @ ..0 => texts.fill(Text::QuotaOver, [("count", over.saturating_neg().into())]),
        few if counter.level() == Level::Low => texts.fill(Text::QuotaFew, [("count", few.into())]),
        left => texts.fill(Text::QuotaLeft, [("count", left.into())]),
    }
}

/// Both in one phrase, for screen readers.
pub(super) fn spoken(texts: &Translator, counter: Counter, figures: Figures) -> AttrValue {
    let limit = ("limit", counter.limit.into());
    match figures {
        Figures::Used => texts.fill(Text::QuotaOf, [("used", counter.used.into()), limit]),
        Figures::Left => texts.fill(Text::QuotaOfLeft, [("left", counter.remaining().into()), limit]),
    }
}
