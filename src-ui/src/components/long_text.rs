//! A long text without marks that grows: drawn in pieces, of which only the last one changes.

use std::rc::Rc;

use yew::prelude::*;

use crate::growing::Growing;

/// A piece ends with the first line that ends beyond so many bytes.
const PIECE: usize = 1_024;

/// Which text.
#[derive(PartialEq, Properties)]
pub struct LongTextProps {
    /// The text so far.
    pub text: Growing,
}

/// The text.
#[component]
pub fn LongText(props: &LongTextProps) -> Html {
    let pieces = use_mut_ref(Pieces::default);
    let (whole, last) = pieces.borrow_mut().follow(&props.text);
    html! {
        <>
            for (place, text) in whole.into_iter().enumerate() { <Piece key={place} {text} /> }
            <div>{ last }</div>
        </>
    }
}

#[derive(Default)]
struct Pieces {
    seen: Growing,
    whole: Vec<Rc<str>>,
    last: String,
}

impl Pieces {
    fn follow(&mut self, text: &Growing) -> (Vec<Rc<str>>, String) {
        match text.since(&self.seen) {
            Some(more) => self.last.push_str(&more),
            None => *self = Self { last: text.read().to_owned(), ..Self::default() },
        }
        self.seen = text.clone();
        while let Some(end) = piece_end(&self.last) {
            // The line's end is the end of the element.
            self.whole.push(self.last[..end].into());
            self.last.drain(..=end);
        }
        (self.whole.clone(), self.last.clone())
    }
}

fn piece_end(text: &str) -> Option<usize> {
    text.match_indices('\n').map(|(at, _)| at).find(|at| *at >= PIECE)
}

#[derive(PartialEq, Properties)]
struct PieceProps {
    text: Rc<str>,
}

#[component]
fn Piece(props: &PieceProps) -> Html {
    html! { <div>{ &*props.text }</div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_text_and_those_that_ended_stay() {
        let line = format!("{}\n", "a".repeat(700));
        let (mut pieces, mut text) = (Pieces::default(), Growing::default());
        for _ in 0..5 {
            text.push_str(&line);
            let (whole, last) = pieces.follow(&text);
            let all = whole.iter().map(|piece| format!("{piece}\n")).collect::<String>() + &last;
            assert_eq!(text, all.as_str());
        }
        assert_eq!((pieces.whole.len(), pieces.last.len()), (2, 701));
        assert_eq!(pieces.follow(&Growing::from("b")), (vec![], "b".to_owned()));
    }
}
