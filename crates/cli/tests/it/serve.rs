//! Starting a host.

use std::net::TcpListener;

use crate::handler::Handler;
use crate::place::Place;

#[test]
fn a_wrong_configuration_is_told_with_file_line_and_key() {
    let place = Place::with_app();
    place.write(
        "bookhook.yaml",
        "\
public_url: https://hooks.example.com
hooks:
  tax-bot:
    source: {bkper: {manifest: ./bkper.yaml}}
    handler: {http: http://127.0.0.1:3003/}
    deadlin: 30s
    queue: many
",
    );
    let ran = place.run(&["serve"]);
    assert_eq!(
        ran.seen(),
        "\
exit 2
--- err
error: bookhook.yaml:6:5: hooks.tax-bot.deadlin: no such key; did you mean `deadline`?
error: bookhook.yaml:7:12: hooks.tax-bot.queue: `many` is not a whole number

hint: every key is described in docs/configuration.md
"
    );
}

#[test]
fn without_a_configuration_it_says_how_to_do_without() {
    let ran = Place::new().run(&["serve"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("`bookhook serve --app bkper.yaml --to URL`"), "{}", ran.err);
}

#[test]
fn an_app_needs_to_be_known_by_a_url() {
    let ran = Place::with_app().run(&["serve", "--app", "bkper.yaml", "--to", "http://127.0.0.1:3003/"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("error: --public-url: missing"), "{}", ran.err);
    assert!(ran.err.contains("at your desk `--trust-sandbox`"), "{}", ran.err);
}

#[test]
fn what_handles_an_app_must_be_said() {
    let ran = Place::with_app().run(&["serve", "--app", "bkper.yaml"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("--to <URL>"), "{}", ran.err);
}

#[test]
fn a_log_filter_that_is_none_is_a_wrong_environment() {
    let place = Place::with_app();
    let ran = place.run_with(&["serve"], &[("BOOKHOOK_LOG", "bookhook=loud")]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("error: BOOKHOOK_LOG: `bookhook=loud`: "), "{}", ran.err);
}

#[test]
fn an_address_in_use_is_told() {
    let place = Place::with_app();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let to = "http://127.0.0.1:3003/";
    let ran =
        place.run(&["serve", "--app", "bkper.yaml", "--to", to, "--listen", &address, "--trust-sandbox"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("is another program listening there?"), "{}", ran.err);
}

#[test]
fn a_person_sees_where_it_listens_and_what_handles_what_and_sigterm_ends_it() {
    let place = Place::with_app();
    let host = place.host("http://127.0.0.1:3003/");
    let line = host.running.err_line("tax-bot");
    assert!(line.contains(&format!("{} → http://127.0.0.1:3003/", host.url)), "{line}");
    let line = host.running.err_line("takes calls for");
    let localhost = host.url.replace("127.0.0.1", "localhost");
    assert!(line.ends_with(&format!("takes calls for {}, {localhost}", host.url)), "{line}");
    assert_eq!(host.running.end(), 0);
}

#[test]
fn two_signals_at_once_are_one_and_what_runs_may_end() {
    let place = Place::with_app();
    let handler = Handler::holding("{\"result\": \"in time\"}");
    let host = place.host(&handler.url());
    let caller = place.start(&["send", "TRANSACTION_CHECKED", "--to", &host.url]);
    handler.until_got();
    host.running.signal("TERM");
    host.running.signal("INT");
    host.running.err_line("told to end");
    handler.release();
    caller.out_line("in time");
    host.running.err_line("ended");
    assert_eq!(host.running.ended(), 0);
}

#[test]
fn what_was_refused_is_counted_at_the_end() {
    let place = Place::with_app();
    let host = place.host("http://127.0.0.1:9/");
    for _ in 0..2 {
        place.run(&["send", "TRANSACTION_CHECKED", "--to", &host.url, "--audience", "https://elsewhere/"]);
    }
    host.running.signal("TERM");
    let line = host.running.err_line("refused at the door: tax-bot: ");
    assert!(line.ends_with(": 2"), "{line}");
    assert_eq!(host.running.ended(), 0);
}

#[test]
fn where_nobody_is_verified_a_person_sees_it() {
    let place = Place::with_app();
    let to = "http://127.0.0.1:9/";
    let args = ["serve", "--app", "bkper.yaml", "--to", to, "--listen", "127.0.0.1:0", "--no-verify"];
    let running = place.start(&args);
    running.err_line("listens on");
    running.err_line("  callers are not verified");
    assert_eq!(running.end(), 0);
}

#[test]
fn on_cloud_run_the_log_is_json_with_severity() {
    let place = Place::with_app();
    let args = [
        "serve",
        "--app",
        "bkper.yaml",
        "--listen",
        "127.0.0.1:0",
        "--trust-sandbox",
        "--to",
        "http://127.0.0.1:9/",
    ];
    let running = place.start_with(&args, &[("K_SERVICE", "tax")]);
    let line: serde_json::Value = serde_json::from_str(&running.err_line("listening")).unwrap();
    assert_eq!(line["severity"], "INFO");
    assert_eq!(line["message"], "listening");
    assert!(line["time"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn on_cloud_run_a_wrong_configuration_is_an_error_in_the_log() {
    let ran = Place::new().run_with(&["serve"], &[("K_SERVICE", "tax")]);
    assert_eq!(ran.status, 2);
    let line: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(line["severity"], "ERROR");
    assert!(line["message"].as_str().unwrap().starts_with("bookhook.yaml: no such file"), "{line}");
}
