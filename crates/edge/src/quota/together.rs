//! What a lane asks of the database in one moment, in one call.
//!
//! Where many runs begin and end at once, a call for each unit costs more than all the rest, here and at
//! the database. Whoever is alone waits for nobody: the moment is over when the lane has nothing else to
//! do. A call for several that fails is no answer for any of them; each is then asked alone.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use flowmeter_supabase::Error;
use futures_util::future::join_all;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::Quotas;

/// The most in one call, so that none lasts long.
const MOST: usize = 64;
/// How long a call for several may take: nobody waits long because of somebody else.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long everybody is asked alone after a call for several that failed: the project may not have such
/// calls, or somebody waits for a row.
const APART: Duration = Duration::from_secs(10);

/// What can be asked alone or with others, and again after a failure.
pub(super) trait Question: Copy + Send + Sync + 'static {
    type Answer: Send + 'static;

    fn ask(self, quotas: &Quotas) -> impl Future<Output = Result<Self::Answer, Error>> + Send;

    /// The answers in the order of the questions.
    fn ask_all(
        questions: &[Self],
        quotas: &Quotas,
    ) -> impl Future<Output = Result<Vec<Self::Answer>, Error>> + Send;
}

/// The questions of one moment. Cheap to clone.
#[derive(Clone)]
pub(super) struct Together<Q: Question>(Arc<Mutex<Gathered<Q>>>);

struct Gathered<Q: Question> {
    waiting: Vec<Waiting<Q>>,
    /// Until when everybody is asked alone.
    apart: Option<Instant>,
}

/// A question, and who waits for its answer.
type Waiting<Q> = (Q, oneshot::Sender<Result<<Q as Question>::Answer, Error>>);

impl<Q: Question> Default for Together<Q> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Gathered { waiting: Vec::new(), apart: None })))
    }
}

impl<Q: Question> Together<Q> {
    /// The answer to `question`. It is asked in a task of its own, so that an answer which nobody waits
    /// for any more is there all the same, and dropped.
    pub(super) async fn ask(&self, question: Q, quotas: &Quotas) -> Result<Q::Answer, Error> {
        let (tell, told) = oneshot::channel();
        let begins_a_call = self.with(|gathered| {
            gathered.waiting.push((question, tell));
            gathered.waiting.len() % MOST == 1
        });
        if begins_a_call {
            quotas.0.tasks.spawn(self.clone().call(quotas.clone()));
        }
        // Only the end of the runtime leaves a question unanswered.
        told.await.unwrap_or(Err(Error::TimedOut))
    }

    async fn call(self, quotas: Quotas) {
        // Whoever is ready in this moment comes along.
        tokio::task::yield_now().await;
        let waiting: Vec<_> = self.with(|Gathered { waiting, .. }| {
            let count = waiting.len().min(MOST);
            waiting.drain(..count).collect()
        });
        let (questions, askers): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        for (asker, answer) in askers.into_iter().zip(self.answers(&questions, &quotas).await) {
            drop(asker.send(answer));
        }
    }

    async fn answers(&self, questions: &[Q], quotas: &Quotas) -> Vec<Result<Q::Answer, Error>> {
        if questions.len() > 1 && self.with(|gathered| gathered.apart.is_none_or(|end| end < Instant::now()))
        {
            let all = timeout(PATIENCE, Q::ask_all(questions, quotas)).await;
            match all.unwrap_or(Err(Error::TimedOut)) {
                Ok(answers) => return answers.into_iter().map(Ok).collect(),
                Err(error) => self.fall_apart(&error),
            }
        }
        join_all(questions.iter().map(|question| question.ask(quotas))).await
    }

    fn fall_apart(&self, error: &Error) {
        tracing::debug!(%error, "units are counted one by one");
        self.with(|gathered| gathered.apart = Some(Instant::now() + APART));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Gathered<Q>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use flowmeter_supabase::{Project, Supabase};
    use tokio_util::task::TaskTracker;

    use super::*;
    use crate::metrics::Metrics;
    use crate::quota::Counting;

    /// What was asked: the number of questions of each call.
    #[derive(Default)]
    struct Calls(Mutex<Vec<usize>>);

    /// A number, answered by itself. Calls for several fail where there is a zero among them.
    #[derive(Clone, Copy)]
    struct Number(u32, &'static Calls);

    impl Question for Number {
        type Answer = u32;

        async fn ask(self, _: &Quotas) -> Result<u32, Error> {
            self.1.0.lock().unwrap().push(1);
            Ok(self.0)
        }

        async fn ask_all(questions: &[Self], _: &Quotas) -> Result<Vec<u32>, Error> {
            questions[0].1.0.lock().unwrap().push(questions.len());
            let numbers: Vec<_> = questions.iter().map(|number| number.0).collect();
            if numbers.contains(&0) { Err(Error::TimedOut) } else { Ok(numbers) }
        }
    }

    fn quotas() -> Quotas {
        let supabase = Supabase::new(Project::new("http://127.0.0.1:1", "key").unwrap());
        let counting = Counting::from_env(|_| None).unwrap();
        Quotas::new(supabase, "key".into(), counting, Metrics::new(), TaskTracker::new())
    }

    /// The sizes of the calls for these numbers, all asked in one moment and each answered by itself.
    async fn calls(together: &Together<Number>, numbers: std::ops::Range<u32>) -> Vec<usize> {
        let calls: &'static Calls = Box::leak(Box::default());
        let quotas = quotas();
        let all = numbers.clone().map(|number| together.ask(Number(number, calls), &quotas));
        let answers: Vec<_> = join_all(all).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers, numbers.collect::<Vec<_>>());
        calls.0.lock().unwrap().clone()
    }

    #[tokio::test]
    async fn what_is_asked_in_one_moment_is_one_call_and_who_is_alone_asks_alone() {
        let together = Together::default();
        assert_eq!(calls(&together, 1..4).await, [3]);
        assert_eq!(calls(&together, 1..2).await, [1]);
        assert_eq!(calls(&together, 1..130).await, [64, 64, 1], "no call is too long");
    }

    #[tokio::test]
    async fn a_call_for_several_that_fails_leaves_each_to_be_asked_alone_for_a_while() {
        let together = Together::default();
        assert_eq!(calls(&together, 0..3).await, [3, 1, 1, 1]);
        assert_eq!(calls(&together, 1..3).await, [1, 1]);
    }
}
