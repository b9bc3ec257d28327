//! Secrets come from files and variables, and are never shown.

use bookhook::config::JournalLocation;
use secrecy::ExposeSecret;

use crate::folder::{CONFIG, Folder};

fn with_token(token: &str) -> Folder {
    Folder::with_config(&format!("console: {{token: {token}}}\n{CONFIG}"))
}

fn token(folder: &Folder) -> String {
    folder.config().console.unwrap().token.unwrap().expose_secret().to_owned()
}

#[test]
fn a_secret_is_read_from_a_file_without_its_last_newline() {
    for (content, secret) in
        [("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), (" a\n\n", " a\n")]
    {
        let folder = with_token("file:run/token").file("run/token", content);
        assert_eq!(token(&folder), secret, "{content:?}");
    }
}

#[test]
fn the_file_of_a_secret_may_be_named_by_the_environment() {
    let folder = with_token(r#""file:${DIR}/token""#).file("run/token", "s3cret\n");
    let dir = folder.path("run").display().to_string();
    assert_eq!(token(&folder.variable("DIR", &dir)), "s3cret");
}

#[test]
fn a_variable_is_the_secret_itself_whatever_it_begins_with() {
    let folder = with_token(r#""${TOKEN}""#).variable("TOKEN", "file:x");
    assert_eq!(token(&folder), "file:x");
}

#[test]
fn a_secret_that_cannot_be_read_is_told_with_both_places() {
    let told = with_token("file:run/token").mistakes();
    assert_eq!(told, "bookhook.yaml:1:18: console.token: run/token: no such file");
    let told = with_token("file:run").file("run/token", "x").mistakes();
    assert_eq!(told, "bookhook.yaml:1:18: console.token: run: is a directory");
    let told = with_token("file:token").file("token", "\n").mistakes();
    assert_eq!(told, "bookhook.yaml:1:18: console.token: the secret is empty");
}

#[test]
fn a_mistake_never_shows_what_a_variable_holds() {
    let text = CONFIG.replace("http://127.0.0.1:3003/", "http://user:${PASSWORD}@h.example/");
    let told = Folder::with_config(&text).variable("PASSWORD", "hunter2").mistakes();
    assert_eq!(
        told,
        "bookhook.yaml:8:13: hooks.tax-bot.handler.http: `http://…@h.example/` must not hold a user or a password"
    );
}

#[test]
fn no_secret_is_in_the_debug_text() {
    let key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    let folder = with_token("s3cret").variable("BOOKHOOK_KEY", key);
    let config = folder.config();
    assert_eq!(config.key.as_ref().unwrap().expose_secret(), b"01234567890123456789012345678901");
    let shown = format!("{config:?}");
    assert!(!shown.contains("s3cret") && !shown.contains("48, 49, 50"), "{shown}");
}

#[test]
fn a_key_that_is_none_is_told_without_showing_it() {
    for (key, found) in [("not base64!", ""), ("c2hvcnQ=", "; these are 5 bytes")] {
        let told = Folder::with_config(CONFIG).variable("BOOKHOOK_KEY", key).mistakes();
        let expected = format!(
            "BOOKHOOK_KEY: must be 32 bytes in base64, as `openssl rand -base64 32` makes them{found}"
        );
        assert_eq!(told, expected);
    }
}

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

fn on(journal: &str) -> Folder {
    Folder::with_config(&format!("journal: {journal}\n{CONFIG}"))
}

#[test]
fn the_address_of_a_database_may_come_from_the_environment_or_a_file() {
    let address = "postgres://me:hunter2@db.example/hooks";
    let places = [
        on(address),
        on("${DATABASE_URL}").variable("DATABASE_URL", address),
        on("file:database").file("database", format!("{address}\n")),
        on("postgres://me@db.example/hooks").variable("PGPASSWORD", "hunter2"),
    ];
    for folder in places {
        let config = folder.variable("BOOKHOOK_KEY", KEY).config();
        let JournalLocation::Postgres(address) = &config.journal else { panic!("{:?}", config.journal) };
        assert!(address.has_password());
        assert_eq!(address.to_string(), "postgres://me@db.example:5432/hooks");
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}

#[test]
fn a_file_that_holds_no_address_is_not_shown() {
    let told = on("file:database").file("database", "hunter2").variable("BOOKHOOK_KEY", KEY).mistakes();
    assert!(told.contains("journal: the file holds no journal") && !told.contains("hunter2"), "{told}");
}

#[test]
fn who_only_reads_a_shared_journal_needs_no_key() {
    assert!(on("postgres://me@db.example/hooks").config().key.is_none());
}
