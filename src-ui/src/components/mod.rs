//! The pieces that views are made of. A component gets everything by props and asks nobody.
//!
//! Not here: the store and the backend; so every piece renders on the host, for tests.

mod account_foot;
mod answer;
mod brand;
mod button;
mod conversation;
mod empty_state;
mod error_notice;
mod icon;
mod markdown;
mod model_field;
mod navigation;
mod notice;
mod progress_bar;
mod prompt_box;
mod quota_age;
mod quota_card;
mod quota_display;
mod quota_row;
mod run_meta;
mod run_view;
mod sidebar;
mod text_field;
mod usage_header;

pub use account_foot::{AccountFoot, AccountFootProps};
pub use answer::{Answer, AnswerProps};
pub use brand::{Brand, BrandMark};
pub use button::{Button, ButtonProps, Look};
pub use conversation::{Conversation, ConversationProps};
pub use empty_state::{EmptyState, EmptyStateProps};
pub use error_notice::{ErrorNotice, ErrorNoticeProps};
pub use icon::{Glyph, Icon, IconProps};
pub use markdown::{Markdown, MarkdownProps};
pub use model_field::{ModelField, ModelFieldProps};
pub use navigation::{Navigation, NavigationProps};
pub use notice::{Notice, NoticeProps, Tone};
pub use progress_bar::{ProgressBar, ProgressBarProps};
pub use prompt_box::{PromptBox, PromptBoxProps};
pub use quota_age::{QuotaAge, QuotaAgeProps};
pub use quota_card::{QuotaCard, QuotaCardProps};
pub use quota_display::{Form, QuotaDisplay, QuotaDisplayProps};
pub use quota_row::{QuotaRow, QuotaRowProps};
pub use run_meta::{RunMeta, RunMetaProps};
pub use run_view::{RunView, RunViewProps};
pub use sidebar::{Sidebar, SidebarProps};
pub use text_field::{TextField, TextFieldProps};
pub use usage_header::{UsageHeader, UsageHeaderProps};
