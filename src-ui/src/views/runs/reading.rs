//! A kept run, with its conversation around it.

use std::rc::Rc;

use flowmeter_domain::ipc::{KeptRun, RunView as Whole, RunWords};
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::browser;
use crate::components::{
    Button, ErrorNotice, KeptHead, KeptWish, Look, RunView, RunWish, kept_title, outcome_text,
};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{App, Asked, Run, use_app, use_reading};
use crate::views::saved::saved;

/// The run that is read, where others of its conversation stand before it.
const AMONG_OTHERS: &str = ".kept-run + .kept-run.is-read";

/// Which run.
#[derive(PartialEq, Properties)]
pub(super) struct ReadingProps {
    /// Its line in the list.
    pub(super) run: KeptRun,
    /// The person wants to see the list, where there is no room for both.
    pub(super) on_back: Callback<()>,
}

/// The run.
#[component]
pub(super) fn Reading(props: &ReadingProps) -> Html {
    let (app, texts) = (use_app(), use_translator());
    let again = use_state(|| 0);
    let whole = use_reading(&app, props.run.run_id, *again);
    let pane = use_node_ref();
    use_effect_with(pane.clone(), |pane| pane.cast::<HtmlElement>().iter().for_each(browser::focus));
    use_effect_with((props.run.run_id, matches!(whole, Asked::Here(_))), {
        let pane = pane.clone();
        move |_| {
            let pane = pane.cast::<Element>();
            pane.iter().for_each(|pane| browser::scroll_to(pane, AMONG_OTHERS));
        }
    });
    let count = if let Asked::Here(runs) = &whole { left(&app, runs).count() } else { 1 };
    let title = kept_title(&texts, &props.run);
    let on_wish = on_wish(&app, &texts, props);
    let on_again = Callback::from(move |_: MouseEvent| again.set(*again + 1));
    html! {
        <section class="runs-pane page" tabindex="0" ref={pane} aria-label={title.clone()} data-testid="reading">
            <div class="column">
                <KeptHead {title} {count} {on_wish} />
                { saved(&app, &texts) }
                { content(&app, &texts, props, &whole, on_again) }
            </div>
        </section>
    }
}

fn on_wish(app: &App, texts: &Translator, props: &ReadingProps) -> Callback<KeptWish> {
    let (app, run_id, on_back) = (app.clone(), props.run.run_id, props.on_back.clone());
    let words = words(texts, &props.run);
    Callback::from(move |wish| match wish {
        KeptWish::Back => on_back.emit(()),
        KeptWish::GoOn => app.go_on_from(run_id),
        KeptWish::Rename(name) => app.rename_run(run_id, name),
        KeptWish::Save => app.save_run(run_id, words.clone()),
        KeptWish::Delete => app.delete_run(run_id),
    })
}

/// A file speaks the person's language, too.
fn words(texts: &Translator, run: &KeptRun) -> RunWords {
    let word = |text| texts.text(text).to_string();
    let outcome = run.end.as_ref().map_or(Text::RunRunning, |end| outcome_text(&end.outcome));
    RunWords {
        system_prompt: word(Text::RunSystem),
        prompt: word(Text::PromptLabel),
        reasoning: word(Text::RunReasoning),
        answer: word(Text::RunAnswer),
        outcome: word(outcome),
    }
}

fn content(
    app: &App,
    texts: &Translator,
    props: &ReadingProps,
    whole: &Asked<Vec<Whole>>,
    on_again: Callback<MouseEvent>,
) -> Html {
    match whole {
        Asked::Waiting => {
            html! { <div aria-busy="true" role="status" aria-label={texts.text(Text::KeptLoading)} /> }
        }
        Asked::Failed(error) => html! {
            <ErrorNotice error={error.clone()} testid="reading-failure">
                <Button label={texts.text(Text::TryAgain)} look={Look::Quiet} testid="reading-again" on_press={on_again} />
            </ErrorNotice>
        },
        Asked::Here(runs) => {
            let is_one = left(app, runs).count() == 1;
            let is_read = |run: &Whole| is_one || run.run_id == props.run.run_id;
            html! {
                <div class="kept-runs">
                    for run in left(app, runs) {
                        <div key={run.run_id.to_string()} class={classes!("kept-run", is_read(run).then_some("is-read"))}>
                            <RunView run={newest(app, run)} is_inside={app.is_inside()} is_kept=true on_wish={on_run_wish(app, run)} />
                        </div>
                    }
                </div>
            }
        }
    }
}

/// What is done with a prompt is done at home, in its conversation.
fn on_run_wish(app: &App, run: &Whole) -> Callback<RunWish> {
    let (app, run_id) = (app.clone(), run.run_id);
    Callback::from(move |wish| match wish {
        RunWish::Stop(run_id) => app.stop_run(run_id),
        RunWish::Again(run_id, request) => app.run_again(run_id, request),
        RunWish::Edit(request, prompt) => app.edit_run(run_id, request, prompt.to_string()),
        RunWish::SignIn => app.sign_in_again(),
        RunWish::Read => app.refresh_quota(),
        RunWish::Open(address) => app.open_link(address),
    })
}

fn left<'a>(app: &'a App, runs: &'a [Whole]) -> impl Iterator<Item = &'a Whole> {
    runs.iter().filter(|run| !app.kept.deleted.contains(&run.run_id))
}

/// What this page knows of a run is never behind what was read of it.
fn newest(app: &App, run: &Whole) -> Rc<Run> {
    let known = app.runs.iter().find(|known| known.view.run_id == run.run_id);
    known.cloned().unwrap_or_else(|| Rc::new(run.clone().into()))
}
