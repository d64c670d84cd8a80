//! Says aloud what changed in the numbers, politely, to those who listen and not look.
//!
//! Only changes: a refresh that brings the same numbers, and the first reading of all, are silent.

use flowmeter_domain::preferences::Figures;
use flowmeter_domain::{Quota, Snapshot};
use yew::prelude::*;

use super::quota_numbers;
use crate::locales::{Text, Translator, use_translator};

/// What to listen to.
#[derive(PartialEq, Properties)]
pub struct QuotaNewsProps {
    /// The latest reading.
    pub snapshot: Option<Snapshot>,
    /// Which number comes first.
    pub figures: Figures,
}

/// A region that is heard and not seen.
#[component]
pub fn QuotaNews(props: &QuotaNewsProps) -> Html {
    let texts = use_translator();
    let before = use_mut_ref(|| None::<Quota>);
    let news = use_mut_ref(AttrValue::default);
    let quota = props.snapshot.as_ref().map(|snapshot| &snapshot.quota);
    if before.borrow().as_ref() != quota {
        let before = before.replace(quota.cloned());
        *news.borrow_mut() = match (before, quota) {
            (Some(before), Some(quota)) => changes(&texts, &before, quota, props.figures),
            _ => AttrValue::default(),
        };
    }
    html! { <p class="unseen" role="status" data-testid="quota-news">{ news.borrow().clone() }</p> }
}

fn changes(texts: &Translator, before: &Quota, after: &Quota, figures: Figures) -> AttrValue {
    let changed = after.0.iter().filter(|(kind, counter)| before.get(**kind) != Some(**counter));
    let said = changed.map(|(&kind, &counter)| {
        let numbers = quota_numbers::spoken(texts, counter, figures);
        let name = texts.kind(kind);
        let gaps = [("kind", name.as_str().into()), ("numbers", numbers.as_str().into())];
        texts.fill(Text::QuotaChanged, gaps).to_string()
    });
    said.collect::<Vec<_>>().join("\n").into()
}
