//! `admin`: a person's quota, as an administrator sees and sets it.
//!
//! The key passes row level security, so it comes from the environment alone: an argument would be in
//! the shell's history and in every list of processes.

use std::io::Write;

use anyhow::anyhow;
use clap::Subcommand;
use flowmeter_client::Admin;
use flowmeter_client::domain::{Kind, Quota};
use uuid::Uuid;

use crate::exit::Exit;
use crate::quota::kind;
use crate::{table, texts};

const KEY: &str = "SUPABASE_SERVICE_ROLE_KEY";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[arg(long, env = "FLOWMETER_SUPABASE_URL", value_name = "URL", global = true)]
    project: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    Show(Person),
    Reset {
        #[command(flatten)]
        person: Person,
        #[arg(long, value_name = "KIND", value_parser = kind, required_unless_present = "all")]
        kind: Vec<Kind>,
        #[arg(long, conflicts_with = "kind")]
        all: bool,
    },
    Limit {
        #[command(flatten)]
        person: Person,
        #[arg(value_name = "KIND=LIMIT", value_parser = limit, required = true)]
        limits: Vec<(Kind, u32)>,
    },
}

#[derive(clap::Args)]
struct Person {
    #[arg(long, value_name = "ID")]
    user: Uuid,
}

/// Does as asked and shows the numbers that hold then.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let texts = texts::of_the_system();
    let url = arguments.project.as_deref().ok_or_else(|| anyhow!(texts.text("no-project")))?;
    let key = std::env::var(KEY).ok().filter(|key| !key.trim().is_empty());
    let no_key = || anyhow!(texts.fill("no-key", [("name", KEY.into()), ("project", url.into())]));
    let key = key.ok_or_else(no_key)?;
    let admin = Admin::open(url, key.trim().to_owned().into())?;
    let quota = arguments.command.run(&admin).await?;
    let rows = table::rows(&texts, quota.0.into_iter().map(|(kind, counter)| (kind, counter, None)));
    write!(std::io::stdout(), "{rows}")?;
    Ok(Exit::Fine)
}

impl Command {
    async fn run(&self, admin: &Admin) -> anyhow::Result<Quota> {
        Ok(match self {
            Command::Show(person) => admin.quota(person.user).await?,
            Command::Reset { person, all: true, .. } => admin.reset_all(person.user).await?,
            Command::Reset { person, kind, .. } => admin.reset(person.user, kind).await?,
            Command::Limit { person, limits } => admin.set_limits(person.user, limits).await?,
        })
    }
}

fn limit(text: &str) -> Result<(Kind, u32), String> {
    let (name, limit) = text.split_once('=').ok_or("KIND=LIMIT, such as llm_executions=200")?;
    let limit = limit.parse().ok().filter(|limit| i32::try_from(*limit).is_ok());
    Ok((kind(name)?, limit.ok_or_else(|| format!("a limit is a whole number from 0 to {}", i32::MAX))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_kind_and_a_number_that_the_column_holds() {
        assert_eq!(limit("app_usages=0"), Ok((Kind::AppUsages, 0)));
        for wrong in ["app_usages", "apps=1", "app_usages=-1", "app_usages=many", "app_usages=2147483648"] {
            assert!(limit(wrong).is_err(), "{wrong}");
        }
    }
}
