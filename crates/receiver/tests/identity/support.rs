//! The cast: two signers, a hook that expects Bkper, and the words to tell stories with.

use std::sync::LazyLock;

use bookhook_receiver::identity::{
    Expectation, GOOGLE_ISSUER, Identity, IdentityVerifier, KeySource, KeyStore, Refusal,
};
use bookhook_sandbox::google::{BKPER_SERVICE_ACCOUNT, IdClaims, Signer};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::key_server::KeyServer;

pub(crate) const AUDIENCE: &str = "https://hooks.example.com/hooks/tax-bot";

/// Whose key the server publishes.
pub(crate) static GOOGLE: LazyLock<Signer> = LazyLock::new(|| Signer::generate().unwrap());
/// Another signer: an attacker, or the key that Google will have next.
pub(crate) static OTHER: LazyLock<Signer> = LazyLock::new(|| Signer::generate().unwrap());

/// When every story begins.
pub(crate) fn now() -> Timestamp {
    "2026-11-21T22:00:00Z".parse().unwrap()
}

pub(crate) fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

pub(crate) fn expectation() -> Expectation {
    Expectation {
        issuer: GOOGLE_ISSUER.to_owned(),
        audiences: vec![AUDIENCE.to_owned()],
        service_account: BKPER_SERVICE_ACCOUNT.to_owned(),
    }
}

pub(crate) fn verifier_with(expectation: Expectation, jwks_url: &str) -> IdentityVerifier {
    let source: KeySource = jwks_url.parse().unwrap();
    IdentityVerifier::new(expectation, KeyStore::new(source))
}

pub(crate) fn verifier(server: &KeyServer) -> IdentityVerifier {
    verifier_with(expectation(), &server.url())
}

pub(crate) fn claims() -> IdClaims {
    IdClaims::bkper(AUDIENCE, now())
}

/// The usual claims as JSON, with some of them replaced; null takes one away.
pub(crate) fn claims_with(changes: &Value) -> Value {
    let mut claims = serde_json::to_value(claims()).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

/// A token that is good for an hour from then.
pub(crate) fn token_of(signer: &Signer, made_at: Timestamp) -> String {
    signer.id_token(AUDIENCE, made_at)
}

pub(crate) fn good_token() -> String {
    token_of(&GOOGLE, now())
}

pub(crate) async fn present(
    verifier: &IdentityVerifier,
    token: &str,
    at: Timestamp,
) -> Result<Identity, Refusal> {
    verifier.verify(Some(format!("Bearer {token}").as_bytes()), at).await
}

/// What becomes of a token, shown to a new verifier at the time of the stories.
pub(crate) async fn judge(token: &str) -> Result<Identity, Refusal> {
    let server = KeyServer::start(&[&GOOGLE]).await;
    present(&verifier(&server), token, now()).await
}

/// The reason for which a token is turned away.
pub(crate) async fn reason(token: &str) -> &'static str {
    judge(token).await.unwrap_err().reason()
}
