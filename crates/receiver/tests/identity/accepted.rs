//! Who is let in.

use bookhook_receiver::identity::Expectation;
use serde_json::json;

use crate::key_server::{KeyServer, jwks};
use crate::support::{
    AUDIENCE, GOOGLE, after, claims_with, expectation, good_token, judge, now, present, verifier,
    verifier_with,
};

#[tokio::test]
async fn bkper_is_who_it_says() {
    let identity = judge(&good_token()).await.unwrap();

    assert_eq!(identity.email(), "bkper-hrd@appspot.gserviceaccount.com");
    assert_eq!(identity.audience(), AUDIENCE);
    assert_eq!(identity.expires_at(), after(3600));
}

#[tokio::test]
async fn the_scheme_is_written_in_any_case() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer "] {
        let header = format!("{scheme} {}", good_token());
        verifier.verify(Some(header.as_bytes()), now()).await.unwrap();
    }
}

#[tokio::test]
async fn the_issuer_may_come_without_its_scheme() {
    for issuer in ["https://accounts.google.com", "accounts.google.com"] {
        judge(&GOOGLE.sign(&claims_with(&json!({"iss": issuer})))).await.unwrap();
    }
}

#[tokio::test]
async fn a_configured_issuer_replaces_googles() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let expectation = Expectation { issuer: "https://id.example.com".to_owned(), ..expectation() };
    let verifier = verifier_with(expectation, &server.url());

    for issuer in ["https://id.example.com", "id.example.com"] {
        let token = GOOGLE.sign(&claims_with(&json!({"iss": issuer})));
        present(&verifier, &token, now()).await.unwrap();
    }
    let refusal = present(&verifier, &good_token(), now()).await.unwrap_err();
    assert_eq!(refusal.reason(), "wrong_issuer");
}

#[tokio::test]
async fn any_of_the_expected_audiences_will_do() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let audiences = vec!["https://old.example.com/hooks/tax-bot".to_owned(), AUDIENCE.to_owned()];
    let verifier =
        verifier_with(Expectation { audiences: audiences.clone(), ..expectation() }, &server.url());

    for audience in &audiences {
        let identity = present(&verifier, &GOOGLE.id_token(audience, now()), now()).await.unwrap();
        assert_eq!(identity.audience(), audience);
    }
}

#[tokio::test]
async fn email_verified_may_be_quoted() {
    judge(&GOOGLE.sign(&claims_with(&json!({"email_verified": "true"})))).await.unwrap();
}

#[tokio::test]
async fn clocks_may_differ_by_half_a_minute() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    for at in [after(-30), after(3600 + 29)] {
        present(&verifier(&server), &good_token(), at).await.unwrap();
    }
}

#[tokio::test]
async fn a_key_file_is_trusted_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    std::fs::write(&path, jwks(&[&GOOGLE]).to_string()).unwrap();

    let verifier = verifier_with(expectation(), &format!("file:{}", path.display()));

    present(&verifier, &good_token(), now()).await.unwrap();
}
