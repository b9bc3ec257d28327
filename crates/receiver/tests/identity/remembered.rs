//! A token is verified once.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bookhook_receiver::identity::Refusal;
use serde_json::json;

use crate::key_server::KeyServer;
use crate::support::{GOOGLE, OTHER, after, claims_with, good_token, now, present, token_of, verifier};

#[tokio::test]
async fn the_same_token_costs_one_signature_check() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    let token = good_token();

    for second in 0..100 {
        present(&verifier, &token, after(second)).await.unwrap();
    }
    assert_eq!(verifier.signature_checks(), 1);

    present(&verifier, &token_of(&GOOGLE, after(100)), after(100)).await.unwrap();
    assert_eq!(verifier.signature_checks(), 2);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_remembered_token_is_answered_without_waiting() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    let header = format!("Bearer {}", good_token());
    let known = verifier.verify(Some(header.as_bytes()), now()).await.unwrap();

    let again = pin!(verifier.verify(Some(header.as_bytes()), now()));

    assert_eq!(again.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(known)));
}

#[tokio::test]
async fn a_remembered_token_expires_all_the_same() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    let token = good_token();
    present(&verifier, &token, now()).await.unwrap();

    assert_eq!(present(&verifier, &token, after(3630)).await, Err(Refusal::Expired));
    assert_eq!(present(&verifier, &token, after(9999)).await, Err(Refusal::Expired));
    assert_eq!(verifier.signature_checks(), 1, "that it expired is known without a check");
}

#[tokio::test]
async fn a_remembered_token_outlives_its_key() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    let token = good_token();
    present(&verifier, &token, now()).await.unwrap();

    server.publish(&[&OTHER]);
    present(&verifier, &token_of(&OTHER, after(60)), after(60)).await.unwrap();

    present(&verifier, &token, after(60)).await.unwrap();
}

#[tokio::test]
async fn a_refused_token_is_not_remembered() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    let token = GOOGLE.sign(&claims_with(&json!({"email": "mallory@example.com"})));
    for check in 1..=3 {
        let refusal = present(&verifier, &token, now()).await.unwrap_err();
        assert_eq!(refusal.reason(), "wrong_account");
        assert_eq!(verifier.signature_checks(), check);
    }
}

#[tokio::test]
async fn only_so_many_tokens_are_remembered_and_the_oldest_is_forgotten() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    let tokens: Vec<String> = (0..1025).map(|second| token_of(&GOOGLE, after(second))).collect();
    for token in &tokens {
        present(&verifier, token, after(1025)).await.unwrap();
    }
    assert_eq!(verifier.signature_checks(), 1025);

    present(&verifier, &tokens[1], after(1025)).await.unwrap();
    assert_eq!(verifier.signature_checks(), 1025, "the second oldest is still known");
    present(&verifier, &tokens[0], after(1025)).await.unwrap();
    assert_eq!(verifier.signature_checks(), 1026, "the oldest made room");
}
