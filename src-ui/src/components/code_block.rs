//! Code of an answer: coloured, with its language and a button that copies it.
//!
//! It is drawn in runs of lines, each a component of its own: while code is being written, only its last lines
//! are read and drawn again.

mod languages;
mod lexer;
mod lines;

use std::rc::Rc;

use yew::prelude::*;

use super::CopyButton;
use crate::growing::Growing;
use lines::{Lines, LinesSoFar};

/// Which code.
#[derive(PartialEq, Properties)]
pub struct CodeBlockProps {
    /// Its language, as whoever wrote it named it.
    pub language: Option<AttrValue>,
    /// The code.
    pub code: Rc<str>,
    /// Whether more may come: a cursor stands after the last letter.
    #[prop_or_default]
    pub writing: bool,
}

/// The code.
#[component]
pub fn CodeBlock(props: &CodeBlockProps) -> Html {
    let so_far = use_mut_ref(LinesSoFar::default);
    let rules = props.language.as_ref().and_then(|name| languages::find(name));
    let runs = so_far.borrow_mut().follow(rules, &props.code);
    html! {
        <div class="code">
            <div class="code-head">
                <span class="language">{ props.language.clone() }</span>
                <CopyButton text={Growing::from(&*props.code)} testid="copy-code" />
            </div>
            <pre tabindex="0"><code>
                for (place, run) in runs.into_iter().enumerate() {
                    <Lines key={place} {run} />
                }
                if props.writing { <span class="cursor" aria-hidden="true" /> }
            </code></pre>
        </div>
    }
}
