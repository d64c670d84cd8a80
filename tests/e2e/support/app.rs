//! The app under a WebDriver: what a person can see and do, in a test's words.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use thirtyfour::{By, Capabilities, Key, TypingData, WebDriver, WebElement};

use super::{Machine, Person, Stack, until};

/// A running app. [`App::close`] ends it as a person does; dropping it ends it in any case.
pub(crate) struct App {
    pub(crate) page: WebDriver,
    _driver: Driver,
}

impl Drop for App {
    fn drop(&mut self) {
        // Its driver goes with it: there is nobody left who could be told to quit.
        let _ = self.page.clone().leak();
    }
}

/// How long an app may take until it answers the driver: many times what it needs.
const START_PATIENCE: Duration = Duration::from_secs(40);
/// How often it is tried.
const STARTS: usize = 3;

/// `tauri-driver` and all that it started, as one process group.
struct Driver(Child);

impl Driver {
    fn start([port, native_port]: [u16; 2], stack: &Stack, machine: &Machine) -> Self {
        let mut command = Command::new("tauri-driver");
        command.args(["--port", &port.to_string(), "--native-port", &native_port.to_string()]);
        App::environment(&mut command, stack, machine);
        let log = File::options().create(true).append(true).open(machine.home.path().join("log"));
        let log = log.expect("a file for what the app says");
        let child = command.process_group(0).stdout(Stdio::null()).stderr(log).spawn();
        Self(child.expect("tauri-driver: `cargo xtask test` installs it"))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let group = i32::try_from(self.0.id()).map(Pid::from_raw);
        // It may have ended by itself.
        let _ = group.map(|group| killpg(group, Signal::SIGKILL));
        let _ = self.0.wait();
    }
}

impl App {
    /// Starts the app on `machine`, connected to `stack`.
    ///
    /// Seldom, about once in seventy starts on a busy machine, the driver waits forever for the app that it started;
    /// why is not known. Both are then killed, so that no second app meets them on the same data, and start again.
    pub(crate) async fn start(stack: &Stack, machine: &Machine) -> Self {
        for _ in 0..STARTS {
            let [port, native_port] = free_ports();
            let driver = Driver::start([port, native_port], stack, machine);
            let status = format!("http://127.0.0.1:{port}/status");
            until("the driver", async || reqwest::get(&status).await.ok()).await;
            match tokio::time::timeout(START_PATIENCE, connect(port, &machine.program)).await {
                Ok(page) => return Self { page: page.expect("the app's window"), _driver: driver },
                Err(_) => eprintln!("the driver got no answer from the app; both start again"),
            }
        }
        panic!("the app's window never answered");
    }

    /// What an app on `machine` is started with.
    pub(crate) fn environment<'a>(
        command: &'a mut Command,
        stack: &Stack,
        machine: &Machine,
    ) -> &'a mut Command {
        command.env("HOME", machine.home.path());
        command.env("FLOWMETER_DATA_DIR", machine.home.path().join("data"));
        command.env("FLOWMETER_SUPABASE_URL", stack.text("supabase_url"));
        command.env("FLOWMETER_SUPABASE_KEY", stack.text("anon_key"));
        command.env("FLOWMETER_EDGE_URL", stack.text("edge_url"));
        command.env("LANG", "en_US.UTF-8").env_remove("LC_ALL").env_remove("LANGUAGE");
        command.envs(machine.env.iter().map(|(name, value)| (*name, value)))
    }

    /// Closes the window, as a restart does.
    pub(crate) async fn close(self) {
        self.page.clone().quit().await.expect("the app closes");
    }

    /// What is marked with `data-testid`, as soon as it is there.
    pub(crate) async fn see(&self, id: &str) -> WebElement {
        until(id, async || self.page.find(By::Testid(id)).await.ok()).await
    }

    /// Whether it is there now.
    pub(crate) async fn sees(&self, id: &str) -> bool {
        self.page.find(By::Testid(id)).await.is_ok()
    }

    pub(crate) async fn click(&self, id: &str) {
        // A click that takes its own element away may be reported as one that failed.
        let mut tried = false;
        let clicked = async || {
            let Ok(found) = self.page.find(By::Testid(id)).await else { return tried.then_some(()) };
            tried = true;
            found.click().await.ok()
        };
        until(&format!("{id} can be clicked"), clicked).await;
    }

    /// Puts the focus on something that the tabulator reaches.
    pub(crate) async fn focus(&self, id: &str) {
        self.see(id).await;
        let focus = "document.querySelector(`[data-testid='${arguments[0]}']`).focus()";
        self.page.execute(focus, vec![json!(id)]).await.expect("it takes the focus");
    }

    /// Presses a key with Ctrl held.
    pub(crate) async fn press_with_control(&self, key: impl Into<TypingData>) {
        let keys = self.page.action_chain().key_down(Key::Control).send_keys(key).key_up(Key::Control);
        keys.perform().await.expect("the keys are pressed");
    }

    /// Clicks on `id` until `shown` is there: where what stands above it grows, as the door does when it learns the
    /// ways in, a click that was aimed before lands beside.
    pub(crate) async fn click_to(&self, id: &str, shown: &str) {
        until(shown, async || {
            if self.sees(shown).await {
                return Some(());
            }
            // Whether it landed shows in the next round.
            let _ = self.page.find(By::Testid(id)).await.ok()?.click().await;
            None
        })
        .await;
    }

    /// Presses a part of a picture: the driver finds no place to click on in a group of shapes.
    pub(crate) async fn press(&self, id: &str) {
        self.see(id).await;
        let press = "document.querySelector(`[data-testid='${arguments[0]}']`).dispatchEvent(new MouseEvent('click', {bubbles: true}))";
        self.page.execute(press, vec![json!(id)]).await.expect("it is pressed");
    }

    /// Types as a person does, in place of what is there.
    pub(crate) async fn write(&self, id: &str, text: &str) {
        // The driver's own way to empty a field tells the page nothing of it, which then may put back what was there.
        self.paste(id, "").await;
        self.see(id).await.send_keys(text).await.expect("the field takes keys");
    }

    /// Puts a long text into a field at once, as pasting does.
    pub(crate) async fn paste(&self, id: &str, text: &str) {
        let field = self.see(id).await.to_json().expect("an element");
        let script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new InputEvent('input', {bubbles: true}))";
        self.page.execute(script, vec![field, json!(text)]).await.expect("the field takes the text");
    }

    /// Waits until a field shows this.
    pub(crate) async fn shows(&self, field: &str, value: &str) {
        until(&format!("{field} shows {value:?}"), async || {
            let shown = self.page.find(By::Testid(field)).await.ok()?.prop("value").await.ok()??;
            (shown == value).then_some(())
        })
        .await;
    }

    /// An attribute, as soon as the element has it.
    pub(crate) async fn attribute(&self, id: &str, name: &str) -> String {
        let look = async || self.page.find(By::Testid(id)).await.ok()?.attr(name).await.ok().flatten();
        until(&format!("{name} of {id}"), look).await
    }

    /// Waits until an attribute has a value.
    pub(crate) async fn wait_for(&self, id: &str, name: &str, value: &str) {
        let look = async || {
            let found = self.page.find(By::Testid(id)).await.ok()?.attr(name).await.ok().flatten();
            (found.as_deref() == Some(value)).then_some(())
        };
        until(&format!("{id} has {name}={value}"), look).await;
    }

    /// All text in it, also what is cut off on the screen.
    pub(crate) async fn text(&self, id: &str) -> String {
        self.see(id).await.prop("textContent").await.ok().flatten().unwrap_or_default()
    }

    /// Signs in by typing and clicking, up to the first numbers.
    pub(crate) async fn sign_in(&self, person: &Person) {
        self.write("email", &person.email).await;
        self.write("password", &person.password).await;
        self.click("sign-in").await;
        self.see("quota-llm_executions").await;
    }

    /// Goes to a place of the navigation.
    pub(crate) async fn go(&self, place: &str) {
        self.click(&format!("go-{place}")).await;
        self.see(place).await;
    }

    /// Chooses an option of a row of them.
    pub(crate) async fn choose(&self, row: &str, value: &str) {
        self.click(&format!("{row}-{value}")).await;
        self.wait_for(row, "data-value", value).await;
    }

    /// Chooses an option of a list.
    pub(crate) async fn select(&self, list: &str, value: &str) {
        let option = self.see(list).await.find(By::Css(format!("option[value='{value}']"))).await;
        option.expect("it is offered").click().await.expect("it can be chosen");
    }

    /// A computed style of the first element that `selector` finds.
    pub(crate) async fn style(&self, selector: &str, name: &str) -> String {
        let script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]";
        let style = self.page.execute(script, vec![json!(selector), json!(name)]).await.expect("a style");
        style.json().as_str().unwrap_or_default().to_owned()
    }

    /// Makes the window this large, and waits until that is painted.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.page.set_window_rect(0, 0, width, height).await.expect("the window can be resized");
        until("the page has its new width", async || {
            let seen = self.page.execute("return window.innerWidth", Vec::new()).await.ok()?;
            (seen.json().as_u64() == Some(width.into())).then_some(())
        })
        .await;
        // Two frames: the first is laid out at the new width, the second is painted.
        let painted =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(1)))";
        self.page.execute_async(painted, Vec::new()).await.expect("the page paints");
    }

    /// Looks at the window that is open now: the driver began with another one, which was closed.
    pub(crate) async fn look_at_the_new_window(&self) {
        until("the driver finds the new window", async || {
            let window = self.page.windows().await.ok()?.into_iter().next()?;
            self.page.switch_to_window(window).await.ok()
        })
        .await;
    }

    /// What `script` gives back.
    pub(crate) async fn ask_page(&self, script: &str) -> Value {
        self.page.execute(script, Vec::new()).await.expect("the page answers").json().clone()
    }

    /// Presses the key that goes on to the next control.
    pub(crate) async fn press_tab(&self) {
        let keys = self.page.action_chain().send_keys(Key::Tab);
        keys.perform().await.expect("the key is pressed");
    }

    /// Signs the account out that is shown.
    pub(crate) async fn sign_out(&self) {
        self.click("account-menu").await;
        self.click("sign-out").await;
    }

    /// Asks `model` a question.
    pub(crate) async fn ask(&self, model: &str, prompt: &str) {
        self.choose_model(model).await;
        self.write("prompt", prompt).await;
        self.click("run").await;
    }

    pub(crate) async fn choose_model(&self, model: &str) {
        let field = self.see("model").await;
        if field.tag_name().await.is_ok_and(|tag| tag == "select") {
            let option = field.find(By::Css(format!("option[value='{model}']"))).await;
            option.expect("the model is offered").click().await.expect("it can be chosen");
        } else {
            self.write("model", model).await;
        }
    }

    /// A picture for people, under `target/screenshots`.
    pub(crate) async fn picture(&self, name: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        self.page.screenshot(&folder.join(format!("{name}.png"))).await.expect("a picture");
    }
}

async fn connect(port: u16, program: &Path) -> thirtyfour::error::WebDriverResult<WebDriver> {
    let mut capabilities = Capabilities::new();
    let options = json!({"application": program, "args": []});
    capabilities.set("tauri:options", options).expect("JSON");
    WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await
}

/// Held together, so that they are two.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    listeners.map(|listener| listener.local_addr().expect("its number").port())
}
