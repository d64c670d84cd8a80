//! The pieces that views are made of. A component gets everything by props and asks nobody.
//!
//! Not here: the store and the backend; so every piece renders on the host, for tests.

mod account_menu;
mod again_button;
mod answer;
mod avatar;
mod brand;
mod button;
mod check_mark;
mod choice;
mod code_block;
mod confirm;
mod conversation;
mod copy_button;
mod countdown;
mod empty_state;
mod error_notice;
mod flow;
mod flow_run;
mod history_chart;
mod history_table;
mod icon;
mod kept_head;
mod kept_line;
mod links;
mod long_text;
mod markdown;
mod model_field;
mod navigation;
mod notice;
mod progress_bar;
mod prompt_box;
mod prompt_chips;
mod prompt_panel;
mod put_aside;
mod quota_age;
mod quota_card;
mod quota_display;
mod quota_failure;
mod quota_forecast;
mod quota_news;
mod quota_numbers;
mod quota_row;
mod remedy;
mod resend;
mod run_error;
mod run_meta;
mod run_under_way;
mod run_view;
mod select;
mod setting;
mod sidebar;
mod spoken;
mod switch;
mod text_field;
mod usage_header;

pub use account_menu::{AccountMenu, AccountMenuProps, AccountWish};
pub use again_button::{AgainButton, AgainButtonProps};
pub use answer::{Answer, AnswerProps};
pub use avatar::{Avatar, AvatarProps};
pub use brand::{Brand, BrandMark};
pub use button::{Button, ButtonProps, Look};
pub use check_mark::{CheckMark, CheckMarkProps};
pub use choice::{Choice, ChoiceProps};
pub use code_block::{CodeBlock, CodeBlockProps};
pub use confirm::{Confirm, ConfirmProps};
pub use conversation::{Conversation, ConversationProps};
pub use copy_button::{CopyButton, CopyButtonProps};
pub use empty_state::{EmptyState, EmptyStateProps};
pub use error_notice::{ErrorNotice, ErrorNoticeProps};
pub use flow::{
    ChangePanel, ChangePanelProps, FlowCanvas, FlowCanvasProps, FlowFaults, FlowFaultsProps, FlowList,
    FlowListProps, FlowRepairs, FlowRepairsProps, FlowWish, Marks, NameField, NameFieldProps, NodeDetails,
    NodeDetailsProps, NodeState, NodeStatus, PlanProgress, PlanProgressProps, SentenceBox, SentenceBoxProps,
    charged_text,
};
pub use flow_run::{
    FlowForm, FlowFormProps, FlowLeft, FlowOutputs, FlowOutputsProps, FlowRunMeta, FlowRunMetaProps,
    FlowRunPanel, FlowRunPanelProps, FlowRunWish, FlowSteps, FlowStepsProps, Hindrances, HindrancesProps,
    statuses,
};
pub use history_chart::{HistoryChart, HistoryChartProps};
pub use history_table::{HistoryTable, HistoryTableProps};
pub use icon::{Glyph, Icon, IconProps};
pub use kept_head::{KeptHead, KeptHeadProps, KeptWish};
pub use kept_line::{KeptLine, KeptLineProps, kept_title};
pub use long_text::{LongText, LongTextProps};
pub use markdown::{Block, BlockProps, Blocks, Markdown, MarkdownProps, Piece, Pieces, PiecesProps};
pub use model_field::{ModelField, ModelFieldProps};
pub use navigation::{Navigation, NavigationProps};
pub use notice::{Notice, NoticeProps, Tone};
pub use progress_bar::{ProgressBar, ProgressBarProps};
pub use prompt_box::{JsonCheck, PromptBox, PromptBoxProps};
pub use prompt_chips::{Along, ChipWish, PromptChips, PromptChipsProps};
pub use prompt_panel::{Panel, PromptPanel, PromptPanelProps};
pub use put_aside::{PutAside, PutAsideProps};
pub use quota_age::{QuotaAge, QuotaAgeProps};
pub use quota_card::{QuotaCard, QuotaCardProps};
pub use quota_display::{Form, QuotaDisplay, QuotaDisplayProps};
pub use quota_failure::{QuotaFailure, QuotaFailureProps};
pub use quota_forecast::{QuotaForecast, QuotaForecastProps};
pub use quota_news::{QuotaNews, QuotaNewsProps};
pub use quota_row::{QuotaRow, QuotaRowProps};
pub use remedy::{RefusedBy, RefusedByProps, Remedy, RemedyButton, RemedyButtonProps};
pub use resend::{Resend, ResendProps};
pub use run_meta::{RunMeta, RunMetaProps, outcome_text};
pub use run_under_way::{RunUnderWay, RunUnderWayProps};
pub use run_view::{RunView, RunViewProps, RunWish};
pub use select::{Select, SelectProps};
pub use setting::{Setting, SettingGroup, SettingGroupProps, SettingProps};
pub use sidebar::{Sidebar, SidebarProps};
pub use spoken::{Spoken, SpokenProps};
pub use switch::{Switch, SwitchProps};
pub use text_field::{TextField, TextFieldProps};
pub use usage_header::{UsageHeader, UsageHeaderProps};
