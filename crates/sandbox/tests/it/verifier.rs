//! Google's own verifier, from its library for Node, judges the sandbox's tokens. `cargo xtask test` installs it.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::process::Output;

use bookhook_sandbox::google::{IdClaims, JWKS_PATH, Signer, key_server};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::node;

const AUDIENCE: &str = "https://hooks.example.com/hooks/tax-bot";

/// Publishes the key of one signer, and lets the verifier judge a token.
async fn judged(published: &Signer, token: &str, audience: &str) -> Output {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{JWKS_PATH}", listener.local_addr().unwrap());
    let server = tokio::spawn(axum::serve(listener, key_server(published)).into_future());
    let output = node::script("verify.js").args([&url, token, audience]).output().await.unwrap();
    server.abort();
    output
}

#[tokio::test]
async fn googles_verifier_accepts_a_token() {
    let signer = Signer::generate().unwrap();
    let output = judged(&signer, &signer.id_token(AUDIENCE, Timestamp::now()), AUDIENCE).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let payload: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(payload["email"], "bkper-hrd@appspot.gserviceaccount.com");
    assert_eq!(payload["email_verified"], true);
}

#[tokio::test]
async fn googles_verifier_refuses_what_is_not_right() {
    let (signer, stranger) = (Signer::generate().unwrap(), Signer::generate().unwrap());
    let now = Timestamp::now();
    let expired = IdClaims::bkper(AUDIENCE, now - SignedDuration::from_hours(3));
    for (token, audience, complaint) in [
        (signer.id_token(AUDIENCE, now), "https://other.example.com/", "Wrong recipient"),
        (signer.sign(&expired), AUDIENCE, "Token used too late"),
        (stranger.id_token(AUDIENCE, now), AUDIENCE, "No pem found"),
    ] {
        let output = judged(&signer, &token, audience).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(complaint), "{complaint}: {said}");
    }
}
