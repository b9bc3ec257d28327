//! Servers that the host keeps running: how they begin, die, come back and end, and what becomes of runs meanwhile.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bookhook_handlers::process::{CommandLine, Guard};
use bookhook_handlers::run::{Readiness, RestartPolicy, Restarter, ServerSetup};
use bookhook_handlers::{Handler, RunHandler};
use bookhook_model::{FailureKind, RunEnd};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::logged::Logged;
use crate::processes::{eventually, process_ids, until_gone};
use crate::{failure, invocation, with_body};

const GRACE: Duration = Duration::from_millis(500);

/// `server.py` in a folder of its own, and its supervisor.
struct Served {
    folder: TempDir,
    handler: Arc<RunHandler>,
    gave_up: Arc<Mutex<Vec<String>>>,
    restarter: Restarter,
    end: oneshot::Sender<Duration>,
    supervising: JoinHandle<()>,
}

impl Served {
    fn beginning(begin: &str) -> Self {
        Self::with(begin, |_| {})
    }

    fn with(begin: &str, change: impl FnOnce(&mut ServerSetup)) -> Self {
        Self::telling(begin, change, |_, _| {})
    }

    /// The same, and this is called when the server was given up: with how to restart it, and its folder.
    fn telling(
        begin: &str,
        change: impl FnOnce(&mut ServerSetup),
        on_end: impl Fn(&Restarter, &Path) + Send + Sync + 'static,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/run/server.py");
        let mut setup = ServerSetup {
            command: CommandLine {
                program: "python3".to_owned(),
                arguments: vec![script.to_str().unwrap().to_owned()],
                folder: folder.path().to_owned(),
                environment: vec![("BEGIN".to_owned(), begin.into())],
            },
            path: "/events".to_owned(),
            ready: Readiness::default(),
            restart: RestartPolicy { first: Duration::from_millis(1), ..RestartPolicy::default() },
        };
        change(&mut setup);
        let (handler, supervisor) =
            RunHandler::new("tax-bot".parse().unwrap(), setup, Guard::start()).unwrap();
        let restarter = supervisor.restarter();
        let (end, told) = oneshot::channel();
        let gave_up = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&gave_up);
        let (of_server, at) = (restarter.clone(), folder.path().to_owned());
        let supervising = tokio::spawn(supervisor.run(
            move |gave_up| {
                noted.lock().unwrap().push(gave_up.reason);
                on_end(&of_server, &at);
                std::future::ready(())
            },
            async { told.await.unwrap() },
        ));
        Self { folder, handler: Arc::new(handler), gave_up, restarter, end, supervising }
    }

    /// A run that goes on by itself.
    fn asked_to(&self, wish: &str) -> JoinHandle<RunEnd> {
        let (handler, body) = (Arc::clone(&self.handler), json!({"do": wish}).to_string());
        tokio::spawn(async move { handler.handle(with_body(body)).await })
    }

    /// What it answers.
    async fn answer(&self) -> String {
        response(self.asked_to("answer")).await
    }

    fn write(&self, name: &str) {
        std::fs::write(self.folder.path().join(name), "").unwrap();
    }

    async fn until_written(&self, name: &str) {
        eventually(name, async || self.folder.path().join(name).exists().then_some(())).await;
    }

    /// The ports of all servers so far.
    fn ports(&self) -> Vec<u16> {
        let starts = std::fs::read_to_string(self.folder.path().join("starts")).unwrap_or_default();
        starts.lines().map(|port| port.parse().unwrap()).collect()
    }

    async fn process(&self, name: &str) -> u32 {
        process_ids(self.folder.path(), &[name]).await[0]
    }

    async fn end(self) -> TempDir {
        self.end.send(GRACE).unwrap();
        self.supervising.await.unwrap();
        self.folder
    }
}

async fn response(run: JoinHandle<RunEnd>) -> String {
    match run.await.unwrap() {
        RunEnd::Answered { response, .. } => {
            let json: serde_json::Value = serde_json::from_slice(response.json()).unwrap();
            json["result"].as_str().unwrap().to_owned()
        }
        other => panic!("{other:?}"),
    }
}

fn kill(process: u32) {
    assert!(
        std::process::Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap().success()
    );
}

#[tokio::test]
async fn events_go_to_its_path_and_it_ends_well_when_it_is_asked_to() {
    let served = Served::beginning("");
    assert_eq!(served.answer().await, "start 1 at /events");
    assert_eq!(served.answer().await, "start 1 at /events");
    let process = served.process("self").await;
    let folder = served.end().await;
    assert!(folder.path().join("ended").exists());
    until_gone(&[process]).await;
}

#[tokio::test]
async fn runs_wait_while_it_is_started() {
    let logged = Logged::start();
    let served = Served::beginning("slow");
    let early = served.asked_to("answer");
    // What it says meanwhile has nothing to do with the run.
    let line = "handler: this takes a while hook=tax-bot".to_owned();
    eventually(&line, async || logged.lines().contains(&line).then_some(())).await;
    assert!(!early.is_finished());
    served.write("go");
    assert_eq!(response(early).await, "start 1 at /events");
}

#[tokio::test]
async fn a_path_may_tell_that_it_is_ready() {
    let served = Served::with("", |setup| setup.ready.path = Some("/health".to_owned()));
    let early = served.asked_to("answer");
    served.process("self").await;
    assert!(!early.is_finished());
    served.write("well");
    assert_eq!(response(early).await, "start 1 at /events");
}

#[tokio::test]
async fn a_run_under_which_it_dies_is_told_apart_and_the_next_server_takes_the_next() {
    let served = Served::beginning("");
    let failed = failure(served.asked_to("die").await.unwrap());
    assert_eq!(failed.kind, FailureKind::Died);
    assert_eq!(
        failed.message,
        "the handler died while it worked on the event: `python3` ended with status 3: no rate for 2026"
    );
    assert_eq!(served.answer().await, "start 2 at /events");

    let waits = served.asked_to("wait");
    served.until_written("begun").await;
    kill(served.process("self").await);
    let failed = failure(waits.await.unwrap());
    assert_eq!(failed.kind, FailureKind::Died);
    assert!(failed.message.ends_with("`python3` was killed (signal: 9 (SIGKILL))"), "{failed}");
    assert_eq!(served.answer().await, "start 3 at /events");
    assert!(served.gave_up.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_event_that_no_server_has_seen_is_taken_to_the_next() {
    let logged = Logged::start();
    let served = Served::beginning("");
    eventually("it is ready", async || logged.lines().pop().filter(|line| line.contains("is ready"))).await;
    let process = served.process("self").await;
    kill(process);
    until_gone(&[process]).await;
    assert_eq!(served.answer().await, "start 2 at /events");
}

#[tokio::test]
async fn what_a_dead_server_leaves_behind_is_killed_before_the_next_begins() {
    let served = Served::beginning("leave");
    let child = served.process("child").await;
    failure(served.asked_to("die").await.unwrap());
    until_gone(&[child]).await;
}

#[tokio::test]
async fn a_server_that_does_not_stay_up_is_given_up_with_the_reason_until_it_is_asked_for_again() {
    let served = Served::with("crash", |setup| setup.restart.max_restarts = 2);
    let waits = failure(served.asked_to("answer").await.unwrap());
    let reason = "the handler does not stay up, for all its 2 restarts within 10m; at last `python3` ended with \
                  status 3: Cannot find module 'hono'";
    assert_eq!((waits.kind, waits.message.as_str()), (FailureKind::Died, reason));
    assert_eq!(*served.gave_up.lock().unwrap(), [reason]);
    assert_eq!(served.ports().len(), 3);

    // It is tried again as often.
    assert_eq!(failure(served.asked_to("answer").await.unwrap()).message, reason);
    assert_eq!(served.gave_up.lock().unwrap().len(), 2);
    assert_eq!(served.ports().len(), 6);

    served.write("fixed");
    assert_eq!(served.answer().await, "start 7 at /events");
}

#[tokio::test]
async fn one_whose_program_has_changed_may_end_what_it_does_and_the_next_takes_the_next() {
    let served = Served::with("", |setup| setup.restart.max_restarts = 0);
    assert_eq!(served.answer().await, "start 1 at /events");
    let before = served.process("self").await;

    assert!(!served.restarter.restart());
    served.until_written("ended").await;

    assert_eq!(served.answer().await, "start 2 at /events");
    until_gone(&[before]).await;
    assert!(served.gave_up.lock().unwrap().is_empty());
}

#[tokio::test]
async fn one_that_was_given_up_is_started_when_its_program_has_changed() {
    let served = Served::with("crash", |setup| setup.restart.max_restarts = 0);
    failure(served.asked_to("answer").await.unwrap());
    served.write("fixed");

    assert!(served.restarter.restart());

    assert_eq!(served.answer().await, "start 2 at /events");
}

#[tokio::test]
async fn one_whose_program_changes_while_it_is_given_up_is_started_all_the_same() {
    let fix = |restarter: &Restarter, folder: &Path| {
        std::fs::write(folder.join("fixed"), "").unwrap();
        assert!(!restarter.restart());
    };
    let served = Served::telling("crash", |setup| setup.restart.max_restarts = 0, fix);
    eventually("it is started anew", async || (served.ports().len() == 2).then_some(())).await;
    assert_eq!(served.answer().await, "start 2 at /events");
}

#[tokio::test]
async fn one_that_is_not_ready_in_time_is_ended() {
    let served = Served::with("", |setup| {
        setup.command.program = "sh".to_owned();
        setup.command.arguments =
            ["-c", "echo $$ >self; echo $PORT >starts; sleep 600"].map(str::to_owned).into();
        setup.ready.timeout = Duration::from_secs(2);
        setup.restart.max_restarts = 0;
    });
    let process = served.process("self").await;
    let failed = failure(served.asked_to("answer").await.unwrap());
    let port = served.ports()[0];
    let why = format!(
        "`sh` was not ready within 2s: 127.0.0.1:{port} accepts no connection (Connection refused (os error 111)); does it listen on the port in PORT?"
    );
    assert!(failed.message.ends_with(&why), "{failed}");
    until_gone(&[process]).await;

    let served = Served::with("", |setup| {
        setup.ready = Readiness { path: Some("/health".to_owned()), timeout: Duration::from_secs(5) };
        setup.restart.max_restarts = 0;
    });
    let failed = failure(served.asked_to("answer").await.unwrap());
    assert!(failed.message.ends_with("/health answered 503 Service Unavailable"), "{failed}");
}

#[tokio::test]
async fn a_command_that_is_not_there_is_told() {
    let served = Served::with("", |setup| {
        setup.command.program = "./serve".to_owned();
        setup.restart.max_restarts = 0;
    });
    let failed = failure(served.asked_to("answer").await.unwrap());
    let missing = served.folder.path().join("serve");
    let why = format!("at last `./serve` cannot be started: there is no file {}", missing.display());
    assert!(failed.message.ends_with(&why), "{failed}");
}

#[tokio::test]
async fn a_port_that_another_took_meanwhile_costs_no_restart() {
    let served = Served::with("too late", |setup| setup.restart.max_restarts = 0);
    let thief = served.process("thief").await;
    eventually("it is started anew", async || (served.ports().len() == 2).then_some(())).await;
    assert_eq!(served.answer().await, "start 2 at /events");
    assert_ne!(served.ports()[0], served.ports()[1]);
    kill(thief);
}

#[tokio::test]
async fn at_the_end_what_does_not_listen_to_reason_is_killed_with_all_its_children() {
    let served = Served::beginning("stubborn");
    let processes = process_ids(served.folder.path(), &["self", "child", "grandchild"]).await;
    served.answer().await;
    served.end().await;
    until_gone(&processes).await;
}

#[tokio::test]
async fn without_a_supervisor_there_is_no_server() {
    let served = Served::beginning("stubborn");
    let processes = process_ids(served.folder.path(), &["self", "child", "grandchild"]).await;
    served.supervising.abort();
    until_gone(&processes).await;
}

#[tokio::test]
async fn what_it_writes_is_logged_with_the_delivery_if_there_is_only_one_and_without_secrets() {
    let logged = Logged::start();
    let served = Served::beginning("");
    let line = |ending: &str| {
        let line = format!("handler: a word with [sealed] hook=tax-bot{ending}");
        let logged = &logged;
        async move { eventually(&line, async || logged.lines().contains(&line).then_some(())).await }
    };
    let speaks = served.asked_to("speak");
    line(&format!(" delivery={}", invocation().delivery)).await;
    served.write("go");
    response(speaks).await;

    std::fs::remove_file(served.folder.path().join("go")).unwrap();
    std::fs::remove_file(served.folder.path().join("begun")).ok();
    let waits = served.handler.handle(crate::other(json!({"do": "wait"}).to_string()));
    let both = async {
        served.until_written("begun").await;
        let speaks = served.asked_to("speak");
        line("").await;
        served.write("go");
        response(speaks).await
    };
    tokio::join!(waits, both);
}

#[tokio::test]
async fn one_that_writes_without_end_neither_stalls_nor_fills_the_log() {
    let logged = Logged::start();
    let served = Served::beginning("leak");
    for _ in 0..100 {
        assert_eq!(served.answer().await, "start 1 at /events");
    }
    eventually("it is told", async || {
        logged.lines().into_iter().find(|line| line.contains("the rest is left out"))
    })
    .await;
    served.end().await;
    assert!(logged.lines().len() < 5000);
}
