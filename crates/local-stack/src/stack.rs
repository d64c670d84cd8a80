//! Starts the parts in their order and keeps them.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::task::{JoinSet, spawn_blocking};

use crate::auth::Auth;
use crate::auth::rules::AuthRules;
use crate::data::Data;
use crate::gateway::{self, Project};
use crate::ports::{self, Ports};
use crate::postgres::{Cluster, SUPERUSER, Server};
use crate::state::State;
use crate::tokens::{ApiKeys, Signing};
use crate::{Error, Result, edge, provider, schema, seed};

/// How long a part that listens may take for its first answer.
const FIRST_ANSWER: Duration = Duration::from_secs(20);

/// What can be chosen about a stack.
#[derive(Debug, Clone)]
pub struct Options {
    /// Supabase; the edge, the provider and PostgreSQL follow it. 0 means any free port for each.
    pub port: u16,
    /// An absolute path to keep the database in; without it the data dies with the stack.
    pub data: Option<PathBuf>,
    /// Pause before each delta of the provider.
    pub pace: Duration,
    /// How access tokens are signed.
    pub signing: Signing,
    /// How people may sign in.
    pub auth: AuthRules,
}

/// A running stack. Dropping it stops it.
pub struct LocalStack {
    state: State,
    // In the order in which they go: the servers, then what they use.
    servers: JoinSet<()>,
    project: Arc<Project>,
    server: Server,
}

impl LocalStack {
    /// Starts everything and returns when all of it answers.
    ///
    /// May be given up at any time by dropping the future: a program that is being run to its end (`initdb`,
    /// `pg_ctl`) is waited for when the runtime ends, and then undone.
    pub async fn start(options: Options) -> Result<LocalStack> {
        let Ports { supabase, edge: edge_port, provider: provider_port, postgres } =
            Ports::bind(options.port)?;
        let data = options.data;
        let cluster = spawn_blocking(move || Cluster::prepare(Data::open(data)?)).await??;
        let server = spawn_blocking(move || Server::start(cluster, postgres)).await??;
        let auth = Auth::new(options.auth);
        let project = Arc::new(project(&server, &supabase, options.signing, auth).await?);
        let users = seed::plant(&project.admin).await?;
        let state = State {
            supabase_url: ports::url(&supabase)?,
            anon_key: project.keys.anon.clone(),
            service_role_key: project.keys.service_role.clone(),
            edge_url: ports::url(&edge_port)?,
            provider_url: ports::url(&provider_port)?,
            database_url: server.url(SUPERUSER),
            mail_url: format!("{}/mail", ports::url(&supabase)?),
            users,
        };
        let mut servers = JoinSet::new();
        serve(&mut servers, supabase, gateway::router(project.clone()))?;
        serve(&mut servers, provider_port, provider::router(options.pace))?;
        let settings = edge::settings(&state.supabase_url, &project.keys, &state.provider_url)?;
        servers.spawn(edge::serve(listener(edge_port)?, settings));
        let stack = LocalStack { state, servers, project, server };
        stack.ask_all().await?;
        tracing::info!("everything answers");
        Ok(stack)
    }

    /// Where everything is.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Stops everything, waits for the end of PostgreSQL and removes temporary data.
    pub async fn stop(self) -> Result<()> {
        tracing::info!("stopping");
        let LocalStack { mut servers, project, server, .. } = self;
        servers.shutdown().await;
        drop(project);
        // Open connections are no reason to wait: PostgreSQL is told to shut down fast.
        Ok(spawn_blocking(move || drop(server)).await?)
    }

    async fn ask_all(&self) -> Result<()> {
        let State { supabase_url, edge_url, provider_url, anon_key, .. } = &self.state;
        ask("auth API", format!("{supabase_url}/auth/v1/health"), anon_key).await?;
        ask("table API", format!("{supabase_url}/rest/v1/"), anon_key).await?;
        ask("provider", format!("{provider_url}/health"), anon_key).await?;
        ask("edge", format!("{edge_url}/healthz"), anon_key).await
    }
}

async fn project(server: &Server, supabase: &TcpListener, signing: Signing, auth: Auth) -> Result<Project> {
    let admin = connect(&server.url(SUPERUSER)).await?;
    schema::apply(&admin).await?;
    Ok(Project {
        callers: connect(&server.url("authenticator")).await?,
        admin,
        keys: ApiKeys::new()?,
        signing,
        auth,
        issuer: format!("{}/auth/v1", ports::url(supabase)?),
    })
}

async fn connect(url: &str) -> Result<PgPool> {
    Ok(PgPoolOptions::new().max_connections(20).connect(url).await?)
}

fn serve(servers: &mut JoinSet<()>, listener: TcpListener, router: Router) -> Result<()> {
    let listener = self::listener(listener)?;
    servers.spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "a server ended");
        }
    });
    Ok(())
}

fn listener(listener: TcpListener) -> Result<tokio::net::TcpListener> {
    let refused = |cause| Error::PortRefused { port: 0, cause };
    listener.set_nonblocking(true).map_err(refused)?;
    tokio::net::TcpListener::from_std(listener).map_err(refused)
}

async fn ask(part: &'static str, url: String, key: &str) -> Result<()> {
    let answer = async {
        // A proxy from the environment does not lead to this machine.
        let client = reqwest::Client::builder().no_proxy().timeout(FIRST_ANSWER).build()?;
        client.get(&url).header("apikey", key).send().await?.error_for_status()
    };
    let silent = |error: reqwest::Error| Error::Silent { part, url: url.clone(), detail: error.to_string() };
    answer.await.map(drop).map_err(silent)
}
