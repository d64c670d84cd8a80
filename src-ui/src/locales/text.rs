//! Which message tells what: one variant for each text, and one id for each code, kind and level.
//!
//! The ids are here and nowhere else, so that a text that is missing from a locale file is found by
//! one test over all of them. Not here: the words, which live in the `.ftl` files.

use flowmeter_domain::{Code, Kind, Level};

macro_rules! ids {
    ($(#[$doc:meta])* $name:ident for $type:ty, all in $all:ident { $($variant:path => $id:literal,)* }) => {
        /// Every value that has a message.
        pub const $all: &[$type] = &[$($variant,)*];

        $(#[$doc])*
        pub fn $name(value: $type) -> &'static str {
            match value { $($variant => $id,)* }
        }
    };
}

macro_rules! texts {
    ($($variant:ident => $id:literal,)*) => {
        /// A text that belongs to no code, kind or level.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the English file says what each one is")]
        pub enum Text { $($variant,)* }

        impl Text {
            /// Every text.
            pub const ALL: &[Text] = &[$(Text::$variant,)*];

            /// The id of its message.
            pub fn id(self) -> &'static str {
                match self { $(Text::$variant => $id,)* }
            }
        }
    };
}

texts! {
    AppName => "app-name",
    TryAgain => "try-again",
    Dismiss => "dismiss",
    Details => "details",
    SignInTitle => "sign-in-title",
    SignInProject => "sign-in-project",
    SignInEmail => "sign-in-email",
    SignInPassword => "sign-in-password",
    SignInSubmit => "sign-in-submit",
    SignInBusy => "sign-in-busy",
    SignInDemoTitle => "sign-in-demo-title",
    SignInDemoBody => "sign-in-demo-body",
    SignInPrivacy => "sign-in-privacy",
    SignOut => "sign-out",
    NotKeptTitle => "not-kept-title",
    NotKeptBody => "not-kept-body",
    NavLabel => "nav-label",
    NavHome => "nav-home",
    NavHistory => "nav-history",
    NavSettings => "nav-settings",
    UsageTitle => "usage-title",
    UsageRefresh => "usage-refresh",
    UsageRefreshing => "usage-refreshing",
    UsageUpdated => "usage-updated",
    UsageNever => "usage-never",
    UsageOutdated => "usage-outdated",
    UsageLoading => "usage-loading",
    UsageKept => "usage-kept",
    UsageFailed => "usage-failed",
    UsageEmptyTitle => "usage-empty-title",
    UsageEmptyBody => "usage-empty-body",
    AgeNow => "age-now",
    AgeMinutes => "age-minutes",
    AgeHours => "age-hours",
    AgeDays => "age-days",
    QuotaLeft => "quota-left",
    QuotaOver => "quota-over",
    QuotaOf => "quota-of",
    PromptLabel => "prompt-label",
    PromptPlaceholder => "prompt-placeholder",
    PromptModel => "prompt-model",
    PromptRun => "prompt-run",
    PromptStop => "prompt-stop",
    PromptStopping => "prompt-stopping",
    PromptCost => "prompt-cost",
    PromptCostUnknown => "prompt-cost-unknown",
    PromptExhausted => "prompt-exhausted",
    RunsTitle => "runs-title",
    RunsEmptyTitle => "runs-empty-title",
    RunsEmptyBody => "runs-empty-body",
    ExampleLocking => "example-locking",
    ExampleNames => "example-names",
    ExampleRetry => "example-retry",
    RunYou => "run-you",
    RunThinking => "run-thinking",
    RunReasoning => "run-reasoning",
    RunWaiting => "run-waiting",
    RunRunning => "run-running",
    RunCompleted => "run-completed",
    RunCancelled => "run-cancelled",
    RunIncomplete => "run-incomplete",
    RunFailed => "run-failed",
    RunCharged => "run-charged",
    RunNotCharged => "run-not-charged",
    RunChargeUnknown => "run-charge-unknown",
    RunRefused => "run-refused",
    RunEdit => "run-edit",
    RunAnnounce => "run-announce",
}

ids! {
    /// The message of a kind: its label.
    kind_id for Kind, all in KINDS {
        Kind::LlmExecutions => "kind-llm-executions",
        Kind::FlowGenerations => "kind-flow-generations",
        Kind::AppUsages => "kind-app-usages",
        Kind::ImageGenExecutions => "kind-image-gen-executions",
    }
}

ids! {
    /// The message of a level: the level as a word.
    level_id for Level, all in LEVELS {
        Level::Normal => "level-normal",
        Level::Warning => "level-warning",
        Level::Low => "level-low",
        Level::Exhausted => "level-exhausted",
    }
}

ids! {
    /// The message of a code: what happened, and as its attribute `next` what to do.
    code_id for Code, all in CODES {
        Code::NotSignedIn => "code-not-signed-in",
        Code::SessionEnded => "code-session-ended",
        Code::InvalidCredentials => "code-invalid-credentials",
        Code::EmailNotConfirmed => "code-email-not-confirmed",
        Code::AccountBanned => "code-account-banned",
        Code::CodeExpired => "code-code-expired",
        Code::AccountUnknown => "code-account-unknown",
        Code::AccountExists => "code-account-exists",
        Code::SignUpDisabled => "code-sign-up-disabled",
        Code::WayInDisabled => "code-way-in-disabled",
        Code::EmailRefused => "code-email-refused",
        Code::MailLimited => "code-mail-limited",
        Code::WeakPassword => "code-weak-password",
        Code::PasswordTooShort => "code-password-too-short",
        Code::PasswordTooSimple => "code-password-too-simple",
        Code::PasswordLeaked => "code-password-leaked",
        Code::SamePassword => "code-same-password",
        Code::CaptchaRequired => "code-captcha-required",
        Code::SignInCancelled => "code-sign-in-cancelled",
        Code::SignInExpired => "code-sign-in-expired",
        Code::KeyRefused => "code-key-refused",
        Code::NotSecure => "code-not-secure",
        Code::QuotaExceeded => "code-quota-exceeded",
        Code::PointsExceeded => "code-points-exceeded",
        Code::RateLimited => "code-rate-limited",
        Code::NotAllowed => "code-not-allowed",
        Code::Unreachable => "code-unreachable",
        Code::TimedOut => "code-timed-out",
        Code::ServerFailed => "code-server-failed",
        Code::UnexpectedAnswer => "code-unexpected-answer",
        Code::InvalidInput => "code-invalid-input",
        Code::ExecutionFailed => "code-execution-failed",
        Code::Interrupted => "code-interrupted",
        Code::Conflict => "code-conflict",
        Code::DuplicateRequest => "code-duplicate-request",
        Code::NotFound => "code-not-found",
        Code::KeychainAbsent => "code-keychain-absent",
        Code::KeychainLocked => "code-keychain-locked",
        Code::KeychainRefused => "code-keychain-refused",
        Code::KeychainTooLarge => "code-keychain-too-large",
        Code::InvalidSettings => "code-invalid-settings",
        Code::StoreFailed => "code-store-failed",
        Code::Internal => "code-internal",
    }
}
