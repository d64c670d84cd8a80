//! The kept runs: a list with a search on one side, a run to be read on the other.

mod reading;

use flowmeter_domain::ipc::{KeptRun, KeptRuns};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::notices::Notices;
use crate::components::{Button, ErrorNotice, Glyph, Icon, KeptLine, Look, Notice, Tone};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::{App, Asked, Place, use_app, use_kept_runs};
use reading::Reading;

/// The view.
#[component]
pub fn Runs() -> Html {
    let (app, texts) = (use_app(), use_translator());
    let (search, open, again) =
        (use_state(AttrValue::default), use_state(|| None::<KeptRun>), use_state(|| 0));
    let (kept, on_more) = use_kept_runs(&app, &search, *again);
    let shown = (*open).clone().filter(|run| !app.kept.deleted.contains(&run.run_id));
    let on_open = Callback::from({
        let open = open.clone();
        move |run| open.set(Some(run))
    });
    let on_back = Callback::from(move |()| open.set(None));
    let list = List { app: &app, texts: &texts, open: shown.as_ref(), on_open, on_more };
    let on_again = Callback::from(move |_: MouseEvent| again.set(*again + 1));
    html! {
        <main class={classes!("runs", shown.is_some().then_some("is-reading"))} data-testid="runs">
            <section class="runs-side" aria-label={texts.text(Text::KeptList)}>
                <h1>{ texts.text(Text::KeptTitle) }</h1>
                { search_field(&texts, &search) }
                <Notices />
                { undo(&app, &texts) }
                { list.content(&kept, search.is_empty(), on_again) }
            </section>
            { read(&app, &texts, shown, on_back) }
        </main>
    }
}

fn search_field(texts: &Translator, search: &UseStateHandle<AttrValue>) -> Html {
    let oninput = {
        let search = search.clone();
        move |event: InputEvent| search.set(event.target_unchecked_into::<HtmlInputElement>().value().into())
    };
    html! {
        <div class="runs-search" role="search">
            <Icon glyph={Glyph::Search} />
            <input type="search" aria-label={texts.text(Text::KeptSearch)} placeholder={texts.text(Text::KeptSearchHint)} spellcheck="false"
                value={(**search).clone()} data-testid="kept-search" {oninput} />
        </div>
    }
}

/// For as long as the last deletion can be undone from here.
fn undo(app: &App, texts: &Translator) -> Html {
    let Some(run_id) = app.kept.undo else { return html! { <div role="status" /> } };
    let restore = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.restore_run(run_id)
    });
    let close = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.close_undo()
    });
    html! {
        <div class="kept-undo" role="status" data-testid="kept-deleted">
            <span>{ texts.text(Text::KeptDeleted) }</span>
            <Button label={texts.text(Text::KeptUndo)} testid="kept-undo" on_press={restore} />
            <Button label={texts.text(Text::Dismiss)} look={Look::Quiet} glyph={Glyph::Cross} icon_only=true testid="kept-undo-close" on_press={close} />
        </div>
    }
}

fn read(app: &App, texts: &Translator, shown: Option<KeptRun>, on_back: Callback<()>) -> Html {
    match shown {
        Some(run) => {
            let run = app.kept.over(std::slice::from_ref(&run)).pop().unwrap_or(run);
            let key = run.run_id.to_string();
            html! { <Reading {key} {run} {on_back} /> }
        }
        None => html! {
            <section class="runs-pane is-empty"><p>{ texts.text(Text::KeptPick) }</p></section>
        },
    }
}

/// What the parts of the list share.
struct List<'a> {
    app: &'a App,
    texts: &'a Translator,
    open: Option<&'a KeptRun>,
    on_open: Callback<KeptRun>,
    on_more: Callback<()>,
}

impl List<'_> {
    fn content(&self, kept: &Asked<KeptRuns>, all: bool, on_again: Callback<MouseEvent>) -> Html {
        let texts = self.texts;
        match kept {
            Asked::Waiting => waiting(texts),
            Asked::Failed(error) => html! {
                <ErrorNotice error={error.clone()} lead={texts.text(Text::KeptFailed)} testid="kept-failure">
                    <Button label={texts.text(Text::TryAgain)} look={Look::Quiet} testid="kept-again" on_press={on_again} />
                </ErrorNotice>
            },
            Asked::Here(kept) => {
                let runs = self.app.kept.over(&kept.runs);
                if runs.is_empty() && kept.next.is_none() {
                    self.nothing(all)
                } else {
                    self.lines(runs, kept.next.is_some())
                }
            }
        }
    }

    fn lines(&self, runs: Vec<KeptRun>, more: bool) -> Html {
        let is_open = |run: &KeptRun| self.open.is_some_and(|open| open.run_id == run.run_id);
        let on_more = self.on_more.reform(|_: MouseEvent| ());
        html! {
            <>
                <ul class="kept-lines" data-testid="kept-lines">
                    for run in runs {
                        <KeptLine key={run.run_id.to_string()} is_open={is_open(&run)} now={self.app.now} on_open={&self.on_open} run={run.clone()} />
                    }
                </ul>
                if more { <Button label={self.texts.text(Text::KeptMore)} testid="kept-more" on_press={on_more} /> }
            </>
        }
    }

    fn nothing(&self, all: bool) -> Html {
        let texts = self.texts;
        if !all {
            return html! {
                <Notice tone={Tone::Info} glyph={Glyph::Search} title={texts.text(Text::KeptNoneTitle)} testid="kept-none">
                    <p>{ texts.text(Text::KeptNoneBody) }</p>
                </Notice>
            };
        }
        let on_press = Callback::from({
            let app = self.app.clone();
            move |_: MouseEvent| app.go(Place::Home)
        });
        html! {
            <Notice tone={Tone::Info} glyph={Glyph::Lines} title={texts.text(Text::KeptEmptyTitle)} testid="kept-empty">
                <p>{ texts.text(Text::KeptEmptyBody) }</p>
                <Button label={texts.text(Text::KeptEmptyGo)} look={Look::Quiet} testid="kept-empty-go" {on_press} />
            </Notice>
        }
    }
}

fn waiting(texts: &Translator) -> Html {
    html! {
        <div class="kept-lines is-loading" aria-busy="true" role="status" aria-label={texts.text(Text::KeptLoading)} data-testid="kept-loading">
            for _ in 0..6 { <div class="kept-line" aria-hidden="true"><i /><i /></div> }
        </div>
    }
}
