//! The operators' door of a host.

use std::net::{SocketAddr, TcpListener};

use bookhook::config::{Config, ConsoleConfig, JournalLocation};
use bookhook::{Host, HostError};
use bookhook_testkit::{Post, Reply, Runs};
use serde_json::Value;

use crate::stage::{Serving, Stage, event};

fn console(listen: &str) -> ConsoleConfig {
    ConsoleConfig { listen: listen.parse().unwrap(), is_told: true, token: None }
}

async fn with_door(token: Option<&str>) -> (Stage, Serving) {
    let mut stage = Stage::new();
    stage.with_console(ConsoleConfig { token: token.map(Into::into), ..console("127.0.0.1:0") });
    let serving = stage.serve(stage.prompt(&Runs::default())).await;
    (stage, serving)
}

fn door(serving: &Serving) -> SocketAddr {
    serving.host().console_address().unwrap()
}

async fn get(serving: &Serving, path: &str) -> Reply {
    Post::new(door(serving), "GET", path).send().await
}

async fn started(console: ConsoleConfig) -> Result<Option<SocketAddr>, HostError> {
    let config = Config::from_env(&|_| None).unwrap().config;
    let listen = "127.0.0.1:0".parse().unwrap();
    let config = Config { listen, journal: JournalLocation::Memory, console: Some(console), ..config };
    let running = Host::new(config).start().await?;
    let address = running.console_address();
    running.stop().await;
    Ok(address)
}

#[tokio::test]
async fn what_came_in_by_one_door_is_seen_through_the_other() {
    let (_stage, serving) = with_door(None).await;
    let event = event("e1", "b1");
    assert_eq!(serving.post(&event).send().await.status, 200);
    let found: Value = get(&serving, "/api/v1/deliveries?event_id=e1").await.json();
    assert_eq!(found["items"][0]["state"], "settled");
    let hooks = get(&serving, "/api/v1/hooks").await.json();
    assert_eq!(hooks["items"][0]["source"], "bkper");
    assert_eq!(hooks["items"][0]["handler"], "native");
    serving.post("{}").send().await;
    let metrics = get(&serving, "/metrics").await;
    let refused = "bookhook_refused_total{hook=\"tax-bot\",reason=\"no_event\"} 1";
    assert!(metrics.text().contains(refused), "{}", metrics.text());
    serving.stop().await;
}

#[tokio::test]
async fn the_token_of_the_configuration_opens() {
    let (_stage, serving) = with_door(Some("letmein")).await;
    assert_eq!(get(&serving, "/api/v1/hooks").await.status, 401);
    let call = Post::new(door(&serving), "GET", "/api/v1/hooks").header("authorization", "Bearer letmein");
    assert_eq!(call.send().await.status, 200);
    assert_eq!(serving.post(event("e1", "b1")).send().await.status, 200, "the public door asks for none");
}

#[tokio::test]
async fn a_host_that_would_be_open_to_everybody_does_not_start() {
    let refused = started(console("0.0.0.0:0")).await.unwrap_err();
    assert!(matches!(refused, HostError::Console(_)));
    assert!(refused.to_string().contains("set `console.token`"), "{refused}");
}

#[tokio::test]
async fn where_another_program_listens_a_host_does_without_unless_it_was_told_to_be_there() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert!(matches!(started(console(&address)).await, Err(HostError::ConsoleListen { .. })));
    let by_default = ConsoleConfig { is_told: false, ..console(&address) };
    assert_eq!(started(by_default).await.unwrap(), None);
}
