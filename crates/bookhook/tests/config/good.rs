//! What good files mean.

use std::path::Path;
use std::time::Duration;

use bookhook::config::{
    BkperSource, Config, HandlerConfig, HookConfig, JournalLocation, Jwks, OwnEvents, Source,
};
use bookhook::handlers::process::CommandLine;
use bookhook::handlers::run::{Readiness, RestartPolicy, ServerSetup};
use bookhook_model::{LaneRule, OnPark, Policy, Reply, Retention, RetryPolicy};
use secrecy::ExposeSecret;

use crate::folder::{CONFIG, Folder, MANIFEST};

fn bkper(hook: &HookConfig) -> &BkperSource {
    let Source::Bkper(source) = &hook.source;
    source
}

fn audiences(config: &Config) -> Vec<&str> {
    let verify = bkper(&config.hooks[0]).verify.as_ref().unwrap();
    verify.audiences.iter().map(String::as_str).collect()
}

#[test]
fn what_is_not_written_is_the_default() {
    let folder = Folder::with_config(CONFIG);
    let config = folder.config();
    assert_eq!(config.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(config.journal, JournalLocation::Sqlite(folder.path("bookhook.db")));
    assert_eq!(config.lease, Duration::from_secs(10));
    assert_eq!(config.retention, Retention::default());
    assert!(config.key.is_none());
    let console = config.console.as_ref().unwrap();
    assert_eq!(console.listen.to_string(), "127.0.0.1:8081");
    assert!(console.token.is_none());

    let hook = &config.hooks[0];
    assert_eq!(hook.name.as_str(), "tax-bot");
    assert_eq!(hook.path, "/hooks/tax-bot");
    assert_eq!(hook.policy, Policy::default());
    let HandlerConfig::Http(url) = &hook.handler else { panic!() };
    assert_eq!(url.as_str(), "http://127.0.0.1:3003/");

    let source = bkper(hook);
    assert_eq!(source.manifest.id, "tax-bot");
    assert_eq!(source.own_events, OwnEvents::Deliver);
    let verify = source.verify.as_ref().unwrap();
    assert_eq!(verify.service_account, "bkper-hrd@appspot.gserviceaccount.com");
    assert_eq!(verify.audiences, ["https://hooks.example.com/hooks/tax-bot"]);
    assert_eq!(verify.issuer, "https://accounts.google.com");
    assert_eq!(verify.jwks, Jwks::google());
}

#[test]
fn every_key_is_read() {
    let folder = Folder::with_config(
        r#"
listen: "[::1]:9000"
public_url: https://example.com/base/
journal: sqlite:data/events.db
lease: 20s
keep: 90d
keep_max: off
console:
  listen: 0.0.0.0:9001
  token: letmein
hooks:
  tax:
    source:
      bkper:
        path: /events
        manifest: ./app
        own_events: skip
        service_account: me@example.com
        audience: [one, two]
        issuer: https://issuer.example
        jwks_url: file:keys.json
    handler: {http: "https://handler.example/x?y=1"}
    reply: accepted
    deadline: 10s
    timeout: 1h
    concurrency: 3
    lane: /data/id
    queue: 5
    retry: {max_runs: 2, first: 250ms, max: 1s, max_age: 30d}
    on_park: hold
    token_lifetime: 30m
    body: 256KiB
"#,
    )
    .file("app/bkper.yaml", MANIFEST);
    let config = folder.config();
    assert_eq!(config.listen.to_string(), "[::1]:9000");
    assert_eq!(config.public_url.as_ref().unwrap().as_str(), "https://example.com/base/");
    assert_eq!(config.journal, JournalLocation::Sqlite(folder.path("data/events.db")));
    assert_eq!(config.lease, Duration::from_secs(20));
    let keep = Some(Duration::from_hours(90 * 24));
    assert_eq!(config.retention, Retention { keep, bytes_max: None });
    let console = config.console.as_ref().unwrap();
    assert_eq!(console.listen.to_string(), "0.0.0.0:9001");
    assert_eq!(console.token.as_ref().unwrap().expose_secret(), "letmein");

    let hook = &config.hooks[0];
    assert_eq!(hook.path, "/events");
    let source = bkper(hook);
    assert_eq!(source.own_events, OwnEvents::Skip);
    assert_eq!(source.manifest.file, folder.path("app/bkper.yaml"));
    let verify = source.verify.as_ref().unwrap();
    assert_eq!(verify.service_account, "me@example.com");
    assert_eq!(verify.audiences, ["one", "two"]);
    assert_eq!(verify.issuer, "https://issuer.example");
    assert_eq!(verify.jwks, Jwks::File(folder.path("keys.json")));
    assert_eq!(
        hook.policy,
        Policy {
            reply: Reply::Accepted,
            deadline: Duration::from_secs(10),
            timeout: Duration::from_hours(1),
            concurrency: 3,
            queue: 5,
            lane: LaneRule::Pointer("/data/id".into()),
            retry: RetryPolicy {
                max_runs: 2,
                first: Duration::from_millis(250),
                max: Duration::from_secs(1),
                max_age: Duration::from_hours(30 * 24),
            },
            on_park: OnPark::Hold,
            token_lifetime: Duration::from_mins(30),
            body_bytes_max: 256 * 1024,
        }
    );
}

/// The configuration with this handler.
fn handler(written: &str) -> Folder {
    Folder::with_config(&CONFIG.replace("\n      http: http://127.0.0.1:3003/", &format!(" {written}")))
}

fn exec(folder: &Folder) -> CommandLine {
    match folder.config().hooks.remove(0).handler {
        HandlerConfig::Exec(command) => command,
        other @ (HandlerConfig::Http(_) | HandlerConfig::Run(_)) => panic!("{other}"),
    }
}

#[test]
fn a_command_is_a_list_of_words_or_one_text() {
    let folder = handler(
        r#"{exec: {command: [./deploy.sh, "", "a  b", "$X"], cwd: scripts, env: {RATE: 0.2, KEY: "${SECRET}"}}}"#,
    );
    let folder = folder.variable("SECRET", "s3cret with spaces");
    let command = exec(&folder);
    assert_eq!(command.program, "./deploy.sh");
    assert_eq!(command.arguments, ["", "a  b", "$X"]);
    assert_eq!(command.folder, folder.path("scripts"));
    let environment: Vec<_> =
        command.environment.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
    assert_eq!(environment, [("RATE", "0.2"), ("KEY", "s3cret with spaces")]);
    assert!(!format!("{:?}", folder.config()).contains("s3cret"));

    let folder = handler(r#"{exec: {command: "python3  ${FILE} --fast"}}"#).variable("FILE", "tax.py");
    let command = exec(&folder);
    assert_eq!(
        (command.program.as_str(), command.arguments.join("|").as_str()),
        ("python3", "tax.py|--fast")
    );
    assert_eq!(command.folder, folder.as_ref());
    assert!(command.environment.is_empty());
}

fn server(folder: &Folder) -> ServerSetup {
    match folder.config().hooks.remove(0).handler {
        HandlerConfig::Run(setup) => setup,
        other @ (HandlerConfig::Http(_) | HandlerConfig::Exec(_)) => panic!("{other}"),
    }
}

#[test]
fn a_server_has_a_command_and_how_it_is_kept() {
    let least = server(&handler("{run: {command: npm start}}"));
    assert_eq!(least.command.program, "npm");
    assert_eq!((least.path.as_str(), least.ready), ("/", Readiness::default()));
    assert_eq!(least.restart, RestartPolicy::default());

    let most = server(&handler(
        "{run: {command: [npm, start], path: /events, ready: {path: /health, timeout: 5s}, restart: {first: 1s, max: 2s, max_restarts: 3, within: 1m}}}",
    ));
    assert_eq!(most.path, "/events");
    assert_eq!(most.ready, Readiness { path: Some("/health".to_owned()), timeout: Duration::from_secs(5) });
    assert_eq!(
        most.restart,
        RestartPolicy {
            first: Duration::from_secs(1),
            max: Duration::from_secs(2),
            max_restarts: 3,
            within: Duration::from_mins(1),
        }
    );
}

#[test]
fn the_port_of_the_environment_wins() {
    let config =
        Folder::with_config(&format!("listen: 127.0.0.1:9000\n{CONFIG}")).variable("PORT", "8099").config();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8099");
    let config = Folder::with_config(CONFIG).variable("PORT", "").config();
    assert_eq!(config.listen.to_string(), "0.0.0.0:8080");
}

#[test]
fn without_a_public_url_calls_are_for_the_urls_of_the_manifest() {
    let text = CONFIG.replace("public_url: https://hooks.example.com\n", "");
    let both = Folder::with_config(&text).file(
        "bkper.yaml",
        format!("{MANIFEST}webhookUrl: https://a.example/x\nwebhookUrlDev: https://b.example/\n"),
    );
    assert_eq!(audiences(&both.config()), ["https://a.example/x", "https://b.example/"]);

    let one = Folder::with_config(&text)
        .file("bkper.yaml", format!("{MANIFEST}webhookUrl: null\nwebhookUrlDev: https://b.example/\n"));
    assert_eq!(audiences(&one.config()), ["https://b.example/"]);
}

#[test]
fn whoever_starts_the_host_may_know_better_where_callers_reach_it() {
    for text in [CONFIG.to_owned(), CONFIG.replace("public_url: https://hooks.example.com\n", "")] {
        let folder = Folder::with_config(&text);
        let here = "http://127.0.0.1:8080".parse().unwrap();
        let loaded =
            Config::load_at(&folder.path("bookhook.yaml"), here, &|name| folder.lookup(name)).unwrap();
        assert_eq!(audiences(&loaded.config), ["http://127.0.0.1:8080/hooks/tax-bot"]);
    }
}

#[test]
fn an_audience_that_is_given_is_taken_to_the_character() {
    let text = CONFIG
        .replace("manifest: bkper.yaml", "manifest: bkper.yaml\n        audience: HTTPS://a.example:443");
    assert_eq!(audiences(&Folder::with_config(&text).config()), ["HTTPS://a.example:443"]);
}

#[test]
fn without_verification_no_audience_is_needed() {
    let text = CONFIG.replace("public_url: https://hooks.example.com\n", "");
    let text = text.replace("manifest: bkper.yaml", "manifest: bkper.yaml\n        verify: false");
    assert!(bkper(&Folder::with_config(&text).config().hooks[0]).verify.is_none());
}

#[test]
fn the_console_can_be_off() {
    assert!(Folder::with_config(&format!("console: {{listen: off}}\n{CONFIG}")).config().console.is_none());
}

#[test]
fn hooks_keep_the_order_of_the_file() {
    let hook = "    source: {bkper: {manifest: bkper.yaml}}\n    handler: {http: http://h.example/}\n";
    let text = format!("public_url: https://x.example\nhooks:\n  zeta:\n{hook}  alpha:\n{hook}");
    let names: Vec<String> =
        Folder::with_config(&text).config().hooks.iter().map(|hook| hook.name.to_string()).collect();
    assert_eq!(names, ["zeta", "alpha"]);
}

#[test]
fn an_alias_repeats_a_value() {
    let hook = "    source: {bkper: {manifest: bkper.yaml}}\n    handler: {http: http://h.example/}\n";
    let text = format!(
        "public_url: https://x.example\nhooks:\n  a:\n{hook}    retry: &patient {{max_runs: 7}}\n  b:\n{hook}    retry: *patient\n"
    );
    let config = Folder::with_config(&text).config();
    assert_eq!(config.hooks[1].policy.retry.max_runs, 7);
}

#[test]
fn the_environment_is_put_into_values() {
    let text = CONFIG.replace("http://127.0.0.1:3003/", "http://${HOST}/a$${b}/${PATH_1}");
    let config = Folder::with_config(&text).variable("HOST", "h.example:1").variable("PATH_1", "c").config();
    let HandlerConfig::Http(url) = &config.hooks[0].handler else { panic!() };
    assert_eq!(url.as_str(), "http://h.example:1/a$%7Bb%7D/c");
}

#[test]
fn the_environment_alone_is_a_configuration_without_hooks() {
    let env = |name: &str| (name == "PORT").then(|| "9999".to_owned());
    let config = Config::from_env(&env).unwrap().config;
    assert_eq!(config.listen.to_string(), "0.0.0.0:9999");
    assert_eq!(config.journal, JournalLocation::Sqlite(Path::new("bookhook.db").to_owned()));
    assert!(config.hooks.is_empty());
}
