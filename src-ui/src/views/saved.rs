//! Where the last file was saved that was asked for here.

use yew::prelude::*;

use crate::components::{Button, Look};
use crate::locales::{Text, Translator};
use crate::stores::App;

/// Empty until something was saved; spoken then.
pub(super) fn saved(app: &App, texts: &Translator) -> Html {
    let on_open = Callback::from({
        let app = app.clone();
        move |_: MouseEvent| app.open_downloads()
    });
    html! {
        <div class="export-done" role="status">
            if let Some(path) = &app.saved {
                <span data-testid="export-path">{ texts.fill(Text::ExportDone, [("path", path.as_str().into())]) }</span>
                <Button label={texts.text(Text::ExportOpen)} look={Look::Quiet} testid="export-open" on_press={on_open} />
            }
        </div>
    }
}
