//! When keys are read, how often, and what happens meanwhile.

use std::sync::Arc;

use bookhook_receiver::identity::{IdentityVerifier, KeyStore, Refusal};
use http::StatusCode;
use serde_json::json;

use crate::key_server::{KeyServer, SIX_HOURS, jwks};
use crate::support::{
    GOOGLE, OTHER, after, expectation, good_token, now, present, token_of, verifier, verifier_with,
};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// A token that nobody has seen, so that its key is needed, made and presented at that time.
async fn new_token(verifier: &IdentityVerifier, seconds: i64) -> Result<(), Refusal> {
    present(verifier, &token_of(&GOOGLE, after(seconds)), after(seconds)).await.map(drop)
}

async fn unknown_key(verifier: &IdentityVerifier, seconds: i64) -> Refusal {
    present(verifier, &token_of(&OTHER, after(seconds)), after(seconds)).await.unwrap_err()
}

#[tokio::test]
async fn keys_are_read_again_when_the_server_says_so() {
    for (cache_control, age, fresh_seconds) in [
        (Some(SIX_HOURS), None, 6 * HOUR),
        (Some(SIX_HOURS), Some(3600), 5 * HOUR),
        (Some("MAX-AGE=\"600\""), None, 10 * MINUTE),
        (Some("s-maxage=7, max-age=600"), None, 10 * MINUTE),
        (None, None, 5 * MINUTE),
        (Some("max-age=600, no-cache"), None, MINUTE),
        (Some("no-store"), None, MINUTE),
        (Some("max-age=-1"), None, 5 * MINUTE),
        (Some("max-age=99999999999999999999"), None, 5 * MINUTE),
        (Some("max-age=0"), None, MINUTE),
        (Some("max-age=600"), Some(999_999), MINUTE),
        (Some("max-age=999999999"), None, 24 * HOUR),
    ] {
        let server = KeyServer::start(&[&GOOGLE]).await;
        server.caching(cache_control, age);
        let verifier = verifier(&server);
        new_token(&verifier, 0).await.unwrap();

        new_token(&verifier, fresh_seconds - 1).await.unwrap();
        assert_eq!(server.requests(), 1, "{cache_control:?} is still fresh");
        new_token(&verifier, fresh_seconds).await.unwrap();
        assert_eq!(server.requests(), 2, "{cache_control:?} is over");
    }
}

#[tokio::test]
async fn a_new_key_is_found_when_it_is_first_used() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    new_token(&verifier, 0).await.unwrap();

    server.publish(&[&GOOGLE, &OTHER]);
    present(&verifier, &token_of(&OTHER, after(30)), after(30)).await.unwrap();

    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_key_that_was_taken_away_verifies_no_new_token() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    new_token(&verifier, 0).await.unwrap();

    server.publish(&[&OTHER]);
    let refusal = new_token(&verifier, 6 * HOUR).await.unwrap_err();

    assert_eq!(refusal, Refusal::UnknownKey);
}

#[tokio::test]
async fn unknown_keys_cause_a_read_only_once_in_a_while() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);

    for second in 0..90 {
        assert_eq!(unknown_key(&verifier, second).await, Refusal::UnknownKey);
    }

    assert_eq!(server.requests(), 3, "one in thirty seconds");
    assert_eq!(verifier.signature_checks(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_wait_cause_one_read() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    server.hold();
    let verifier = Arc::new(verifier(&server));
    let callers: Vec<_> = (0..100)
        .map(|second| {
            let verifier = Arc::clone(&verifier);
            tokio::spawn(async move { present(&verifier, &token_of(&GOOGLE, after(-second)), now()).await })
        })
        .collect();

    server.asked(1).await;
    server.release();

    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_stop_the_read() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    server.hold();
    let verifier = Arc::new(verifier(&server));
    let impatient = tokio::spawn({
        let verifier = Arc::clone(&verifier);
        async move { present(&verifier, &good_token(), now()).await }
    });
    server.asked(1).await;

    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    server.release();

    new_token(&verifier, 0).await.unwrap();
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn without_any_key_the_caller_is_asked_to_come_again() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    server.stop().await;

    let refusal = new_token(&verifier, 0).await.unwrap_err();

    assert_eq!(refusal, Refusal::KeysUnavailable);
    assert_eq!(refusal.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_failure_is_not_tried_again_at_once() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    server.fail_with(StatusCode::INTERNAL_SERVER_ERROR);
    let verifier = verifier(&server);

    for second in 0..30 {
        assert_eq!(new_token(&verifier, second).await, Err(Refusal::KeysUnavailable));
    }
    assert_eq!(server.requests(), 3, "one in ten seconds");

    server.fail_with(StatusCode::OK);
    new_token(&verifier, 30).await.unwrap();
}

#[tokio::test]
async fn a_failure_is_not_tried_again_by_those_who_waited_for_it() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    server.fail_with(StatusCode::INTERNAL_SERVER_ERROR);
    server.hold();
    let verifier = Arc::new(verifier(&server));
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let verifier = Arc::clone(&verifier);
            tokio::spawn(async move { new_token(&verifier, 0).await })
        })
        .collect();

    server.asked(1).await;
    server.release();

    for caller in callers {
        assert_eq!(caller.await.unwrap(), Err(Refusal::KeysUnavailable));
    }
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn known_keys_serve_for_another_day_while_the_server_is_down() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    new_token(&verifier, 0).await.unwrap();
    server.stop().await;

    new_token(&verifier, 6 * HOUR).await.unwrap();
    new_token(&verifier, 30 * HOUR - 1).await.unwrap();

    assert_eq!(new_token(&verifier, 30 * HOUR).await, Err(Refusal::KeysUnavailable));
}

#[tokio::test]
async fn an_unknown_key_may_be_a_new_one_while_the_server_is_down() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    new_token(&verifier, 0).await.unwrap();
    server.stop().await;

    assert_eq!(unknown_key(&verifier, MINUTE).await, Refusal::KeysUnavailable);
    new_token(&verifier, MINUTE).await.unwrap();
}

#[tokio::test]
async fn one_caller_waits_for_a_slow_server_and_the_others_use_the_keys_they_have() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = Arc::new(verifier(&server));
    new_token(&verifier, 0).await.unwrap();
    server.hold();

    let waiting = tokio::spawn({
        let verifier = Arc::clone(&verifier);
        async move { new_token(&verifier, 6 * HOUR).await }
    });
    server.asked(2).await;
    new_token(&verifier, 6 * HOUR + 1).await.unwrap();
    assert!(!waiting.is_finished());

    server.release();
    waiting.await.unwrap().unwrap();
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    server.hold();
    assert_eq!(new_token(&verifier(&server), 0).await, Err(Refusal::KeysUnavailable));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = KeyServer::start(&[&GOOGLE]).await;
    let server = KeyServer::start(&[&GOOGLE]).await;
    server.redirect_to(&elsewhere.url());

    assert_eq!(new_token(&verifier(&server), 0).await, Err(Refusal::KeysUnavailable));
    assert_eq!(elsewhere.requests(), 0);
}

#[tokio::test]
async fn an_answer_that_is_no_key_set_changes_nothing() {
    let short = json!({"keys": [{"kty": "RSA", "kid": "x", "n": "!", "e": "AQAB"}]}).to_string();
    let mut endless = jwks(&[&GOOGLE]).to_string().into_bytes();
    endless.resize(300 * 1024, b' ');
    for body in [&b""[..], b"<html>", b"[]", b"{}", br#"{"keys": []}"#, short.as_bytes(), &endless] {
        let server = KeyServer::start(&[&GOOGLE]).await;
        let verifier = verifier(&server);
        new_token(&verifier, 0).await.unwrap();

        server.serve(body);

        new_token(&verifier, 6 * HOUR).await.unwrap();
        assert_eq!(server.requests(), 2);
        assert_eq!(unknown_key(&verifier, 6 * HOUR).await, Refusal::KeysUnavailable);
    }
}

#[tokio::test]
async fn keys_for_other_purposes_verify_nothing() {
    for changes in [
        json!({"use": "enc"}),
        json!({"alg": "RS512"}),
        json!({"alg": "HS256"}),
        json!({"kty": "oct", "k": "c2VjcmV0"}),
    ] {
        let server = KeyServer::start(&[]).await;
        let mut set = jwks(&[&GOOGLE, &OTHER]);
        set["keys"][0].as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        server.serve(set.to_string());
        let verifier = verifier(&server);

        assert_eq!(new_token(&verifier, 0).await, Err(Refusal::UnknownKey), "{changes}");
        present(&verifier, &token_of(&OTHER, now()), now()).await.unwrap();
    }
}

#[tokio::test]
async fn strange_keys_beside_ours_do_no_harm() {
    let server = KeyServer::start(&[]).await;
    let mut set = jwks(&[&GOOGLE]);
    let strange =
        [json!(null), json!({}), json!({"kty": "EC", "kid": "e", "crv": "P-256"}), json!({"kty": 7})];
    set["keys"].as_array_mut().unwrap().extend(strange);
    server.serve(set.to_string());

    new_token(&verifier(&server), 0).await.unwrap();
}

#[tokio::test]
async fn hooks_can_share_their_keys() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let keys = KeyStore::new(server.url().parse().unwrap());
    for _ in 0..3 {
        new_token(&IdentityVerifier::new(expectation(), keys.clone()), 0).await.unwrap();
    }
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_key_file_is_read_again_for_an_unknown_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let verifier = verifier_with(expectation(), &format!("file:{}", path.display()));
    assert_eq!(new_token(&verifier, 0).await, Err(Refusal::KeysUnavailable), "there is no file");

    std::fs::write(&path, jwks(&[&GOOGLE]).to_string()).unwrap();
    assert_eq!(new_token(&verifier, 9).await, Err(Refusal::KeysUnavailable), "it is too soon");
    new_token(&verifier, 10).await.unwrap();

    std::fs::write(&path, jwks(&[&GOOGLE, &OTHER]).to_string()).unwrap();
    assert_eq!(unknown_key(&verifier, 39).await, Refusal::UnknownKey, "it is too soon");
    present(&verifier, &token_of(&OTHER, after(40)), after(40)).await.unwrap();
}

#[tokio::test]
async fn a_clock_set_back_does_not_stop_keys_from_being_read() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    new_token(&verifier, 0).await.unwrap();

    server.publish(&[&GOOGLE, &OTHER]);
    present(&verifier, &token_of(&OTHER, after(-24 * HOUR)), after(-24 * HOUR)).await.unwrap();
}
