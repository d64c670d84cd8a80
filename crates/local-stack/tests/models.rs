//! The list of models, read as the app reads it: by the signed-in person, from the project's own table.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use flowmeter_supabase::{Caller, Project, Supabase};
use support::{Api, Person};

#[tokio::test]
async fn whoever_is_signed_in_sees_the_models_of_the_scripted_provider_and_nobody_else_does() {
    let api = Api::new();
    let person = Person::new(&api).await;
    let project = Project::new(&api.state.supabase_url, &api.state.anon_key).unwrap();
    let supabase = Supabase::new(project);
    let session = supabase.sign_in(&person.email, &person.password.clone().into()).await.unwrap();

    let models = supabase.llm_models(Caller::User(&session.access_token)).await.unwrap();

    let names: Vec<_> = models.iter().map(|model| model.name.as_str()).collect();
    assert_eq!(names, ["demo", "demo-slow", "demo-fail-midway", "demo-429"]);
    assert_eq!(models[1].label.as_deref(), Some("Demo, slow"));
    assert!(supabase.llm_models(Caller::Anonymous).await.is_err());
}
