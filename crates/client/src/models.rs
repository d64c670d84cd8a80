//! The models that a project lists, for whoever chooses one.

use flowmeter_domain::UiError;
use flowmeter_domain::ipc::Model;
use flowmeter_supabase::Caller;

use crate::desks::Desk;
use crate::session::FOR_A_REQUEST;

impl Desk {
    pub(crate) async fn models(&self) -> Result<Vec<Model>, UiError> {
        let credentials = self.session.credentials(FOR_A_REQUEST).await?;
        Ok(self.supabase.llm_models(Caller::User(&credentials.access_token)).await?)
    }
}
