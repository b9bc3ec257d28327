//! Where keys may come from.

use bookhook_receiver::identity::{KeySource, KeySourceError};

fn parse(text: &str) -> Result<KeySource, KeySourceError> {
    text.parse()
}

#[test]
fn googles_keys_are_the_default() {
    assert_eq!(KeySource::default().to_string(), "https://www.googleapis.com/oauth2/v3/certs");
}

#[test]
fn keys_come_by_https_from_this_machine_or_from_a_file() {
    for source in [
        "https://id.example.com/keys",
        "http://127.0.0.1:8090/oauth2/v3/certs",
        "http://localhost:8090/oauth2/v3/certs",
        "http://[::1]:8090/oauth2/v3/certs",
        "file:keys.json",
        "file:/etc/bookhook/keys.json",
    ] {
        assert_eq!(parse(source).unwrap().to_string(), source);
    }
}

#[test]
fn keys_do_not_cross_a_network_in_the_clear() {
    for source in [
        "http://id.example.com/keys",
        "http://localhost.example.com/keys",
        "http://127.0.0.1.example.com/keys",
        "http://10.0.0.1/keys",
    ] {
        assert!(matches!(parse(source), Err(KeySourceError::NotPrivate { .. })), "{source}");
    }
}

#[test]
fn other_places_are_refused() {
    assert!(matches!(parse("file:"), Err(KeySourceError::NoPath)));
    assert!(matches!(parse("keys.json"), Err(KeySourceError::NotAUrl(_))));
    assert!(matches!(parse("https://"), Err(KeySourceError::NotAUrl(_))));
    assert!(matches!(parse("ftp://id.example.com/keys"), Err(KeySourceError::Scheme { .. })));
}

#[test]
fn a_secret_in_the_url_is_not_shown() {
    let source = parse("https://user:hunter2@id.example.com/keys?token=hunter3").unwrap();
    assert_eq!(source.to_string(), "https://id.example.com/keys");
    assert_eq!(format!("{source:?}"), "KeySource(https://id.example.com/keys)");
}
