//! A program in Rust as the server of another host.

use bookhook::config::Config;
use bookhook::model::Outcome;
use bookhook::{Context, EventType, Hook, Host, Response, Result};
use serde_json::json;

use crate::stage::{APP, Stage, event};

/// Tells a process of this program that it is the handler.
const IS_HANDLER: &str = "TEST_IS_HANDLER";

/// The handler's program. As a test it does nothing.
#[tokio::test]
#[ignore = "it is a handler's program, in a process that a host starts"]
async fn program() -> Result<()> {
    if std::env::var_os(IS_HANDLER).is_none() {
        return Ok(());
    }
    let hook = Hook::bkper(".")?.on(EventType::TransactionChecked, tell);
    Host::from_env()?.hook(hook).serve().await
}

async fn tell(cx: Context) -> Result<Response> {
    Ok(Response::result(format!("by {} for {}", cx.hook(), cx.client().base_url())))
}

/// What starts the program.
fn command() -> String {
    let program = std::env::current_exe().unwrap();
    let arguments = ["behind::program", "--exact", "--ignored", "--nocapture"];
    json!([&[program.to_str().unwrap()], &arguments[..]].concat()).to_string()
}

#[tokio::test]
async fn it_handles_what_the_host_in_front_gives_it_and_leaves_configuration_and_journal_to_it() {
    let stage = Stage::new();
    let env = format!("{{{IS_HANDLER}: yes, BKPER_API_URL: \"http://127.0.0.1:8090\"}}");
    let serving = stage.serve_handler(&format!("{{run: {{command: {}, env: {env}}}}}", command()), &[]).await;

    for id in ["e1", "e2"] {
        let reply = serving.post(event(id, "b1")).send().await;
        assert_eq!(reply.json(), json!({"result": format!("by {APP} for http://127.0.0.1:8090")}));
    }
    assert_eq!(serving.delivery(&event("e1", "b1")).await.outcome, Some(Outcome::Result));
    let undeclared = serving.post(event("e3", "b1").of_type("ACCOUNT_CREATED")).send().await;
    assert_eq!(undeclared.json(), json!({"result": false}));
}

#[tokio::test]
async fn without_a_host_in_front_it_takes_the_place_of_what_the_configuration_starts() {
    let stage = Stage::new();
    let path = stage.folder.path().join("bookhook.yaml");
    let yaml = format!(
        "hooks: {{{APP}: {{source: {{bkper: {{manifest: ., verify: false}}}}, handler: {{run: {{command: ./none}}}}}}}}"
    );
    std::fs::write(&path, yaml).unwrap();
    let config = Config::load(&path, &|_| None).unwrap().config;
    assert_eq!(config.hooks.len(), 1);

    let serving = stage.start(config, Some(stage.app().on(EventType::TransactionChecked, tell))).await;

    let reply = serving.post(event("e1", "b1")).send().await;
    assert_eq!(reply.json(), json!({"result": format!("by {APP} for https://api.bkper.app")}));
}
