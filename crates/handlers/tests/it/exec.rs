//! Commands as handlers: what they are told, what they may leave behind, and what becomes of their words.

use std::path::Path;
use std::time::Duration;

use bookhook_handlers::process::{CommandLine, Guard};
use bookhook_handlers::{ExecHandler, Handler, invoke};
use bookhook_model::{Event, EventId, FailureKind, RunEnd};

use crate::logged::Logged;
use crate::processes::{process_ids, until_gone};
use crate::{TOKEN, failure, invocation, with_body};

const LONG: Duration = Duration::from_mins(1);

/// A script of the shell as a handler that works in a folder.
fn script_in(folder: &Path, script: &str) -> ExecHandler {
    command(CommandLine {
        program: "sh".to_owned(),
        arguments: vec!["-c".to_owned(), script.to_owned()],
        folder: folder.to_owned(),
        environment: vec![("RATE".to_owned(), "0.2".into())],
    })
}

fn script(text: &str) -> ExecHandler {
    script_in(Path::new("/"), text)
}

fn command(command: CommandLine) -> ExecHandler {
    ExecHandler::new("tax-bot".parse().unwrap(), command, Guard::start())
}

async fn response(handler: ExecHandler) -> String {
    match invoke(&handler, invocation(), LONG).await {
        RunEnd::Answered { status: Some(0), response } => {
            String::from_utf8(response.json().to_vec()).unwrap()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_event_is_on_its_input_and_the_facts_are_in_its_environment() {
    let facts = "\
        printf '{\"result\": \"%s\"}' \"$(cat) $CONTENT_LENGTH $CONTENT_TYPE $BOOKHOOK_HOOK $BOOKHOOK_RUN $BOOKHOOK_CAUSE \
        $BOOKHOOK_EVENT_TYPE ${BOOKHOOK_EVENT_ID-none} ${BOOKHOOK_BOOK_ID-none} $BKPER_AGENT_ID $BKPER_OAUTH_TOKEN $RATE\"";
    let told = |event_id: &str, book: &str| {
        format!(
            r#"{{"result": "the event 9 application/json tax-bot 3 replay TRANSACTION_CHECKED {event_id} {book} tax-bot {TOKEN} 0.2"}}"#
        )
    };
    let mut invocation = with_body("the event");
    let RunEnd::Answered { response, .. } = script(facts).handle(invocation).await else { panic!() };
    assert_eq!(response.json(), told("none", "none").as_bytes());

    invocation = with_body("the event");
    let event = Event { id: Some(EventId("e1".into())), book_id: Some("b1".into()), ..invocation.event };
    invocation = bookhook_handlers::Invocation { event, ..invocation };
    let delivery = invocation.delivery;
    let RunEnd::Answered { response, .. } = script(facts).handle(invocation).await else { panic!() };
    assert_eq!(response.json(), told("e1", "b1").as_bytes());

    let ids = self::response(script(r#"echo "{\"result\": \"$BOOKHOOK_DELIVERY $TRACEPARENT\"}""#)).await;
    assert!(ids.contains(&format!("{delivery} 00-07070707070707070707070707070707-")), "{ids}");
}

#[tokio::test]
async fn it_runs_in_its_folder_without_a_shell() {
    let folder = tempfile::tempdir().unwrap();
    let here = script_in(folder.path(), r#"echo "{\"result\": \"$PWD\"}""#);
    let real = folder.path().canonicalize().unwrap();
    assert_eq!(response(here).await, format!("{{\"result\": \"{}\"}}\n", real.display()));

    let words = command(CommandLine {
        program: "echo".to_owned(),
        arguments: vec![r#"{"result": "$HOME * ; `x`"}"#.to_owned()],
        folder: folder.path().to_owned(),
        environment: Vec::new(),
    });
    assert_eq!(response(words).await, "{\"result\": \"$HOME * ; `x`\"}\n");
}

#[tokio::test]
async fn nothing_to_say_is_a_suppressed_result() {
    for silent in ["true", "echo"] {
        assert_eq!(response(script(silent)).await, r#"{"result":false}"#);
    }
}

#[tokio::test]
async fn an_event_need_not_be_read_whatever_its_size() {
    let large = with_body(vec![b' '; 1 << 20]);
    let answers = script("exec <&-; echo '{}'");
    assert!(matches!(invoke(&answers, large, LONG).await, RunEnd::Answered { .. }));
    // One that answers while it reads does not wait for the host, nor the host for it.
    let large = with_body([br#"{"result":""#.as_slice(), &vec![b'x'; (1 << 20) - 13], br#""}"#].concat());
    assert!(matches!(invoke(&script("cat"), large, LONG).await, RunEnd::Answered { .. }));
}

#[tokio::test]
async fn the_exit_status_is_the_outcome() {
    let failed = failure(script("echo '{}'; echo 'no rate' >&2; exit 3").handle(invocation()).await);
    assert_eq!(failed.kind, FailureKind::Exited(3));
    assert_eq!(failed.message, "`sh` ended with status 3: no rate");
    assert_eq!(failure(script("exit 1").handle(invocation()).await).message, "`sh` ended with status 1");

    let killed = failure(script("echo 'about to' >&2; kill -s SEGV $$").handle(invocation()).await);
    assert_eq!(killed.kind, FailureKind::Disconnected);
    assert!(killed.message.starts_with("`sh` was killed (signal: 11 (SIGSEGV)"), "{killed}");
    assert!(killed.message.ends_with("): about to"), "{killed}");

    assert_eq!(script("exit 75").handle(invocation()).await, RunEnd::Busy { retry_after: None });
}

#[tokio::test]
async fn of_many_words_the_last_are_told() {
    let talks = script("i=0; while [ $i -lt 5000 ]; do echo line $i >&2; i=$((i+1)); done; exit 1");
    let failure = failure(talks.handle(invocation()).await);
    assert!(failure.message.starts_with("`sh` ended with status 1: …"), "{failure}");
    assert!(failure.message.ends_with(r"\nline 4998\nline 4999"), "{failure}");
}

#[tokio::test]
async fn a_command_that_is_not_there_is_told() {
    let missing = CommandLine {
        program: "./deploy.sh".to_owned(),
        arguments: Vec::new(),
        folder: "/".into(),
        environment: Vec::new(),
    };
    let failure = failure(command(missing).handle(invocation()).await);
    assert_eq!(failure.kind, FailureKind::Unreachable);
    assert_eq!(failure.message, "`./deploy.sh` cannot be started: there is no file /deploy.sh");
}

#[tokio::test]
async fn what_it_leaves_behind_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let leaves = "trap '' TERM; sleep 600 & echo $! >child; (trap '' TERM; sleep 600 & echo $! >grandchild; wait) & echo '{}'";
    // The children hold its output open, and nobody waits for them.
    assert_eq!(response(script_in(folder.path(), leaves)).await, "{}\n");
    until_gone(&process_ids(folder.path(), &["child"]).await).await;
}

#[tokio::test]
async fn past_its_time_everything_that_it_started_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let hangs = "trap '' TERM; echo $$ >self; sh -c 'trap \"\" TERM; echo $$ >child; sleep 600 & echo $! >grandchild; wait' & wait";
    let handler = script_in(folder.path(), hangs);
    let run = invoke(&handler, invocation(), Duration::from_secs(1));
    let (end, processes) = tokio::join!(run, process_ids(folder.path(), &["self", "child", "grandchild"]));
    assert_eq!(failure(end).kind, FailureKind::TimedOut);
    until_gone(&processes).await;
}

#[tokio::test]
async fn somebody_who_got_away_with_its_output_does_not_keep_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let escapes = "setsid sleep 600 & echo $! >escaped; echo '{}'";
    assert_eq!(response(script_in(folder.path(), escapes)).await, "{}\n");
    for id in process_ids(folder.path(), &["escaped"]).await {
        let killed = std::process::Command::new("kill").arg(id.to_string()).status().unwrap();
        assert!(killed.success());
    }
}

#[tokio::test]
async fn its_words_are_logged_with_the_delivery_and_without_secrets() {
    let logged = Logged::start();
    let talks = script("printf 'one\\n\\033[31mtwo\\033[0m %s\\nthree' \"$BKPER_OAUTH_TOKEN\" >&2");
    response(talks).await;
    let delivery = invocation().delivery;
    let told = |text: &str| format!("handler: {text} hook=tax-bot delivery={delivery}");
    assert_eq!(logged.lines(), [told("one"), told(r"\u{1b}[31mtwo\u{1b}[0m [sealed]"), told("three")]);
}

#[tokio::test]
async fn words_without_end_neither_fill_the_log_nor_stall_the_command() {
    let logged = Logged::start();
    response(script("yes | head -n 100000 >&2; head -c 10000000 /dev/zero >&2")).await;
    let lines = logged.lines();
    let told: Vec<_> =
        lines.iter().filter(|line| line.contains("are left out") || line.contains("left_out")).collect();
    assert!(lines.len() < 2000, "{}", lines.len());
    let left_out: usize =
        told.iter().map(|line| line.rsplit_once('=').unwrap().1.parse::<usize>().unwrap()).sum();
    assert_eq!(left_out + lines.len() - told.len(), 100_001, "{told:?}");
}
