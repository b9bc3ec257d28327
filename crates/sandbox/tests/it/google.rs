//! The stand-in for Google: keys, tokens and the key server.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use axum::body::{Body, to_bytes};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bookhook_sandbox::google::{IdClaims, JWKS_PATH, KeyFileError, Signer, key_server};
use http::{Request, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt;

const AUDIENCE: &str = "https://hooks.example.com/hooks/tax-bot";

fn now() -> Timestamp {
    "2026-11-21T22:00:00Z".parse().unwrap()
}

fn decode(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

fn decode_json(part: &str) -> Value {
    serde_json::from_slice(&decode(part)).unwrap()
}

#[test]
fn a_token_says_what_googles_says() {
    let signer = Signer::generate().unwrap();

    let token = signer.id_token(AUDIENCE, now());

    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(decode_json(parts[0]), json!({"alg": "RS256", "kid": signer.key_id(), "typ": "JWT"}));
    let iat = now().as_second();
    let claims = decode_json(parts[1]);
    assert_eq!(
        claims,
        json!({
            "aud": AUDIENCE,
            "azp": claims["sub"],
            "email": "bkper-hrd@appspot.gserviceaccount.com",
            "email_verified": true,
            "exp": iat + 3600,
            "iat": iat,
            "iss": "https://accounts.google.com",
            "sub": claims["sub"],
        })
    );
}

#[test]
fn the_published_key_verifies_the_signature() {
    let signer = Signer::generate().unwrap();
    let token = signer.sign(&IdClaims::bkper(AUDIENCE, now()));

    let key = &signer.jwks()["keys"][0];
    let component = |name: &str| decode(key[name].as_str().unwrap());
    let public = RsaPublicKeyComponents { n: component("n"), e: component("e") };

    let (message, signature) = token.rsplit_once('.').unwrap();
    public.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &decode(signature)).unwrap();
    assert_eq!(key["kid"], signer.key_id());
    assert_eq!([&key["kty"], &key["alg"], &key["use"]], ["RSA", "RS256", "sig"]);
}

#[test]
fn a_saved_key_is_found_again_with_the_same_id() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signer.key");

    let made = Signer::load_or_create(&path).unwrap();
    let found = Signer::load_or_create(&path).unwrap();

    assert_eq!(made.key_id(), found.key_id());
    assert_eq!(made.jwks(), found.jwks());
    assert_ne!(made.key_id(), Signer::generate().unwrap().key_id());
}

#[test]
fn processes_that_start_together_share_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signer.key");

    let ids: Vec<String> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| Signer::load_or_create(&path).unwrap().key_id().to_owned()))
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });

    assert!(ids.iter().all(|id| id == &ids[0]), "{ids:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_a_saved_key() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signer.key");

    Signer::load_or_create(&path).unwrap();

    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_file_that_is_no_key_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signer.key");
    std::fs::write(&path, "my holiday pictures").unwrap();

    let error = Signer::load_or_create(&path).unwrap_err();

    assert!(matches!(error, KeyFileError::NotAKey { .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"my holiday pictures");
}

#[test]
fn a_signer_does_not_show_its_key() {
    let signer = Signer::generate().unwrap();
    assert_eq!(format!("{signer:?}"), format!("Signer {{ key_id: \"{}\", .. }}", signer.key_id()));
}

#[tokio::test]
async fn the_key_server_serves_the_key_set_with_its_cache_time() {
    let signer = Signer::generate().unwrap();
    let request = Request::get(JWKS_PATH).body(Body::empty()).unwrap();

    let response = key_server(&signer).oneshot(request).await.unwrap();

    assert_eq!(response.status(), StatusCode::OK);
    let caching = response.headers()[header::CACHE_CONTROL].to_str().unwrap().to_owned();
    assert!(caching.contains("max-age=3600"), "{caching}");
    let body = to_bytes(response.into_body(), 64 * 1024).await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), signer.jwks());
}
