//! What is typed in a place and not sent: it outlives the place, which goes off the page with what it holds.
//!
//! Kept beside the [`State`](super::State) and not in it: each letter would be news to every view.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use flowmeter_domain::flow::execution::Given;
use flowmeter_domain::ipc::FlowId;
use yew::prelude::*;

/// A sentence that is being said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sentence {
    /// What another flow should do.
    Plan,
    /// What should change in a flow.
    Change(FlowId),
}

/// What is given to a flow, by the id of the input node.
type AllGiven = BTreeMap<String, Given>;

/// The notes of one kind, by what they are for. Two are equal when they are the same notes.
#[derive(Clone)]
struct Notes<K, V>(Rc<RefCell<BTreeMap<K, V>>>);

impl<K, V> Default for Notes<K, V> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<K, V> PartialEq for Notes<K, V> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// What is inside remembers what is typed.
#[derive(PartialEq, Properties)]
pub struct NotebookProps {
    /// The places.
    pub children: Html,
}

/// Owns the notes of one account.
#[component]
pub fn Notebook(props: &NotebookProps) -> Html {
    let sentences = use_memo((), |()| Notes::<Sentence, AttrValue>::default());
    let given = use_memo((), |()| Notes::<FlowId, AllGiven>::default());
    html! {
        <ContextProvider<Notes<Sentence, AttrValue>> context={(*sentences).clone()}>
            <ContextProvider<Notes<FlowId, AllGiven>> context={(*given).clone()}>{ props.children.clone() }</ContextProvider<Notes<FlowId, AllGiven>>>
        </ContextProvider<Notes<Sentence, AttrValue>>>
    }
}

/// One note in the hands of a view.
#[derive(Clone, PartialEq)]
pub struct Note<K, V: PartialEq> {
    notes: Notes<K, V>,
    key: K,
    value: UseStateHandle<V>,
}

impl<K: Clone + Ord, V: Clone + PartialEq + 'static> Note<K, V> {
    /// What it says, as it was drawn.
    pub fn get(&self) -> V {
        (*self.value).clone()
    }

    /// What it says by now, which may not have been drawn yet.
    pub fn latest(&self) -> V {
        let noted = self.notes.0.borrow().get(&self.key).cloned();
        noted.unwrap_or_else(|| self.get())
    }

    /// Writes it anew.
    pub fn set(&self, value: V) {
        self.notes.0.borrow_mut().insert(self.key.clone(), value.clone());
        self.value.set(value);
    }
}

#[hook]
fn use_note<K, V>(key: K, first: impl FnOnce() -> V) -> Note<K, V>
where
    K: Clone + Ord + 'static,
    V: Clone + PartialEq + 'static,
{
    let notes = use_context::<Notes<K, V>>().expect("inside <Notebook>");
    let noted = notes.0.borrow().get(&key).cloned();
    let value = use_state(|| noted.unwrap_or_else(first));
    Note { notes, key, value }
}

/// The sentence so far.
#[hook]
pub fn use_sentence(sentence: Sentence) -> Note<Sentence, AttrValue> {
    use_note(sentence, AttrValue::default)
}

/// What is given to a flow so far; `first` where nobody gave anything yet.
#[hook]
pub fn use_given(flow_id: FlowId, first: impl FnOnce() -> AllGiven) -> Note<FlowId, AllGiven> {
    use_note(flow_id, first)
}
