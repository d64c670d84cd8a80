//! One run of `pgbench` with a script of ours.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};
use uuid::Uuid;

/// How long one run takes, in seconds.
const SECONDS: u32 = 2;
/// Cores of the edge, each of which asks for what its callers want in one moment in one call.
const LANES: usize = 2;

/// What every caller does again and again.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    /// The two updates of the row that reserve and commit come down to, and nothing else.
    Updates,
    /// By the functions, a call for each unit: as the edge asks when one runs after the other.
    Functions,
    /// By the functions for several units: as the edge asks when so many callers begin and end at once.
    Together,
    /// As the web product does it.
    Web,
}

/// What a run came to.
pub(crate) struct Run {
    /// Units a second.
    pub(crate) per_second: f64,
    /// Units that the callers believe to have counted.
    pub(crate) believed: i64,
}

impl Way {
    fn script(self, user: Uuid, units: usize) -> String {
        match self {
            Self::Updates => format!(
                "update public.users_quota set llm_executions_reserved = llm_executions_reserved + 1 \
                 where user_id = '{user}' and coalesce(llm_executions_limit, 0) \
                 - coalesce(llm_executions_used, 0) - llm_executions_reserved > 0 \
                 returning coalesce(llm_executions_used, 0), llm_executions_limit;\n\
                 update public.users_quota set llm_executions_used = coalesce(llm_executions_used, 0) + 1, \
                 llm_executions_reserved = greatest(llm_executions_reserved - 1, 0), updated_at = now() \
                 where user_id = '{user}';\n"
            ),
            Self::Functions => format!(
                "\\set request random(1, 9223372036854775807)\n\
                 select public.quota_reserve('{user}', 'llm_executions',\
                 lpad(to_hex(:request::bigint), 32, '0')::uuid, '10 minutes');\n\
                 select public.quota_commit(lpad(to_hex(:request::bigint), 32, '0')::uuid);\n"
            ),
            Self::Together => format!(
                "\\set request random(1, 9223372036854700000)\n\
                 select count(*) from public.quota_reserve_all((select jsonb_agg(jsonb_build_object(\
                 'user', '{user}', 'kind', 'llm_executions', 'request', \
                 lpad(to_hex(:request::bigint + place), 32, '0'))) from generate_series(1, {units}) place), \
                 '10 minutes');\n\
                 select count(*) from public.quota_commit_all((select array_agg(\
                 lpad(to_hex(:request::bigint + place), 32, '0')::uuid) from generate_series(1, {units}) place));\n"
            ),
            Self::Web => format!(
                "select * from public.users_quota where user_id = '{user}';\n\
                 select llm_executions_used as used, updated_at as seen from public.users_quota \
                 where user_id = '{user}' \\gset\n\
                 update public.users_quota set llm_executions_used = :used::integer + 1 \
                 where user_id = '{user}' and updated_at = :seen::timestamptz;\n"
            ),
        }
    }

    /// Runs it. Blocks.
    pub(crate) fn run(self, database: &str, user: Uuid, callers: usize) -> anyhow::Result<Run> {
        let (clients, units) = match self {
            Self::Together => (LANES, callers / LANES),
            Self::Updates | Self::Functions | Self::Web => (callers, 1),
        };
        let mut script = tempfile::NamedTempFile::new()?;
        script.write_all(self.script(user, units).as_bytes())?;
        let output = Command::new(program())
            .args(["--no-vacuum", "--protocol=prepared", "--time", &SECONDS.to_string()])
            .args(["--client", &clients.to_string(), "--file"])
            .arg(script.path())
            .arg(database)
            .output()
            .context("pgbench cannot be run; Debian has it in postgresql-contrib or postgresql")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            bail!("pgbench failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        let number = |label: &str| {
            let rest = said.split(label).nth(1).and_then(|rest| rest.split_whitespace().next());
            rest.and_then(|text| text.parse::<f64>().ok()).with_context(|| format!("pgbench said no {label}"))
        };
        let believed = number("number of transactions actually processed: ")? as i64 * units as i64;
        Ok(Run { per_second: number("tps = ")? * units as f64, believed })
    }
}

/// Beside the server, where the path does not have it.
fn program() -> PathBuf {
    let versions = (13..=18).rev().map(|version| format!("/usr/lib/postgresql/{version}/bin/pgbench"));
    versions.map(PathBuf::from).find(|path| path.exists()).unwrap_or_else(|| "pgbench".into())
}
