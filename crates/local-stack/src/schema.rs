//! Brings a database to the state of a hosted project with our migrations on it.

use sqlx::PgPool;
use sqlx::migrate::Migrator;

use crate::Result;

/// What a hosted project has from the start.
const PLATFORM: &str = include_str!("../sql/platform.sql");

/// What is only the stack's: the models that its provider plays.
const MODELS: &str = include_str!("../sql/models.sql");

/// Embedded, because the user that root becomes may not be able to read the checkout.
static MIGRATIONS: Migrator = sqlx::migrate!("../../supabase/migrations");

/// Applies what is missing; a kept database may have all of it.
pub(crate) async fn apply(admin: &PgPool) -> Result<()> {
    tracing::info!("applying the migrations");
    sqlx::raw_sql(PLATFORM).execute(admin).await?;
    let mut migrations = Migrator { migrations: MIGRATIONS.migrations.clone(), ..Migrator::DEFAULT };
    // Out of `public`, where every table is part of the API.
    migrations.create_schema("local_stack");
    migrations.dangerous_set_table_name("local_stack.migrations");
    migrations.run(admin).await?;
    sqlx::raw_sql(MODELS).execute(admin).await?;
    Ok(())
}
