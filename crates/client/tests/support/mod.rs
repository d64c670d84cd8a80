//! A world for the client: a scripted server, a data folder, a clock, ears.

pub(crate) mod live_edge;

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flowmeter_client::secrets::{MemorySecrets, SecretError, SecretStore};
use flowmeter_client::{Client, Events, News, Outside, Settings};
use flowmeter_domain::ipc::{End, Progress, RunEvent, SignIn};
use flowmeter_domain::{Notification, RunId};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uuid::Uuid;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(crate) const USER: Uuid = Uuid::from_u128(7);
/// Until when something must have happened.
const PATIENCE: Duration = Duration::from_secs(20);

/// Everything outside the client. Survives a restart of it.
pub(crate) struct World {
    pub(crate) server: MockServer,
    /// Where it listens; stays the same over going offline.
    url: String,
    /// Where the edge listens, if that is another server.
    pub(crate) edge_url: Option<String>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) screen: Arc<Screen>,
    data: TempDir,
    seconds: Arc<AtomicI64>,
    /// How often the clock was read.
    reads: Arc<AtomicU64>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let server = MockServer::builder().start().await;
        let url = server.uri();
        let data = tempfile::tempdir().unwrap();
        let seconds = Arc::new(AtomicI64::new(1_800_000_000));
        Self {
            server,
            url,
            edge_url: None,
            secrets: Arc::default(),
            screen: Arc::default(),
            data,
            seconds,
            reads: Arc::default(),
        }
    }

    /// A world in which a client signed in, read 62, and was closed.
    pub(crate) async fn signed_in() -> Self {
        let world = Self::new().await;
        world.supabase(answer("POST", "/auth/v1/token", 200, refreshed("one"))).await;
        world.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(62))).await;
        let (client, mut heard) = world.client();
        client.sign_in(sign_in()).await.unwrap();
        heard.until(|news| matches!(news, News::Quota(state) if state.snapshot.is_some())).await;
        world.until_stored(Some("refresh-one")).await;
        world
    }

    /// A world in which a client has just signed in.
    pub(crate) async fn running() -> (Self, Client, Heard) {
        let world = Self::new().await;
        world.reset_edge().await;
        let (client, mut heard) = world.client();
        client.sign_in(sign_in()).await.unwrap();
        heard.until(|news| matches!(news, News::Quota(state) if state.snapshot.is_some())).await;
        (world, client, heard)
    }

    /// A world with an edge at `url`, in which a client has just signed in.
    pub(crate) async fn with_edge(url: &str) -> (Self, Client, Heard) {
        let mut world = Self::signed_in().await;
        world.edge_url = Some(url.to_owned());
        world.reset_edge().await;
        let (client, mut heard) = world.client();
        client.refresh_quota().await.unwrap();
        heard.until(|news| matches!(news, News::Quota(state) if state.snapshot.is_some())).await;
        (world, client, heard)
    }

    /// A new client on this world's data; asks nobody.
    pub(crate) fn client(&self) -> (Client, Heard) {
        let (ears, heard) = unbounded_channel();
        let (seconds, reads) = (self.seconds.clone(), self.reads.clone());
        let outside = Outside {
            secrets: self.secrets.clone(),
            events: Arc::new(Ears { news: ears, screen: self.screen.clone() }),
            clock: Arc::new(move || {
                reads.fetch_add(1, Ordering::SeqCst);
                Timestamp::from_second(seconds.load(Ordering::SeqCst)).unwrap()
            }),
        };
        let (url, data) = (self.url.clone(), self.data.path().display().to_string());
        let edge_url = self.edge_url.clone().unwrap_or_else(|| url.clone());
        let settings = Settings::load(|name| match name {
            "FLOWMETER_SUPABASE_URL" => Some(url.clone()),
            "FLOWMETER_EDGE_URL" => Some(edge_url.clone()),
            "FLOWMETER_SUPABASE_KEY" => Some("anon".to_owned()),
            "FLOWMETER_DATA_DIR" => Some(data.clone()),
            _ => None,
        });
        (Client::open(settings.unwrap(), outside).unwrap(), Heard(heard))
    }

    pub(crate) async fn supabase(&self, mock: Mock) {
        mock.mount(&self.server).await;
    }

    pub(crate) async fn edge(&self, answer: ResponseTemplate) {
        let mock = Mock::given(method("POST")).and(path("/api/run-node-stream")).respond_with(answer);
        mock.mount(&self.server).await;
    }

    /// Forgets what the edge answers; Supabase works.
    pub(crate) async fn reset_edge(&self) {
        self.server.reset().await;
        self.supabase(answer("POST", "/auth/v1/token", 200, refreshed("one"))).await;
        self.supabase(answer("GET", "/rest/v1/users_quota", 200, quota(62))).await;
    }

    /// What the key store holds for the one account.
    pub(crate) fn stored(&self) -> Option<String> {
        self.stored_of(USER)
    }

    pub(crate) fn stored_of(&self, user: Uuid) -> Option<String> {
        let stored = self.secrets.memory.get(&format!("{}/{user}", self.host())).unwrap();
        stored.map(|secret| secret.expose_secret().to_owned())
    }

    /// Another program of ours changes the entry.
    pub(crate) fn put_stored(&self, token: &str) {
        self.secrets.memory.set(&format!("{}/{USER}", self.host()), &token.to_owned().into()).unwrap();
    }

    /// As accounts name the project.
    pub(crate) fn host(&self) -> String {
        self.url.replace("http://", "")
    }

    /// Nobody answers any more at this world's address.
    pub(crate) async fn go_offline(&mut self) {
        self.server = MockServer::builder().start().await;
        let gone = async {
            while tokio::net::TcpStream::connect(self.host()).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, gone).await.expect("the server ends");
    }

    /// A server that knows nothing yet answers again.
    pub(crate) async fn go_online(&mut self) {
        let listener = std::net::TcpListener::bind(self.host()).expect("the port is still free");
        self.server = MockServer::builder().listener(listener).start().await;
    }

    /// The key store is written behind the caller's back.
    pub(crate) async fn until_stored(&self, token: Option<&str>) {
        let stored = async {
            while self.stored().as_deref() != token {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, stored).await.expect("the key store");
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.data.path()
    }

    /// From now on the row says this.
    pub(crate) async fn set_quota(&self, row: Value) {
        self.server.reset().await;
        self.supabase(answer("POST", "/auth/v1/token", 200, refreshed("one"))).await;
        self.supabase(answer("GET", "/rest/v1/users_quota", 200, row)).await;
    }

    /// What the client's clock says.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.seconds.load(Ordering::SeqCst)).unwrap()
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Waits until the clock was read so many times more.
    pub(crate) async fn until_the_clock_is_read(&self, times: u64) {
        let wanted = self.reads.load(Ordering::SeqCst) + times;
        let read = async {
            while self.reads.load(Ordering::SeqCst) < wanted {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, read).await.expect("the clock is read");
    }

    pub(crate) async fn until_requested(&self, wanted: &str) {
        let asked = async {
            loop {
                let requests = self.server.received_requests().await.unwrap();
                if requests.iter().any(|request| request.url.path() == wanted) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.expect("the request");
    }
}

/// A key store that can be missing.
#[derive(Default)]
pub(crate) struct Secrets {
    memory: MemorySecrets,
    fault: Option<SecretError>,
}

impl Secrets {
    pub(crate) fn absent() -> Arc<Self> {
        Self::failing(SecretError::Absent)
    }

    pub(crate) fn failing(fault: SecretError) -> Arc<Self> {
        Arc::new(Self { fault: Some(fault), ..Self::default() })
    }

    fn check(&self) -> Result<(), SecretError> {
        self.fault.map_or(Ok(()), Err)
    }
}

impl SecretStore for Secrets {
    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        self.check().and_then(|()| self.memory.get(name))
    }

    fn set(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        self.check().and_then(|()| self.memory.set(name, secret))
    }

    fn remove(&self, name: &str) -> Result<(), SecretError> {
        self.check().and_then(|()| self.memory.remove(name))
    }
}

/// Where notifications are shown.
#[derive(Default)]
pub(crate) struct Screen {
    shown: Mutex<Vec<Notification>>,
    refuses: AtomicBool,
}

impl Screen {
    pub(crate) fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }

    pub(crate) async fn until_shown(&self, wanted: &[Notification]) {
        let shown = async {
            while *self.shown.lock().unwrap() != wanted {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, shown).await.expect("the notifications");
    }
}

struct Ears {
    news: UnboundedSender<News>,
    screen: Arc<Screen>,
}

impl Events for Ears {
    fn tell(&self, news: News) {
        // A test that has heard enough no longer listens.
        let _ = self.news.send(news);
    }

    fn notify(&self, notification: &Notification) -> bool {
        self.screen.shown.lock().unwrap().push(*notification);
        !self.screen.refuses.load(Ordering::SeqCst)
    }
}

/// The news, in order.
pub(crate) struct Heard(UnboundedReceiver<News>);

impl Heard {
    pub(crate) async fn until(&mut self, wanted: impl Fn(&News) -> bool) -> News {
        loop {
            let news = tokio::time::timeout(PATIENCE, self.0.recv()).await.expect("the news").unwrap();
            if wanted(&news) {
                return news;
            }
        }
    }

    /// All that was told up to now.
    pub(crate) fn drain(&mut self) -> Vec<News> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }

    /// The next event of a run that `wanted` is about.
    pub(crate) async fn of(&mut self, run_id: RunId, wanted: impl Fn(&Progress) -> bool) -> RunEvent {
        let is_it = |news: &News| matches!(news, News::Run(event) if event.run_id == run_id && wanted(&event.progress));
        let News::Run(event) = self.until(is_it).await else { unreachable!("that is what it waited for") };
        event
    }

    /// The text of `run_id`, as soon as there is some.
    pub(crate) async fn text(&mut self, run_id: RunId) -> String {
        match self.of(run_id, |progress| matches!(progress, Progress::Delta(_))).await.progress {
            Progress::Delta(delta) => delta.content,
            other => panic!("not a delta: {other:?}"),
        }
    }

    /// The end of `run_id`.
    pub(crate) async fn end_of(&mut self, run_id: RunId) -> End {
        match self.of(run_id, |progress| matches!(progress, Progress::Ended(_))).await.progress {
            Progress::Ended(end) => end,
            other => panic!("not an end: {other:?}"),
        }
    }

    /// All events of the next run that ends.
    pub(crate) async fn run_to_its_end(&mut self) -> Vec<RunEvent> {
        let mut events = Vec::new();
        loop {
            if let News::Run(event) = self.until(|news| matches!(news, News::Run(_))).await {
                let over = matches!(event.progress, Progress::Ended(_));
                events.push(event);
                if over {
                    return events;
                }
            }
        }
    }

    pub(crate) async fn end(&mut self) -> End {
        match self.run_to_its_end().await.pop().map(|event| event.progress) {
            Some(Progress::Ended(end)) => end,
            other => panic!("a run without an end: {other:?}"),
        }
    }
}

/// A fixed answer of the server.
pub(crate) fn answer(verb: &str, at: &str, status: u16, body: Value) -> Mock {
    Mock::given(method(verb)).and(path(at)).respond_with(ResponseTemplate::new(status).set_body_json(body))
}

pub(crate) fn refreshed(name: &str) -> Value {
    json!({
        "access_token": format!("access-{name}"), "refresh_token": format!("refresh-{name}"),
        "token_type": "bearer", "expires_in": 3600, "user": {"id": USER, "email": "mei@example.com"},
    })
}

pub(crate) fn quota(used: i64) -> Value {
    json!({"llm_executions_used": used, "llm_executions_limit": 100, "updated_at": "2026-01-01T00:00:00+00:00"})
}

pub(crate) fn sign_in() -> SignIn {
    SignIn { email: " mei@example.com ".into(), password: "secret".into() }
}
