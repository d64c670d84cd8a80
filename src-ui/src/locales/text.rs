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
    HistoryTitle => "history-title",
    HistoryRange => "history-range",
    HistoryDays => "history-days",
    HistoryForm => "history-form",
    HistoryCharts => "history-charts",
    HistoryTable => "history-table",
    HistoryInDays => "history-in-days",
    HistorySummary => "history-summary",
    HistorySummaryNone => "history-summary-none",
    HistoryDay => "history-day",
    HistoryDaySpread => "history-day-spread",
    HistoryToday => "history-today",
    HistoryCaption => "history-caption",
    HistoryDate => "history-date",
    HistoryTotal => "history-total",
    HistoryUnknown => "history-unknown",
    HistoryGaps => "history-gaps",
    HistoryFailed => "history-failed",
    HistoryLoading => "history-loading",
    HistoryEmptyTitle => "history-empty-title",
    HistoryEmptyBody => "history-empty-body",
    ExportTitle => "export-title",
    ExportCsv => "export-csv",
    ExportJson => "export-json",
    ExportDone => "export-done",
    ExportOpen => "export-open",
    LanguageName => "language-name",
    SettingsTitle => "settings-title",
    SettingsLooks => "settings-looks",
    SettingsLanguage => "settings-language",
    SettingsAsSystem => "settings-as-system",
    SettingsTheme => "settings-theme",
    ThemeLight => "theme-light",
    ThemeDark => "theme-dark",
    SettingsFigures => "settings-figures",
    SettingsFiguresHint => "settings-figures-hint",
    FiguresUsed => "figures-used",
    FiguresLeft => "figures-left",
    SettingsRunning => "settings-running",
    SettingsLogin => "settings-login",
    SettingsTray => "settings-tray",
    SettingsTrayHint => "settings-tray-hint",
    SettingsNoTray => "settings-no-tray",
    SettingsPace => "settings-pace",
    SettingsPaceHint => "settings-pace-hint",
    PaceAdaptive => "pace-adaptive",
    PaceEvery => "pace-every",
    SettingsTold => "settings-told",
    ToldEnabled => "told-enabled",
    ToldEnabledHint => "told-enabled-hint",
    ToldDenied => "told-denied",
    ToldAbsent => "told-absent",
    ToldWarn => "told-warn",
    ToldUrgent => "told-urgent",
    ToldShare => "told-share",
    ToldUsedUp => "told-used-up",
    ToldReplenished => "told-replenished",
    SettingsAccount => "settings-account",
    SettingsProject => "settings-project",
    SettingsAccountShown => "settings-account-shown",
    SettingsAccountMore => "settings-account-more",
    SettingsAccountMoreHint => "settings-account-more-hint",
    SettingsData => "settings-data",
    SettingsFolder => "settings-folder",
    SettingsFolderOpen => "settings-folder-open",
    SettingsVersion => "settings-version",
    ClearTitle => "clear-title",
    ClearHint => "clear-hint",
    ClearButton => "clear-button",
    ClearAsk => "clear-ask",
    ClearAskHint => "clear-ask-hint",
    ClearKeep => "clear-keep",
    ClearYes => "clear-yes",
    ClearDone => "clear-done",
    ClearDoneHint => "clear-done-hint",
    ClearUndo => "clear-undo",
    PutAsideTitle => "put-aside-title",
    PutAsideBody => "put-aside-body",
    QuotaFew => "quota-few",
    QuotaUsed => "quota-used",
    QuotaOfLeft => "quota-of-left",
    QuotaChanged => "quota-changed",
    ForecastThin => "forecast-thin",
    ForecastThinTitle => "forecast-thin-title",
    ForecastQuiet => "forecast-quiet",
    ForecastToday => "forecast-today",
    ForecastLasts => "forecast-lasts",
    ForecastRange => "forecast-range",
    ForecastRangeOpen => "forecast-range-open",
    ForecastPlenty => "forecast-plenty",
    WorksOffline => "works-offline",
    WorksServer => "works-server",
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
