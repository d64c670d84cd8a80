//! The home of somebody who is signed in: what is left, what was run, and where to ask.

use flowmeter_domain::Kind;
use flowmeter_domain::ipc::QuotaState;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::follow::use_follow_end;
use super::notices::Notices;
use super::prompt::Prompt;
use crate::browser;
use crate::components::{Conversation, EmptyState, Form, QuotaDisplay, RunWish, UsageHeader};
use crate::stores::{App, use_app};

/// The view.
#[component]
pub fn Home() -> Html {
    let app = use_app();
    let quota = app.quota.clone().unwrap_or_default();
    let field = use_node_ref();
    let draft = use_state(AttrValue::default);
    let (page, on_scroll) = use_follow_end(&app);
    let on_pick = use_callback((draft.setter(), field.clone()), |text, (draft, field)| {
        draft.set(text);
        focus(field);
    });
    let on_wish =
        use_callback((app.clone(), field.clone(), on_pick.clone()), |wish, (app, field, on_pick)| {
            match wish {
                RunWish::Stop(run_id) => {
                    app.stop_run(run_id);
                    // Its button goes away, and the focus would with it.
                    focus(field);
                }
                RunWish::Again(request) => app.start_run(request),
                RunWish::Edit(prompt) => on_pick.emit(prompt),
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
            <div class="dock"><div class="column"><Prompt {draft} {field} /></div></div>
        </main>
    }
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
