//! The home of somebody who is signed in: what is left, what was run, and where to ask.

use flowmeter_domain::Kind;
use flowmeter_domain::ipc::QuotaState;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::follow::use_follow_end;
use super::notices::Notices;
use super::prompt::Prompt;
use crate::browser;
use crate::components::{Conversation, EmptyState, Form, PutAside, QuotaDisplay, RunWish, UsageHeader};
use crate::stores::{App, Aside, Draft, DraftAction, TakenHome, use_app};

/// The view.
#[component]
pub fn Home() -> Html {
    let app = use_app();
    let quota = app.quota.clone().unwrap_or_default();
    let field = use_node_ref();
    let draft = use_draft(&app, &field);
    let (page, on_scroll) = use_follow_end(&app);
    let on_pick = {
        let (draft, setting) = (draft.dispatcher(), app.setting());
        use_callback((draft, setting, field.clone()), |text, (draft, setting, field)| {
            let (before, now) = (setting.clone(), setting.clone());
            draft.dispatch(DraftAction::Fetched { text, before, now });
            focus(field);
        })
    };
    let on_wish = use_callback((app.clone(), field.clone()), |wish, (app, field)| {
        match wish {
            RunWish::Stop(run_id) => {
                app.stop_run(run_id);
                // Its button goes away, and the focus would with it.
                focus(field);
            }
            RunWish::Again(run_id, request) => app.start_again(run_id, request),
            RunWish::Edit(request, prompt) => app.edit_here(request, prompt.to_string()),
            RunWish::SignIn => app.sign_in_again(),
            RunWish::Read => app.refresh_quota(),
            RunWish::Open(address) => app.open_link(address),
        }
    });
    html! {
        <main class="stage" data-testid="home">
            <div class="page" ref={page} onscroll={on_scroll} tabindex="0">
                <div class="column">{ usage(&app, &quota) }{ runs(&app, &quota, on_pick, on_wish) }</div>
            </div>
            <div class="dock"><div class="column"><div role="status">{ put_aside(&app, &draft, &field) }</div><Prompt {draft} {field} /></div></div>
        </main>
    }
}

/// The prompt so far. One that is taken home from elsewhere takes its place, and is there to be changed.
#[hook]
fn use_draft(app: &App, field: &NodeRef) -> UseReducerHandle<Draft> {
    let draft = use_reducer(Draft::default);
    let (taken, now) = (app.taken_home.clone(), app.setting());
    let (dispatcher, field) = (draft.dispatcher(), field.clone());
    use_effect_with(taken.as_ref().map(|taken| taken.count), move |_| {
        if let Some(TakenHome { prompt, before, .. }) = taken {
            dispatcher.dispatch(DraftAction::Fetched { text: prompt.into(), before, now });
            focus(&field);
        }
    });
    draft
}

/// What was typed is not lost when another prompt takes its place: it is offered back.
fn put_aside(app: &App, draft: &UseReducerHandle<Draft>, field: &NodeRef) -> Html {
    let Some(Aside { text, setting }) = draft.aside.last() else { return html! {} };
    let on_back = Callback::from({
        let (app, draft, setting, field) = (app.clone(), draft.dispatcher(), setting.clone(), field.clone());
        move |_: MouseEvent| {
            draft.dispatch(DraftAction::Back(app.setting()));
            app.set_back(setting.clone());
            focus(&field);
        }
    });
    let on_close = Callback::from({
        let (draft, field) = (draft.dispatcher(), field.clone());
        move |_: MouseEvent| {
            draft.dispatch(DraftAction::AsideClosed);
            focus(&field);
        }
    });
    html! { <PutAside text={text.clone()} {on_back} {on_close} /> }
}

fn usage(app: &App, quota: &QuotaState) -> Html {
    let on_refresh = Callback::from({
        let app = app.clone();
        move |_| app.refresh_quota()
    });
    html! {
        <>
            <UsageHeader quota={quota.clone()} now={app.now} {on_refresh} />
            <Notices />
            <QuotaDisplay quota={quota.clone()} now={app.now} form={Form::Full}
                figures={app.preferences.figures} />
        </>
    }
}

fn focus(field: &NodeRef) {
    field.cast::<HtmlElement>().iter().for_each(browser::focus);
}

fn runs(app: &App, quota: &QuotaState, on_pick: Callback<AttrValue>, on_wish: Callback<RunWish>) -> Html {
    let runs: Vec<_> = app.conversation_runs().cloned().collect();
    if runs.is_empty() {
        return html! { <EmptyState {on_pick} /> };
    }
    let counter = quota.snapshot.as_ref().and_then(|snapshot| snapshot.quota.get(Kind::LlmExecutions));
    html! {
        <Conversation {runs} {counter} figures={app.preferences.figures} is_inside={app.is_inside()} {on_wish} />
    }
}
