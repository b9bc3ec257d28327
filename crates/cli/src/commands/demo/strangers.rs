//! Calls that are not Bkper's.

use bookhook::EventType;
use bookhook_sandbox::google::IdClaims;
use serde_json::json;

use super::claims::expect;
use super::stage::Stage;
use super::story::{Line, Step};

/// They are turned away at the door.
pub(super) async fn turned_away(stage: &Stage) -> anyhow::Result<Step> {
    let event = stage.forged_event(&EventType::TransactionChecked);
    let mut lines = Vec::new();
    for (with, token, status) in attacks(stage) {
        let reply = stage.call(&event, &token).await?;
        expect(with, &status, &reply.status)?;
        lines.push(Line::Called { with, reply });
    }
    let id = event["id"].as_str().unwrap_or_default();
    expect("deliveries of refused calls", &0, &stage.deliveries_of(id).await?.len())?;
    Ok(Step {
        title: "Strangers try",
        lines,
        because: "what is not proven to be Bkper's is turned away at the door, counted, and never journaled"
            .to_owned(),
    })
}

fn attacks(stage: &Stage) -> [(&'static str, String, u16); 4] {
    let claims = stage.good_claims();
    let elsewhere = IdClaims { aud: "https://other.example.com/".to_owned(), ..claims.clone() };
    let other = IdClaims { email: "someone@else.iam.gserviceaccount.com".to_owned(), ..claims.clone() };
    [
        ("a token signed with a stranger's key", stage.stranger.sign(&claims), 401),
        ("a token with `alg: none`", stage.signer.sign_with_header(&json!({"alg": "none"}), &claims), 401),
        ("Bkper's token for another URL", stage.signer.sign(&elsewhere), 401),
        ("Google's token for another account", stage.signer.sign(&other), 403),
    ]
}
