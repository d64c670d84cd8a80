//! When what is told of runs reaches the store: at once after a pause, and then twenty-five times a second.
//!
//! That is as smooth as a text can be read, and each drawing costs a layout and a paint of all that is seen. Whoever
//! wants less motion gets whole seconds. What is no text waits for nothing, and what came before it goes first.

use std::cell::RefCell;
use std::rc::Rc;

use flowmeter_domain::ipc::{FlowProgress, FlowRunEvent, Progress, RunEvent};
use gloo::timers::callback::Timeout;

use crate::browser;

/// Between two drawings.
const STEP_MS: u32 = 40;
/// For whoever wants less motion.
const CALM_MS: u32 = 1_000;

/// Something that is told of a run.
pub(super) trait Paced: 'static {
    /// Whether it is text, which can wait.
    fn is_text(&self) -> bool;
}

impl Paced for RunEvent {
    fn is_text(&self) -> bool {
        matches!(self.progress, Progress::Delta(_))
    }
}

impl Paced for FlowRunEvent {
    fn is_text(&self) -> bool {
        matches!(self.progress, FlowProgress::Delta { .. })
    }
}

/// Holds back text until its time has come.
pub(super) struct Pace<E> {
    tell: Box<dyn Fn(E)>,
    waiting: RefCell<Vec<E>>,
    /// Until it has run out, text waits.
    timer: RefCell<Option<Timeout>>,
}

impl<E: Paced> Pace<E> {
    pub(super) fn new(tell: impl Fn(E) + 'static) -> Rc<Self> {
        Rc::new(Self { tell: Box::new(tell), waiting: RefCell::default(), timer: RefCell::default() })
    }

    pub(super) fn hear(self: &Rc<Self>, event: E) {
        let may_wait = event.is_text() && self.timer.borrow().is_some() && !cfg!(feature = "naive");
        self.waiting.borrow_mut().push(event);
        if !may_wait {
            self.tell_all();
        }
    }

    fn tell_all(self: &Rc<Self>) {
        let told = self.waiting.take();
        // That a run began is no reason for its first words to wait.
        let timer = told.iter().any(Paced::is_text).then(|| {
            let pace = self.clone();
            let wait = if browser::wants_less_motion() { CALM_MS } else { STEP_MS };
            Timeout::new(wait, move || pace.tell_all())
        });
        *self.timer.borrow_mut() = timer;
        told.into_iter().for_each(&self.tell);
    }
}
