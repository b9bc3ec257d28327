//! Handlers that are processes of the host, and do what handlers should not: none harms another hook, leaks a process,
//! or loses a delivery.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bookhook::model::{Cause, Outcome, State};
use bookhook_testkit::wait::in_time;
use bookhook_testkit::{Example, Reply, eventually};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::stage::{Serving, Stage, event};

/// `handler.py` as a server, with more of the configuration.
pub(crate) fn server(more: &str) -> String {
    format!("{{run: {{command: [python3, {}, serve], {more}}}}}", script().display())
}

/// The same that does what this argument says.
fn bad_server(argument: &str) -> String {
    format!("{{run: {{command: [python3, {}, serve, {argument}]}}}}", script().display())
}

/// `handler.py` as a command.
pub(crate) fn command() -> String {
    format!("{{exec: {{command: [python3, {}, once, --stubborn]}}}}", script().display())
}

pub(crate) fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/host/processes/handler.py")
}

impl Stage {
    /// Lets a handler go on that waits for this.
    pub(crate) fn write(&self, name: &str) {
        std::fs::write(self.folder.path().join(name), "").unwrap();
    }

    pub(crate) fn erase(&self, name: &str) {
        std::fs::remove_file(self.folder.path().join(name)).unwrap();
    }

    /// The lines that a handler has noted.
    fn noted(&self, name: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).map(str::to_owned).collect()
    }

    /// The ids of processes that were noted under these names.
    async fn processes(&self, names: &[&str]) -> Vec<u32> {
        eventually("the processes have begun", async || {
            names.iter().map(|name| self.noted(name).pop()?.parse().ok()).collect()
        })
        .await
    }
}

impl Serving {
    /// Sends the event as Bkper does: again, for as long as it is told to come back.
    pub(crate) async fn send_until_answered(&self, event: &Example) -> Reply {
        let answered = async {
            loop {
                let reply = self.post(event).send().await;
                if reply.status != 429 {
                    return reply;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        in_time("an answer that is none of `come back later`", answered).await
    }

    async fn assert_that_the_neighbour_is_well(&self, id: &str) {
        let reply = self.post_to_neighbour(event(id, "b1")).send().await;
        assert_eq!((reply.status, reply.json()), (200, json!({"result": "well"})));
    }
}

async fn until_gone(processes: &[u32]) {
    for id in processes {
        eventually("the process is gone", async || is_gone(*id).then_some(())).await;
    }
}

/// Nobody need have asked for its status yet.
fn is_gone(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
    stat.map_or(true, |stat| stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z')))
}

#[tokio::test]
async fn a_server_that_crashes_on_every_third_event_loses_none() {
    let stage = Stage::new();
    let quickly = "restart: {first: 1ms, max: 1ms, max_restarts: 1000}";
    let serving = stage.serve_handler(&server(quickly), &[]).await;
    let events: Vec<_> = (0..15).map(|n| event(&format!("crash-{n}"), &format!("b{}", n % 3))).collect();

    let sending = events.iter().map(|event| serving.send_until_answered(event));
    let replies = futures_util::future::join_all(sending).await;

    for (event, reply) in events.iter().zip(replies) {
        assert_eq!((reply.status, reply.json()), (200, json!({"result": event.event_id()})));
        let delivery = serving.delivery(event).await;
        assert_eq!((delivery.state, delivery.outcome), (State::Settled, Some(Outcome::Result)));
        let runs = delivery.runs.unwrap();
        let (last, before) = runs.split_last().unwrap();
        assert!(last.error.is_none());
        for (number, run) in before.iter().enumerate() {
            let error = run.error.as_deref().unwrap();
            assert!(error.starts_with("the handler died while it worked on the event: "), "{error}");
            assert_eq!(run.cause, if number == 0 { Cause::First } else { Cause::Retry });
        }
    }
    let mut handled = stage.noted("handled");
    handled.sort();
    handled.dedup();
    assert_eq!(handled.len(), events.len());
    serving.assert_that_the_neighbour_is_well("n1").await;
    serving.stop().await;
}

#[tokio::test]
async fn a_server_that_leaks_output_without_end_goes_on_and_so_do_others() {
    let stage = Stage::new();
    let serving = stage.serve_handler(&bad_server("--leak"), &[]).await;
    for n in 0..30 {
        let event = event(&format!("ok-{n}"), "b1");
        assert_eq!(serving.post(&event).send().await.json(), json!({"result": event.event_id()}));
        serving.assert_that_the_neighbour_is_well(&format!("n{n}")).await;
    }
    serving.stop().await;
}

#[tokio::test]
async fn an_answer_after_its_time_is_nobodys() {
    for handler in [server(""), command()] {
        let stage = Stage::new();
        let serving = stage.serve_handler(&handler, &["timeout: 3s", "deadline: 30s"]).await;
        // So that the time is not spent on starting.
        assert_eq!(serving.post(event("ok-0", "b1")).send().await.status, 200, "{handler}");
        let (late, next) = (event("late-1", "b1"), event("ok-1", "b1"));

        let first = serving.sent(&late).await;
        let second = serving.sent(&next).await;
        let told = json!({"error": "the handler did not answer within 3s"});
        assert_eq!(first.await.unwrap().json(), told, "{handler}");
        stage.write("go");
        assert_eq!(second.await.unwrap().json(), json!({"result": "ok-1"}), "{handler}");

        let delivery = serving.delivery(&late).await;
        assert_eq!((delivery.state, delivery.outcome), (State::Settled, Some(Outcome::Error)));
        assert_eq!(delivery.runs.unwrap().len(), 1);
        serving.assert_that_the_neighbour_is_well("n1").await;
        serving.stop().await;
    }
}

#[tokio::test]
async fn a_server_that_forks_and_ignores_sigterm_ends_with_the_host_and_its_event_runs_at_the_next() {
    let stage = Stage::new();
    let mut serving = stage.serve_handler(&bad_server("--stubborn"), &[]).await;
    let forks = event("fork-1", "b1");
    let caller = serving.sent(&forks).await;
    let processes = stage.processes(&["self", "child", "grandchild"]).await;
    serving.assert_that_the_neighbour_is_well("n1").await;

    let begun = Instant::now();
    serving.stopping().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    until_gone(&processes).await;
    assert_eq!(caller.await.unwrap().status, 429);
    drop(serving);

    stage.write("go");
    let serving = stage.serve_handler(&server(""), &[]).await;
    let delivery = serving.until(&forks, "it is settled", |found| found.state == State::Settled).await;
    assert_eq!(delivery.outcome, Some(Outcome::Result));
    assert_eq!(delivery.runs.unwrap()[1].cause, Cause::Recovery);
    assert_eq!(serving.post(&forks).send().await.json(), json!({"result": "fork-1"}));
    serving.stop().await;
}

#[tokio::test]
async fn a_command_that_forks_and_ignores_sigterm_is_over_when_its_time_is() {
    let stage = Stage::new();
    let serving = stage.serve_handler(&command(), &["timeout: 3s"]).await;
    let caller = serving.sent(&event("fork-1", "b1")).await;
    let processes = stage.processes(&["self", "child", "grandchild"]).await;
    assert_eq!(caller.await.unwrap().json(), json!({"error": "the handler did not answer within 3s"}));
    until_gone(&processes).await;
    serving.assert_that_the_neighbour_is_well("n1").await;
}

#[tokio::test]
async fn a_host_that_crashes_takes_its_processes_along_and_the_next_one_runs_the_event_again() {
    for handler in [bad_server("--stubborn"), command()] {
        let stage = Stage::new();
        let serving = stage.serve_handler(&handler, &[]).await;
        let forks = event("fork-1", "b1");
        serving.sent(&forks).await.abort();
        let processes = stage.processes(&["self", "child", "grandchild"]).await;
        serving.crash().await;
        until_gone(&processes).await;

        stage.write("go");
        let serving = stage.serve_handler(&handler, &[]).await;
        let delivery = serving.until(&forks, "it is settled", |found| found.state == State::Settled).await;
        assert_eq!(delivery.runs.unwrap()[1].cause, Cause::Recovery, "{handler}");
        serving.stop().await;
    }
}

#[tokio::test]
async fn a_server_that_does_not_stay_up_pauses_its_hook_until_the_next_start() {
    let stage = Stage::new();
    stage.write("broken");
    let handler = server("restart: {first: 1ms, max: 1ms, max_restarts: 2}");
    let serving = stage.serve_handler(&handler, &[]).await;
    let (first, second) = (event("ok-1", "b1"), event("ok-2", "b2"));

    // It waited for the server, or came when the hook was paused.
    assert_eq!(serving.post(&first).send().await.status, 429);
    serving.until_held(&first).await;
    let delivery = serving.delivery(&first).await;
    let runs = delivery.runs.unwrap();
    let reasons = runs.iter().filter_map(|run| run.error.as_deref());
    for reason in reasons {
        assert!(reason.contains("does not stay up, for all its 2 restarts within 10m"), "{reason}");
        assert!(reason.ends_with("Cannot find module 'hono'"), "{reason}");
    }
    serving.until_held(&second).await;
    serving.assert_that_the_neighbour_is_well("n1").await;
    serving.stop().await;

    stage.erase("broken");
    let serving = stage.serve_handler(&handler, &[]).await;
    for event in [&first, &second] {
        serving.until(event, "it is settled", |found| found.state == State::Settled).await;
        assert_eq!(serving.post(event).send().await.json(), json!({"result": event.event_id()}));
    }
    serving.stop().await;
}

#[tokio::test]
async fn a_hook_whose_server_was_given_up_can_be_resumed() {
    let stage = Stage::new();
    stage.write("broken");
    let handler = server("restart: {first: 1ms, max: 1ms, max_restarts: 1}");
    let serving = stage.serve_handler(&handler, &[]).await;
    let held = event("ok-1", "b1");
    serving.until_held(&held).await;

    stage.erase("broken");
    serving.resume().await;
    serving.until(&held, "it is settled", |found| found.state == State::Settled).await;
    assert_eq!(stage.noted("handled"), ["ok-1"]);
    serving.stop().await;
}

#[tokio::test]
async fn callers_wait_for_a_server_that_begins_up_to_their_deadline() {
    let stage = Stage::new();
    stage.write("slow");
    let serving = stage.serve_handler(&server(""), &["deadline: 300ms"]).await;
    let early = event("ok-1", "b1");
    assert_eq!(serving.post(&early).send().await.status, 429);
    assert_eq!(serving.delivery(&early).await.state, State::Running);
    stage.write("go");
    serving.until(&early, "it is settled", |found| found.state == State::Settled).await;
    assert_eq!(serving.post(&early).send().await.json(), json!({"result": "ok-1"}));
    assert_eq!(stage.noted("handled"), ["ok-1"]);
    serving.stop().await;
}

impl Serving {
    /// Sends the event until its hook is paused and holds it.
    async fn until_held(&self, event: &Example) {
        eventually("it is held", async || {
            let reply = self.post(event).send().await;
            assert_eq!(reply.status, 429);
            (self.delivery(event).await.state == State::Held).then_some(())
        })
        .await;
    }
}
