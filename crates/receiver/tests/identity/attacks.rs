//! Who is turned away, and for what reason.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bookhook_receiver::identity::Refusal;
use http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::key_server::KeyServer;
use crate::support::{
    AUDIENCE, GOOGLE, OTHER, after, claims, claims_with, good_token, judge, now, present, reason, verifier,
};

fn encode(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

fn claims_json() -> Value {
    claims_with(&json!({}))
}

#[tokio::test]
async fn nobody_enters_without_credentials() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let refusal = verifier(&server).verify(None, now()).await.unwrap_err();
    assert_eq!(refusal, Refusal::Missing);
    assert_eq!(refusal.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn other_headers_than_a_bearer_token_are_malformed() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    let token = good_token();
    for header in [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNzd29yZA==",
        &token,
        &format!("Bearer{token}"),
        &format!("Bearer\t{token}"),
        &format!("Bearer {token}, Bearer {token}"),
        &format!("Bearer \"{token}\""),
        &format!("Bearer {token}="),
        &format!("Bearer {token} {token}"),
        &format!("Bearer .{token}"),
        &format!("Bearer {token}."),
    ] {
        let refusal = verifier.verify(Some(header.as_bytes()), now()).await.unwrap_err();
        assert_eq!(refusal, Refusal::Malformed, "{header}");
    }
    assert_eq!(verifier.verify(Some(b"Bearer \xff\xfe"), now()).await, Err(Refusal::Malformed));
}

#[tokio::test]
async fn an_unsigned_token_is_refused() {
    for algorithm in ["none", "None", "NONE", ""] {
        let header = json!({"alg": algorithm, "kid": GOOGLE.key_id()});
        let unsigned = format!("{}.{}.", encode(&header), encode(&claims_json()));
        assert_eq!(reason(&unsigned).await, "wrong_algorithm");
        assert_eq!(reason(&GOOGLE.sign_with_header(&header, &claims())).await, "wrong_algorithm");
    }
    let header = json!({"alg": "RS256", "kid": GOOGLE.key_id()});
    let without_signature = format!("{}.{}.", encode(&header), encode(&claims_json()));
    assert_eq!(reason(&without_signature).await, "bad_signature");
}

#[tokio::test]
async fn the_public_key_is_no_shared_secret() {
    let key = &GOOGLE.jwks()["keys"][0];
    let modulus = key["n"].as_str().unwrap();
    let secrets =
        [modulus.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(modulus).unwrap(), key.to_string().into_bytes()];
    for secret in secrets {
        for algorithm in ["HS256", "RS256"] {
            let header = json!({"alg": algorithm, "kid": GOOGLE.key_id()});
            let message = format!("{}.{}", encode(&header), encode(&claims_json()));
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), message.as_bytes());
            let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag));
            let expected = if algorithm == "HS256" { "wrong_algorithm" } else { "bad_signature" };
            assert_eq!(reason(&token).await, expected);
        }
    }
}

#[tokio::test]
async fn the_algorithm_is_ours_to_choose() {
    for algorithm in ["RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256"] {
        let header = json!({"alg": algorithm, "kid": GOOGLE.key_id()});
        assert_eq!(reason(&GOOGLE.sign_with_header(&header, &claims())).await, "wrong_algorithm");
    }
}

#[tokio::test]
async fn a_key_that_the_token_names_or_brings_is_never_used() {
    let attackers = KeyServer::start(&[&OTHER]).await;
    let jwk = OTHER.jwks()["keys"][0].clone();
    let lures = [
        json!({"jku": attackers.url()}),
        json!({"x5u": attackers.url()}),
        json!({"jwk": jwk}),
        json!({"x5c": ["MIIB"]}),
        json!({"jku": attackers.url(), "x5u": attackers.url(), "jwk": jwk}),
    ];
    for lure in lures {
        for (kid, expected) in [(GOOGLE.key_id(), "bad_signature"), (OTHER.key_id(), "unknown_key")] {
            let mut header = json!({"alg": "RS256", "kid": kid, "typ": "JWT"});
            header.as_object_mut().unwrap().extend(lure.as_object().unwrap().clone());
            assert_eq!(reason(&OTHER.sign_with_header(&header, &claims())).await, expected);
        }
    }
    assert_eq!(attackers.requests(), 0, "the attacker's server was asked");
}

#[tokio::test]
async fn the_key_id_decides_which_key_must_have_signed() {
    let server = KeyServer::start(&[&GOOGLE, &OTHER]).await;
    let verifier = verifier(&server);
    let header = json!({"alg": "RS256", "kid": OTHER.key_id()});

    let refusal = present(&verifier, &GOOGLE.sign_with_header(&header, &claims()), now()).await.unwrap_err();

    assert_eq!(refusal, Refusal::BadSignature);
}

#[tokio::test]
async fn a_token_must_name_a_key_that_we_know() {
    for header in [json!({"alg": "RS256", "kid": "no-such-key"}), json!({"alg": "RS256"})] {
        assert_eq!(reason(&GOOGLE.sign_with_header(&header, &claims())).await, "unknown_key");
    }
}

#[tokio::test]
async fn an_extension_that_must_be_understood_is_refused() {
    let header = json!({"alg": "RS256", "kid": GOOGLE.key_id(), "crit": ["b64"], "b64": false});
    assert_eq!(reason(&GOOGLE.sign_with_header(&header, &claims())).await, "malformed");
}

#[tokio::test]
async fn only_the_exact_audience_will_do() {
    for audience in [
        json!("https://hooks.example.com/hooks/tax-bot/"),
        json!("https://hooks.example.com/hooks/TAX-BOT"),
        json!("https://hooks.example.com/hooks/tax-bo"),
        json!("http://hooks.example.com/hooks/tax-bot"),
        json!("https://hooks.example.com"),
        json!(""),
        json!([AUDIENCE]),
        json!([AUDIENCE, "https://elsewhere.example.com"]),
        json!({"0": AUDIENCE}),
        json!(null),
    ] {
        assert_eq!(reason(&GOOGLE.sign(&claims_with(&json!({"aud": audience})))).await, "wrong_audience");
    }
}

#[tokio::test]
async fn only_the_expected_issuer_will_do() {
    for issuer in [
        json!("https://accounts.google.com/"),
        json!("http://accounts.google.com"),
        json!("https://https://accounts.google.com"),
        json!("accounts.google.com.example.com"),
        json!("https://securetoken.google.com/project"),
        json!(""),
        json!(null),
    ] {
        assert_eq!(reason(&GOOGLE.sign(&claims_with(&json!({"iss": issuer})))).await, "wrong_issuer");
    }
}

#[tokio::test]
async fn another_account_is_forbidden() {
    for email in [
        json!("mallory@evil.iam.gserviceaccount.com"),
        json!("BKPER-HRD@appspot.gserviceaccount.com"),
        json!("bkper-hrd@appspot.gserviceaccount.com.evil.example"),
        json!(""),
        json!(null),
    ] {
        let refusal = judge(&GOOGLE.sign(&claims_with(&json!({"email": email})))).await.unwrap_err();
        assert_eq!(refusal.reason(), "wrong_account");
        assert_eq!(refusal.status(), StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn an_unverified_email_is_forbidden() {
    for verified in [json!(false), json!("false"), json!("TRUE"), json!(1), json!([true]), json!(null)] {
        let token = GOOGLE.sign(&claims_with(&json!({"email_verified": verified})));
        let refusal = judge(&token).await.unwrap_err();
        assert_eq!(refusal, Refusal::EmailNotVerified);
        assert_eq!(refusal.status(), StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_token_proves_nothing_outside_its_time() {
    let iat = now().as_second();
    let server = KeyServer::start(&[&GOOGLE]).await;
    for (changes, at, expected) in [
        (json!({}), after(3600 + 30), Refusal::Expired),
        (json!({"exp": 0}), now(), Refusal::Expired),
        (json!({"exp": -1}), now(), Refusal::Expired),
        (json!({}), after(-31), Refusal::NotYetValid),
        (json!({"iat": iat + 3600, "exp": iat + 7200}), now(), Refusal::NotYetValid),
        (json!({"nbf": iat + 31}), now(), Refusal::NotYetValid),
        (json!({"iat": iat + 31, "nbf": iat - 60}), now(), Refusal::NotYetValid),
    ] {
        let token = GOOGLE.sign(&claims_with(&changes));
        let refusal = present(&verifier(&server), &token, at).await.unwrap_err();
        assert_eq!(refusal, expected, "{changes}");
        assert_eq!(refusal.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn times_that_are_no_times_are_malformed() {
    for changes in [
        json!({"exp": null}),
        json!({"iat": null}),
        json!({"exp": "tomorrow"}),
        json!({"exp": i64::MAX}),
        json!({"iat": i64::MIN}),
        json!({"exp": u64::MAX}),
        json!({"exp": 1e300}),
        json!({"nbf": "now"}),
    ] {
        assert_eq!(reason(&GOOGLE.sign(&claims_with(&changes))).await, "malformed", "{changes}");
    }
}

#[tokio::test]
async fn claims_that_are_no_object_are_malformed() {
    let header = json!({"alg": "RS256", "kid": GOOGLE.key_id()});
    for claims in [json!(null), json!([]), json!("claims"), json!(42)] {
        assert_eq!(reason(&GOOGLE.sign_with_header(&header, &claims)).await, "malformed");
        assert_eq!(reason(&GOOGLE.sign_with_header(&claims, &claims_json())).await, "malformed");
    }
}

#[tokio::test]
async fn a_token_cut_short_anywhere_is_refused() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    let token = good_token();
    for length in 0..token.len() {
        let refusal = present(&verifier, &token[..length], now()).await.unwrap_err();
        assert_eq!(refusal.status(), StatusCode::UNAUTHORIZED, "cut at {length}: {refusal}");
    }
}

#[tokio::test]
async fn a_token_changed_anywhere_is_refused() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    let token = good_token();
    present(&verifier, &token, now()).await.unwrap();
    for place in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let refusal = present(&verifier, &changed, now()).await.unwrap_err();
        assert_eq!(refusal.status(), StatusCode::UNAUTHORIZED, "changed at {place}: {refusal}");
    }
}

#[tokio::test]
async fn signed_parts_of_two_tokens_cannot_be_mixed() {
    let token = good_token();
    let other = GOOGLE.id_token("https://elsewhere.example.com", now());
    let (header_and_claims, _) = token.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    assert_eq!(reason(&format!("{header_and_claims}.{signature}")).await, "bad_signature");
}

#[tokio::test]
async fn a_huge_token_is_refused_before_anything_is_decoded() {
    let server = KeyServer::start(&[&GOOGLE]).await;
    let verifier = verifier(&server);
    let huge = GOOGLE.sign(&claims_with(&json!({"padding": "x".repeat(8 * 1024)})));

    let refusal = present(&verifier, &huge, now()).await.unwrap_err();

    assert_eq!(refusal, Refusal::TooLarge);
    assert_eq!(refusal.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(server.requests() + verifier.signature_checks(), 0, "it was looked into");
}

#[tokio::test]
async fn a_refusal_never_shows_the_token() {
    let expired = GOOGLE.sign(&claims_with(&json!({"exp": 1})));
    let wrong_account = GOOGLE.sign(&claims_with(&json!({"email": "mallory@example.com"})));
    let wrong_audience = GOOGLE.sign(&claims_with(&json!({"aud": "https://elsewhere.example.com"})));
    for token in [expired, wrong_account, wrong_audience, good_token() + "x"] {
        let refusal = judge(&token).await.unwrap_err();
        let shown = format!("{refusal} {refusal:?}");
        for part in token.split('.') {
            assert!(!shown.contains(&part[..16]), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_claim_in_a_refusal_cannot_forge_a_log_line() {
    let audience = format!("https://x\nINFO all is well \u{1b}[2J{}", "y".repeat(1000));
    let refusal = judge(&GOOGLE.id_token(&audience, now())).await.unwrap_err();
    let shown = refusal.to_string();
    assert!(shown.contains(r"https://x\nINFO all is well \u{1b}[2Jyyy"), "{shown}");
    assert!(shown.len() < 400, "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn garbage_is_refused_and_breaks_nothing(
        header in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            "[Bb]earer [A-Za-z0-9_.-]{0,200}".prop_map(String::into_bytes),
            "(Bearer )?eyJ[A-Za-z0-9]{0,20}\\.[A-Za-z0-9]{0,20}\\.[A-Za-z0-9]{0,20}".prop_map(String::into_bytes),
        ]
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let verifier = crate::support::verifier_with(crate::support::expectation(), "file:/nonexistent");
        let refusal = runtime.block_on(verifier.verify(Some(&header), now())).unwrap_err();
        prop_assert!(["malformed", "wrong_algorithm"].contains(&refusal.reason()), "{refusal:?}");
    }
}
