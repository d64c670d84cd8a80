//! Markdown of a text that the record of a run gives whole each time.

use yew::prelude::*;

use crate::components::Markdown;
use crate::growing::Growing;

/// What to show.
#[derive(PartialEq, Properties)]
pub(super) struct WrittenProps {
    /// The text so far.
    pub(super) text: AttrValue,
    /// Whether more may come.
    pub(super) writing: bool,
}

/// The text; only what is new of it is read.
#[component]
pub(super) fn Written(props: &WrittenProps) -> Html {
    let shown = use_mut_ref(Growing::default);
    let mut shown = shown.borrow_mut();
    grow(&mut shown, &props.text);
    html! { <Markdown text={shown.clone()} writing={props.writing} /> }
}

/// Makes `shown` the `text`: by what is new behind it, where it goes on.
fn grow(shown: &mut Growing, text: &str) {
    let length = text.starts_with(&*shown.read()).then(|| shown.len());
    match length {
        Some(length) => shown.push_str(&text[length..]),
        None => *shown = text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_goes_on_grows_and_another_one_takes_its_place() {
        let mut shown = Growing::default();
        grow(&mut shown, "one");
        let before = shown.clone();
        grow(&mut shown, "one two");
        assert_eq!(shown.since(&before).as_deref(), Some(" two"));
        grow(&mut shown, "another");
        assert_eq!((shown.since(&before).as_deref(), &shown), (None, &Growing::from("another")));
    }
}
