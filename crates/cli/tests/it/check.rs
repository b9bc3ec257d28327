//! Checking a configuration.

use crate::handler::Handler;
use crate::place::Place;

fn configured(handler: &str) -> Place {
    with_handler(&format!("{{http: \"{handler}\"}}"))
}

fn with_handler(handler: &str) -> Place {
    let place = Place::with_app();
    place.write("jwks.json", "{\"keys\": [{\"kty\": \"RSA\"}]}");
    let config = format!(
        "\
public_url: https://hooks.example.com
hooks:
  tax-bot:
    source: {{bkper: {{manifest: bkper.yaml, jwks_url: \"file:jwks.json\"}}}}
    handler: {handler}
"
    );
    place.write("bookhook.yaml", &config);
    place
}

#[test]
fn what_is_well_gets_a_line_each() {
    let handler = Handler::answering("{}");
    let ran = configured(&handler.url()).run(&["check"]);
    assert_eq!(
        ran.seen(),
        "\
exit 0
--- out
ok bookhook.yaml: 1 hook
ok journal sqlite:bookhook.db is made at the first start
ok tax-bot: bkper.yaml is app `tax-bot` with 2 event types
ok tax-bot: 1 key of its callers at file:jwks.json
ok tax-bot: handler http://127.0.0.1:[port]/ listens
"
    );
}

#[test]
fn a_handler_that_does_not_listen_is_a_failure() {
    let ran = configured("http://127.0.0.1:9/").run(&["check"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.out.contains("mistake  tax-bot: handler http://127.0.0.1:9/ cannot be reached"),
        "{}",
        ran.out
    );
}

#[test]
fn a_command_is_looked_for_where_it_would_be_started() {
    let place = with_handler("{exec: {command: ./deploy.sh}}");
    let checked = || place.run(&["check"]);
    assert!(checked().out.contains("mistake  tax-bot: handler `./deploy.sh`: there is no file "));
    place.write("deploy.sh", "#!/bin/sh\n");
    let ran = checked();
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("deploy.sh is not executable: `chmod +x` makes it so"), "{}", ran.out);
    let script = place.path("deploy.sh");
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let ran = checked();
    assert_eq!(ran.status, 0);
    assert!(ran.out.contains("ok       tax-bot: handler `./deploy.sh` is "), "{}", ran.out);
}

#[test]
fn keys_that_cannot_be_read_are_a_failure() {
    let handler = Handler::answering("{}");
    let place = configured(&handler.url());
    place.write("jwks.json", "{}");
    let ran = place.run(&["check"]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("it is no JWK set: `keys` is missing"), "{}", ran.out);
}

#[test]
fn mistakes_of_the_configuration_come_before_all_else() {
    let place = configured("http://127.0.0.1:9/");
    place.write("bookhook.yaml", "listen: here\nhooks: {}\n");
    let ran = place.run(&["check"]);
    assert_eq!(ran.status, 2);
    assert!(ran.out.starts_with("mistake  bookhook.yaml:1:9: listen: `here` "), "{}", ran.out);
}

#[test]
fn a_sealing_key_that_is_none_is_not_shown() {
    let place = configured("http://127.0.0.1:9/");
    let ran = place.run_with(&["check"], &[("BOOKHOOK_KEY", "hunter2hunter2")]);
    assert_eq!(ran.status, 2);
    assert!(ran.out.contains("mistake  BOOKHOOK_KEY: must be 32 bytes in base64"), "{}", ran.out);
    assert!(!ran.out.contains("hunter2"));
}

#[test]
fn a_shared_journal_needs_a_key_for_a_host_and_none_to_be_read() {
    let place = configured("http://127.0.0.1:9/");
    place.write("bookhook.yaml", "journal: \"postgres://me@127.0.0.1:9/hooks\"\n");
    let asks_for_key = "a journal in a database needs a sealing key";
    let checked = place.run(&["check"]);
    assert_eq!(checked.status, 1);
    assert!(checked.out.contains(asks_for_key), "{}", checked.out);
    let served = place.run(&["serve"]);
    assert_eq!(served.status, 2);
    assert!(served.err.contains(asks_for_key), "{}", served.err);
    let read = place.run(&["activity"]);
    assert!(read.err.contains("cannot reach postgres://me@127.0.0.1:9/hooks"), "{}", read.err);
}

#[test]
fn a_file_that_is_no_journal_is_a_failure() {
    let handler = Handler::answering("{}");
    let place = configured(&handler.url());
    place.write("bookhook.db", &"something else ".repeat(100));
    let ran = place.run(&["check"]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("is not a journal of Bookhook"), "{}", ran.out);
}

#[test]
fn mistakes_are_printed_as_the_documentation_shows_them() {
    let page = include_str!("../../../../docs/configuration.md");
    let (_, example) = page.split_once("`bookhook check` prints\n\n```text\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let place = Place::new();
    place.write(
        "bookhook.yaml",
        "\
public_url: https://hooks.example.com
hooks:
  tax-bot:
    source: {bkper: {manifest: ./tax-bot/bkper.yaml}}
    handler: {http: \"${TAX_BOT_URL}\"}
    deadlin: 10s
",
    );
    let ran = place.run(&["check"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, example));
}
