//! The two sides: the edge and nginx, both as programs before the same stub. Ended with this value.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::load::Prepared;
use crate::stub::Stub;

const SECRET: &str = "a secret of the bench that opens nothing";
/// How long a side may take to answer for the first time.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Sides {
    pub(crate) stub: Stub,
    /// `None` only between two of its starts.
    edge: Option<Program>,
    edge_address: SocketAddr,
    nginx_address: SocketAddr,
    _nginx: Program,
    files: PathBuf,
    token: String,
}

/// A process that ends with this value.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // nginx's workers end when they are asked to, not when their master is killed.
        let id = self.0.id().to_string();
        let _ = Command::new("kill").arg(&id).status();
        let _ = self.0.wait();
    }
}

impl Sides {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let stub = Stub::start().await?;
        let files = std::env::temp_dir().join(format!("bench-edge-{}", std::process::id()));
        std::fs::create_dir_all(&files)?;
        let (edge_address, nginx_address) = (free_address()?, free_address()?);
        let nginx = Program(nginx(&files, nginx_address, stub.address())?);
        let edge = Program(edge(&files, edge_address, stub.address())?);
        first_answer(nginx_address).await.context("nginx does not answer")?;
        first_answer(edge_address).await.context("the edge does not answer")?;
        let edge = Some(edge);
        Ok(Self { stub, edge, edge_address, nginx_address, _nginx: nginx, files, token: token()? })
    }

    /// Starts the edge anew; how long its first answer took.
    pub(crate) async fn restart_edge(&mut self) -> anyhow::Result<Duration> {
        // Its end is not part of the next start.
        drop(self.edge.take());
        self.edge_address = free_address()?;
        let started = Instant::now();
        self.edge = Some(Program(edge(&self.files, self.edge_address, self.stub.address())?));
        first_answer(self.edge_address).await?;
        Ok(started.elapsed())
    }

    pub(crate) fn edge_request(&self, path: &str, model: &str) -> Prepared {
        let body = json!({"model": model, "input": "How much is left?", "systemPrompt": "Be short."});
        self.request(self.edge_address, path, &body.to_string(), model)
    }

    /// What the edge sends to the provider, sent through nginx.
    pub(crate) fn nginx_request(&self, model: &str) -> Prepared {
        let messages = json!([
            {"role": "system", "content": "Be short."}, {"role": "user", "content": "How much is left?"},
        ]);
        let body = json!({
            "model": model, "messages": messages, "temperature": 0.7, "stream": model != "whole",
        });
        self.request(self.nginx_address, "/v1/chat/completions", &body.to_string(), model)
    }

    /// The most memory that the edge ever had, in MiB.
    pub(crate) fn peak_memory(&self) -> anyhow::Result<f64> {
        let Program(edge) = self.edge.as_ref().context("the edge does not run")?;
        let status = std::fs::read_to_string(format!("/proc/{}/status", edge.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        let kibibytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kibibytes / 1024.0)
    }

    fn request(&self, address: SocketAddr, path: &str, body: &str, model: &str) -> Prepared {
        let bytes = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
            body.len(),
        );
        let end: &[u8] = if model == "whole" { b"}" } else { b"data: [DONE]" };
        Prepared { address, bytes: bytes.into_bytes(), end }
    }
}

impl Drop for Sides {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.files);
    }
}

fn edge(files: &Path, address: SocketAddr, stub: SocketAddr) -> anyhow::Result<Child> {
    let program = std::env::current_exe()?;
    let program = program.parent().and_then(Path::parent).context("no directory")?.join("flowmeter-edge");
    let url = format!("http://{stub}");
    // As in production: the log is on and goes to a file.
    Command::new(&program)
        .env_clear()
        .env("SUPABASE_URL", &url)
        .env("SUPABASE_ANON_KEY", "anon")
        .env("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_bench")
        .env("SUPABASE_JWT_SECRET", SECRET)
        .env("SILICONFLOW_BASE_URL", format!("{url}/v1"))
        .env("SILICONFLOW_API_KEY", "bench")
        .env("EDGE_LISTEN", address.to_string())
        .env("EDGE_RUNS_PER_USER", "1024")
        .current_dir(files)
        .stdin(Stdio::null())
        .stderr(File::create(files.join("edge.log"))?)
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))
}

fn nginx(files: &Path, address: SocketAddr, stub: SocketAddr) -> anyhow::Result<Child> {
    let here = files.display();
    let configuration = format!(
        "daemon off; worker_processes 2; pid {here}/nginx.pid; error_log {here}/nginx.log;
         events {{ worker_connections 4096; }}
         http {{
           access_log off; tcp_nodelay on; keepalive_requests 100000000;
           client_body_temp_path {here}/b; proxy_temp_path {here}/p; fastcgi_temp_path {here}/f;
           uwsgi_temp_path {here}/u; scgi_temp_path {here}/s;
           upstream stub {{ server {stub}; keepalive 512; keepalive_requests 100000000; }}
           server {{
             listen {address};
             location / {{
               proxy_pass http://stub; proxy_http_version 1.1; proxy_set_header Connection '';
               proxy_buffering off;
             }}
           }}
         }}"
    );
    let path = files.join("nginx.conf");
    std::fs::write(&path, configuration)?;
    let mut command = Command::new("nginx");
    command.arg("-p").arg(files).arg("-c").arg(&path).stdin(Stdio::null()).stderr(Stdio::null());
    command.spawn().context("cannot start nginx; apt-get install nginx-light brings it")
}

async fn first_answer(address: SocketAddr) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if answers(address).await.unwrap_or(false) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    anyhow::bail!("no answer at {address}")
}

async fn answers(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await?;
    let mut start = [0; 12];
    stream.read_exact(&mut start).await?;
    Ok(&start == b"HTTP/1.1 200")
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn token() -> anyhow::Result<String> {
    let claims = json!({
        "sub": "6f2b7c1e-52f0-4d5b-9a53-6b1f6d1f0a11", "aud": "authenticated", "role": "authenticated",
        "exp": 4_102_444_800_u64, "email": "bench@example.com", "session_id": "bench", "aal": "aal1",
    });
    Ok(encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET.as_bytes()))?)
}
