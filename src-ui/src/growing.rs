//! Text that only grows, handed around without being copied.
//!
//! An answer of 200 KB comes in thousands of steps. Copied at each of them, for the store, for the props of
//! each component and for each comparison, it would cost the square of its length.

use std::cell::{Ref, RefCell};
use std::fmt;
use std::rc::Rc;

/// The beginning of a buffer that younger values of the same text share and write on.
///
/// A value never changes by what is put behind another one: it ends where it ended.
#[derive(Clone, Default)]
pub struct Growing {
    /// Only ever longer.
    buffer: Rc<RefCell<String>>,
    /// Bytes of it that are this text.
    len: usize,
}

impl Growing {
    /// The text. Not to be kept: nothing can be put behind it meanwhile.
    pub fn read(&self) -> Ref<'_, str> {
        Ref::map(self.buffer.borrow(), |buffer| &buffer[..self.len])
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts `more` behind it.
    pub fn push_str(&mut self, more: &str) {
        if self.buffer.borrow().len() != self.len {
            // Another value was written on from here: its text is not ours.
            let own = self.read().to_owned();
            self.buffer = Rc::new(RefCell::new(own));
        }
        self.buffer.borrow_mut().push_str(more);
        self.len += more.len();
    }

    /// What it has beyond `before`; `None` when it is another text.
    pub fn since(&self, before: &Growing) -> Option<Ref<'_, str>> {
        let goes_on = Rc::ptr_eq(&self.buffer, &before.buffer) && before.len <= self.len;
        goes_on.then(|| Ref::map(self.read(), |text| &text[before.len..]))
    }
}

impl From<String> for Growing {
    fn from(text: String) -> Self {
        Self { len: text.len(), buffer: Rc::new(RefCell::new(text)) }
    }
}

impl From<&str> for Growing {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl PartialEq for Growing {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && (Rc::ptr_eq(&self.buffer, &other.buffer) || *self.read() == *other.read())
    }
}

impl PartialEq<&str> for Growing {
    fn eq(&self, other: &&str) -> bool {
        *self.read() == **other
    }
}

impl fmt::Debug for Growing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.read(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_behind_one_value_is_not_seen_in_another() {
        let mut text = Growing::from("one");
        let before = text.clone();
        text.push_str(" two");
        assert_eq!((&before, &text), (&Growing::from("one"), &Growing::from("one two")));

        let mut other = before.clone();
        other.push_str(" three");
        assert_eq!((text, other), (Growing::from("one two"), Growing::from("one three")));
    }

    #[test]
    fn what_is_new_is_told_for_the_same_text_only() {
        let mut text = Growing::from("one");
        let before = text.clone();
        text.push_str(" two");
        assert_eq!(text.since(&before).as_deref(), Some(" two"));
        assert_eq!(before.since(&text).as_deref(), None);
        assert_eq!(Growing::from("one two").since(&before).as_deref(), None);
    }
}
