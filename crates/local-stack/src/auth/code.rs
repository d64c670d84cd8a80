//! One-time codes: made, mailed, and used up.

use axum::http::StatusCode;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Auth;
use super::error::Refusal;
use super::mailbox::Mail;
use super::rules::{AuthRules, sql_seconds};

/// What a code proves. A person has one of each at a time; a new one replaces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// That a new address is theirs.
    Confirmation,
    /// That a known address still is: for signing in and for a new password alike.
    Recovery,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Confirmation => "confirmation",
            Kind::Recovery => "recovery",
        }
    }
}

/// Why a mail is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    SignUp,
    SignIn,
    NewPassword,
}

impl Purpose {
    fn kind(self) -> Kind {
        if self == Purpose::SignUp { Kind::Confirmation } else { Kind::Recovery }
    }

    fn subject(self) -> &'static str {
        match self {
            Purpose::SignUp => "Confirm your address",
            Purpose::SignIn => "Sign in",
            Purpose::NewPassword => "Choose a new password",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Purpose::SignUp => "signup",
            Purpose::SignIn => "magiclink",
            Purpose::NewPassword => "recovery",
        }
    }
}

/// A new code for this person, to be posted when the transaction is through.
pub(super) async fn make(
    connection: &mut PgConnection,
    auth: &Auth,
    user: Uuid,
    purpose: Purpose,
) -> Result<Mail, Refusal> {
    check_pause(connection, &auth.rules, user, purpose.kind()).await?;
    auth.limits.admit_mail(&auth.rules)?;
    let code = six_digits();
    let sql = "
        insert into auth.one_time_tokens (user_id, kind, token_hash, sent_at)
        select id, $2, auth.code_hash(email, $3), clock_timestamp() from auth.users where id = $1
        on conflict (user_id, kind) do update set token_hash = excluded.token_hash, sent_at = excluded.sent_at
        returning (select email from auth.users where id = $1)";
    let to: String = sqlx::query_scalar(sql)
        .bind(user)
        .bind(purpose.kind().name())
        .bind(&code)
        .fetch_one(connection)
        .await?;
    let sent_at = jiff::Timestamp::now();
    Ok(Mail { to, subject: purpose.subject(), purpose: purpose.name(), code, sent_at })
}

/// A person gets no second mail of a kind before the pause is over, also if the first was used.
async fn check_pause(
    connection: &mut PgConnection,
    rules: &AuthRules,
    user: Uuid,
    kind: Kind,
) -> Result<(), Refusal> {
    let sql = "
        select ceil(extract(epoch from sent_at + make_interval(secs => $3) - clock_timestamp()))::bigint
        from auth.one_time_tokens where user_id = $1 and kind = $2";
    let left: Option<i64> = sqlx::query_scalar(sql)
        .bind(user)
        .bind(kind.name())
        .bind(sql_seconds(rules.mail_pause_seconds))
        .fetch_optional(connection)
        .await?;
    match left {
        Some(seconds) if seconds > 0 => Err(Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            "over_email_send_rate_limit",
            format!("For security purposes, you can only request this after {seconds} seconds."),
        )),
        _ => Ok(()),
    }
}

/// By what a code is recognised.
pub(super) enum Proof {
    Code {
        email: String,
        code: String,
    },
    /// The hash alone, as links carry it.
    Hash(String),
}

/// The person whom a code belongs to.
#[derive(sqlx::FromRow)]
pub(super) struct Owner {
    pub(super) id: Uuid,
    pub(super) is_banned: bool,
}

/// Uses a code up that is of one of these kinds and not too old.
pub(super) async fn redeem(
    connection: &mut PgConnection,
    rules: &AuthRules,
    proof: &Proof,
    kinds: &[Kind],
) -> Result<Owner, Refusal> {
    let (email, code, hash) = match proof {
        Proof::Code { email, code } => (Some(email), Some(code), None),
        Proof::Hash(hash) => (None, None, Some(hash)),
    };
    let sql = "
        update auth.one_time_tokens t set token_hash = null
        from auth.users u
        where u.id = t.user_id and t.kind = any($1)
          and t.token_hash = coalesce($4, auth.code_hash($2, $3)) and ($2 is null or u.email = lower($2))
          and t.sent_at + make_interval(secs => $5) > clock_timestamp()
        returning u.id, coalesce(u.banned_until > now(), false) as is_banned";
    sqlx::query_as(sql)
        .bind(kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>())
        .bind(email)
        .bind(code)
        .bind(hash)
        .bind(sql_seconds(rules.code_seconds))
        .fetch_optional(connection)
        .await?
        .ok_or(Refusal::new(StatusCode::FORBIDDEN, "otp_expired", "Token has expired or is invalid"))
}

fn six_digits() -> String {
    // The lowest 62 bits of a random UUID say nothing about what it is.
    let random = Uuid::new_v4().as_u64_pair().1 & (u64::MAX >> 2);
    format!("{:06}", random % 1_000_000)
}
