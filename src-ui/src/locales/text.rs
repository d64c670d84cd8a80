//! Which message tells what: one variant for each text, and one id for each code, kind and level.
//!
//! The names are here and nowhere else, so that a text that is missing from a locale file is found by
//! one test over all of them. Not here: the words, which live in the `.ftl` files.

use flowmeter_domain::flow::NodeKind;
use flowmeter_domain::{Code, Kind, Level};

use super::kebab::kebab;

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
    ($($variant:ident,)*) => {
        /// A text that belongs to no code, kind or level.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the English file says what each one is")]
        pub enum Text { $($variant,)* }

        impl Text {
            /// Every text.
            pub const ALL: &[Text] = &[$(Text::$variant,)*];

            /// The id of its message: its name with small letters and hyphens.
            pub fn id(self) -> &'static str {
                match self { $(Text::$variant => kebab!(stringify!($variant)),)* }
            }
        }
    };
}

texts! {
    // Everywhere.
    AppName, TryAgain, TryAgainIn, Copy, Copied, CopyRefused, Dismiss,
    Details,
    // The way in.
    SignInTitle, SignInProject, SignInEmail, SignInPassword, SignInSubmit, SignInBusy, SignInDemoTitle,
    SignInDemoBody, SignInPrivacy, SignOut, Cancel, DoorWays, DoorCodeTab, DoorOr, DoorWith, DoorForgot,
    DoorBack, DoorNewHere, DoorHaveAccount, DoorSignUpTitle, DoorSignUpSubmit, DoorSignUpBusy,
    DoorResetTitle, DoorResetHint, DoorResetSubmit, DoorNewPassword, DoorAgainTitle, DoorAddTitle,
    DoorLater, DoorOtherProject, DoorCodeHint, DoorCodeSend, DoorCodeSending, DoorCodeSent, DoorCode,
    DoorCodeSubmit, DoorResend, DoorResendIn, DoorOtherAddress, DoorBrowserTitle, DoorBrowserBody,
    DoorBrowserCode, DoorFarewellTitle, DoorFarewellBody, DoorNoWays, DoorNoWaysNext, DoorOthers,
    DoorWelcomeTitle, DoorWelcomeBody, AccountMenu, AccountAdd, AccountEnded, AccountRemove,
    AccountRemoveTitle, AccountRemoveBody, AccountRemoveSubmit, ConnectTitle, ConnectBody, ConnectUrl,
    ConnectUrlHint, ConnectUrlForeign, ConnectKey, ConnectKeyHint, ConnectKeyForeign, ConnectEdge,
    ConnectEdgeHint, ConnectEdgeForeign, ConnectSubmit, ConnectBusy, ConnectNote, ConnectChecking,
    ConnectGood, ConnectWrong,
    // Quotas and their ages.
    NotKeptTitle, NotKeptBody, UsageTitle, UsageRefresh, UsageRefreshing, UsageUpdated, UsageNever,
    UsageOutdated, UsageLoading, UsageKept, UsageFailed, UsageEmptyTitle, UsageEmptyBody,
    AgeNow, AgeMinutes, AgeHours, AgeDays, QuotaLeft, QuotaOver, QuotaOf, QuotaFew, QuotaUsed, QuotaOfLeft,
    QuotaChanged,
    // Flows.
    FlowRunTitle, FlowRunStart, FlowRunAgain, FlowRunText, FlowRunPlaceholder, FlowRunRequired,
    FlowRunChoose, FlowRunFiles, FlowRunCost, FlowRunShort, FlowRunNoAppUse, FlowRunForget,
    FlowRunForgotten, FlowRunEmpty, FlowRunAwaited, FlowRunHindered, FlowRunHinderedNext,
    HindranceNotRunHere, HindranceFileNeeded, HindranceNotBefore, HindranceModeUnknown,
    HindranceConditionUnread, FlowRunFailedAt, FlowRunSteps, FlowRunChargedApp, FlowRunChargedLlm,
    FlowRunUnsureApp, FlowRunUnsureLlm, NodeWentTrue, NodeWentFalse, NodeStopped, NodeStoppedBecause,
    FlowsTitle, FlowsBack, FlowsLoading, FlowsEmptyTitle, FlowsEmptyBody,
    FlowExampleSupport, FlowExampleTranslate, FlowExampleDigest, FlowUntitled, FlowName, FlowNameTake,
    FlowRename, FlowRenameNamed, FlowDuplicateNamed, FlowSaveNamed, FlowDeleteNamed, FlowCopyName,
    FlowFacts, FlowDeleted, FlowDeletedNext, FlowTools, FlowUndo, FlowRedo, FlowArrange, FlowSave,
    FlowForm, FlowShowPicture, FlowShowJson, FlowPicture, FlowZoom, FlowLarger, FlowSmaller, FlowFit,
    FlowTrue, FlowFalse, FlowNodeSpoken, FlowNodeWays, FlowNodeWaiting, FlowNodeRunning, FlowNodeDone,
    FlowNodeFailed, FlowNodeSkipped, FlowFaulty, FlowAdded, FlowChanged, FlowRemoved, FlowDetails,
    FlowNoSettings, FlowComesFrom, FlowLeadsTo, FlowFaultsTitle, FlowRepairsTitle, FlowRepairsWhich,
    FaultDoubleNode, FaultDoubleEdge, FaultDangling, FaultCircle, FaultNoOutput, FaultHandle,
    FaultNoHandle, FaultVariable, FaultField, RepairDangling, RepairEdgeId, RepairEdgeIdDouble,
    RepairPlaced, FlowCount, FlowCost, FlowCostUnknown, FlowExhausted, FlowRefused, FlowCharged,
    FlowNotCharged, FlowChargeUnknown, PlanLabel, PlanPlaceholder, PlanSend, PlanTitle, PlanSent,
    PlanThinking, PlanWriting, PlanRetrying, PlanFallback, PlanChecked, PlanMended, PlanEdit, PlanNothing,
    PlanNothingNext, PlanCancelled, PlanMade, PlanMadeHere, PlanMadeLeft, FlowOpen, ChangeTitle, ChangeLabel, ChangePlaceholder, ChangeSend, ChangeAsking,
    ChangeTake, ChangeDrop, ChangeBefore, ChangeAfter, ChangeNotUnderstood, ChangeNotUnderstoodNext,
    ChangeMissing, ChangeMissingNext, ChangeNone, ChangeNoneNext, ChangeCancelled, ChangeNothingChanged,
    ChangeBroken, ChangeWhole, ImportOpen, ImportTitle, ImportBody, ImportPick, ImportPaste, ImportTake,
    ImportRefused, ImportRefusedNext, ImportUnread, FieldType, FieldModel, FieldSystem, FieldPrompt, FieldTemperature, FieldInputs,
    FieldInput, FieldGreeting, FieldForm, FieldText, FieldQuery, FieldFiles, FieldMode, FieldTemplate,
    FieldSources, FieldCondition, FieldTool, FieldArguments, FieldSize,
    // The places.
    NavLabel, NavHome, NavRuns, NavHistory, NavSettings, NavFlows,
    // The history.
    HistoryTitle, HistoryRange, HistoryDays, HistoryForm, HistoryCharts, HistoryTable, HistoryInDays,
    HistorySummary, HistorySummaryNone, HistoryDay, HistoryDaySpread, HistoryToday, HistoryCaption,
    HistoryDate, HistoryTotal, HistoryUnknown, HistoryGaps, HistoryFailed, HistoryLoading,
    HistoryEmptyTitle, HistoryEmptyBody, ExportTitle, ExportCsv, ExportJson, ExportDone, ExportOpen,
    ForecastThin, ForecastThinTitle, ForecastYoung, ForecastQuiet, ForecastToday, ForecastLasts,
    ForecastRange, ForecastRangeOpen, ForecastPlenty,
    // Settings.
    LanguageName, SettingsTitle, SettingsLooks, SettingsLanguage, SettingsAsSystem, SettingsTheme,
    ThemeLight, ThemeDark, SettingsFigures, SettingsFiguresHint, FiguresUsed, FiguresLeft,
    SettingsRunning, SettingsLogin, SettingsTray, SettingsTrayHint, SettingsNoTray, SettingsPace,
    SettingsPaceHint, SettingsSilence, SettingsSilenceHint, SettingsSeconds,
    PaceAdaptive, PaceEvery, SettingsTold, ToldEnabled, ToldEnabledHint, ToldDenied, ToldAbsent, ToldWarn,
    ToldUrgent, ToldShare, ToldUsedUp, ToldReplenished, SettingsAccount, SettingsProject,
    SettingsAccountShown, SettingsAccountShow, SettingsAccountRemove, SettingsAccountMore,
    SettingsAccountMoreHint, SettingsData, SettingsFolder, SettingsFolderOpen, SettingsVersion,
    ClearTitle, ClearHint, ClearButton, ClearAsk, ClearAskHint, ClearKeep, ClearYes, ClearDone,
    ClearDoneHint, ClearUndo,
    // What went wrong, and what still works.
    PutAsideTitle, PutAsideBody, WorksOffline, WorksServer,
    // A prompt and its run.
    PromptLabel, PromptPlaceholder, PromptModel, PromptRun, PromptCost, PromptCostUnknown, PromptExhausted,
    PromptFull, RunsTitle, RunsEmptyTitle, RunsEmptyBody, ExampleLocking, ExampleNames, ExampleRetry,
    RunYou, RunThinking, RunReasoning, RunWaiting, RunRunning, RunStop, RunStopping, RunCompleted,
    RunCancelled, RunIncomplete, RunFailed, RunCharged, RunNotCharged, RunChargeUnknown, RunRefused,
    RunEdit, RunServerSays, RunAgainCosts, RunCheckAgain, RunAnnounce,
    AnswerCode, PromptModels, PromptModelsRecent, PromptModelsProject, PromptModelsKnown,
    PromptModelPoints, PromptSystem, PromptSystemHint, PromptOptions, PromptTemperature,
    PromptTemperatureHint, PromptInput, PromptInputText, PromptInputJson, PromptAnswer, PromptAnswerStream,
    PromptAnswerWhole, PromptHistory, PromptHistoryCut, PromptHistoryOff, PromptHistoryTitle, PromptNew,
    PromptAside, PromptAsideBack, PromptJsonEarly, PromptJsonFault, PromptNoModel, RunThought, RunAnswer, RunSystem,
    RunFirst, RunSpeed, RunSpeedEstimate, RunLength,
    // Kept runs.
    KeptTitle, KeptSearch, KeptSearchHint, KeptList, KeptMore, KeptLoading, KeptFailed, KeptEmptyTitle,
    KeptEmptyBody, KeptEmptyGo, KeptNoneTitle, KeptNoneBody, KeptPick, KeptBack, KeptCount, KeptGoOn,
    KeptName, KeptRename, KeptRenameSave, KeptSave, KeptDelete, KeptDeleted, KeptUndo, KeptUntitled,
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
    /// The message of a kind of node: what it does, in a word.
    node_kind_id for NodeKind, all in NODE_KINDS {
        NodeKind::Input => "node-input",
        NodeKind::Llm => "node-llm",
        NodeKind::Rag => "node-rag",
        NodeKind::Output => "node-output",
        NodeKind::Branch => "node-branch",
        NodeKind::Tool => "node-tool",
        NodeKind::ImageGen => "node-imagegen",
    }
}

/// What people call a setting of a node, by the name of its field.
pub fn field_text(name: &str) -> Option<Text> {
    Some(match name {
        "type" => Text::FieldType,
        "model" => Text::FieldModel,
        "systemPrompt" => Text::FieldSystem,
        "prompt" => Text::FieldPrompt,
        "temperature" => Text::FieldTemperature,
        "inputMappings" | "inputs" => Text::FieldInputs,
        "inputMappings.user_input" => Text::FieldInput,
        "greeting" => Text::FieldGreeting,
        "formFields" => Text::FieldForm,
        "text" => Text::FieldText,
        "label" => Text::FlowName,
        "query" | "inputMappings.query" => Text::FieldQuery,
        "files" => Text::FieldFiles,
        "mode" | "inputMappings.mode" => Text::FieldMode,
        "template" | "inputMappings.template" => Text::FieldTemplate,
        "sources" | "inputMappings.sources" => Text::FieldSources,
        "condition" => Text::FieldCondition,
        "tool" | "toolType" => Text::FieldTool,
        "arguments" => Text::FieldArguments,
        "imageSize" => Text::FieldSize,
        _ => return None,
    })
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
        Code::TooManyRuns => "code-too-many-runs",
        Code::NotAllowed => "code-not-allowed",
        Code::Unreachable => "code-unreachable",
        Code::TimedOut => "code-timed-out",
        Code::ServerFailed => "code-server-failed",
        Code::UnexpectedAnswer => "code-unexpected-answer",
        Code::AddressInvalid => "code-address-invalid",
        Code::AddressInsecure => "code-address-insecure",
        Code::BrowserFailed => "code-browser-failed",
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
        Code::StoreNewer => "code-store-newer",
        Code::Internal => "code-internal",
    }
}
