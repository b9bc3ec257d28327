//! Acting on a host that runs: every command talks to a real one, through its operators' door.

use std::net::TcpListener;

use serde_json::Value;

use crate::dev::{curl_of, pasted, start_with};
use crate::handler::Handler;
use crate::place::{Place, Ran, Running};

const DONE: &str = "{\"result\": \"done\"}";
const FAILED: &str = "{\"error\": \"no such account\"}";

/// A host that is configured by a file, with an operators' door that asks for a token.
struct Desk {
    place: Place,
    running: Running,
    hook: String,
    handler: Handler,
}

impl Desk {
    fn with(answer: &'static str) -> Self {
        let place = Place::with_app();
        let handler = Handler::answering(answer);
        let console = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        place.write(
            "bookhook.yaml",
            &format!(
                "listen: 127.0.0.1:0\nconsole: {{listen: \"{console}\", token: letmein}}\nhooks:\n  tax-bot:\n    \
                 source: {{bkper: {{manifest: bkper.yaml, audience: here}}}}\n    handler: {{http: \"{}\"}}\n",
                handler.url()
            ),
        );
        let running = place.start(&["serve", "--trust-sandbox"]);
        let line = running.err_line("listens on");
        let hook = format!("{}/hooks/tax-bot", line.split_whitespace().last().unwrap());
        assert!(running.err_line("operators").ends_with(&format!("http://{console}")));
        Self { place, running, hook, handler }
    }

    /// Sends an event; its reply is of no interest.
    fn send(&self, id: &str, book: &str) {
        self.place.run(&["send", "TRANSACTION_CHECKED", "--to", &self.hook, "--id", id, "--book", book]);
    }

    fn run(&self, args: &[&str]) -> Ran {
        self.place.run_with(args, &[("USER", "ada")])
    }

    /// What a command prints as JSON, which must be done.
    fn json(&self, args: &[&str]) -> Vec<Value> {
        let ran = self.run(&[args, &["--json"]].concat());
        assert_eq!(ran.status, 0, "{args:?}: {}{}", ran.out, ran.err);
        ran.json()
    }

    /// One delivery, once it stands so.
    fn until(&self, event: &str, state: &str) -> Value {
        crate::place::eventually(&format!("{event} is {state}"), || {
            let shown = self.run(&["activity", "show", event, "--json"]);
            shown.json().pop().filter(|delivery| delivery["state"] == state)
        })
    }
}

#[test]
fn a_hook_is_paused_and_resumed() {
    let desk = Desk::with(DONE);
    let paused = desk.run(&["pause", "tax-bot", "--reason", "the tax changes"]);
    assert_eq!(paused.status, 0, "{}", paused.err);
    assert!(paused.out.contains("tax-bot: paused by ada@"), "{}", paused.out);
    assert!(paused.out.trim_end().ends_with(": the tax changes"), "{}", paused.out);
    desk.send("e1", "b1");
    desk.until("e1", "held");
    let hook = desk.json(&["hooks"]).remove(0);
    assert_eq!((&hook["state"], &hook["held"]), (&"paused".into(), &1.into()));

    let resumed = desk.json(&["resume", "tax-bot"]).remove(0);
    assert_eq!(resumed["state"], "running");
    desk.until("e1", "settled");
    let table = desk.run(&["hooks"]).out;
    assert!(table.starts_with("hook") && table.contains("tax-bot  running"), "{table}");
    assert_eq!(desk.running.end(), 0);
}

#[test]
fn a_book_is_paused_while_others_go_on() {
    let desk = Desk::with(DONE);
    let paused = desk.json(&["pause", "tax-bot", "--lane", "b1"]).remove(0);
    assert_eq!(paused["paused_lanes"][0]["lane"], "b1");
    desk.send("e1", "b1");
    desk.send("e2", "b2");
    desk.until("e2", "settled");
    desk.until("e1", "held");
    let explained = desk.run(&["activity", "--explain", "e1"]);
    assert_eq!(explained.status, 0, "{}", explained.err);
    assert!(explained.out.contains("held") && explained.out.contains("bookhook resume"), "{}", explained.out);
    desk.json(&["resume", "tax-bot", "--lane", "b1"]);
    desk.until("e1", "settled");
}

#[test]
fn a_delivery_is_parked_unparked_and_skipped() {
    let desk = Desk::with(DONE);
    desk.json(&["pause", "tax-bot"]);
    desk.send("e1", "b1");
    desk.until("e1", "held");
    let parked = desk.json(&["park", "e1", "--reason", "later"]).remove(0);
    assert_eq!(parked["state"], "parked");
    let reason = parked["parked_reason"].as_str().unwrap();
    assert!(reason.starts_with("parked by ada@") && reason.ends_with(": later"), "{reason}");
    assert_eq!(desk.json(&["unpark", "e1"])[0]["state"], "held");
    let skipped = desk.run(&["skip", "e1"]);
    assert!(skipped.out.contains("suppressed"), "{}", skipped.out);
    let again = desk.run(&["skip", "e1"]);
    assert_eq!(again.status, 1);
    assert!(again.err.contains("is settled"), "{}", again.err);

    let what = |act: &Value| act["what"].as_str().unwrap().to_owned();
    let acts: Vec<_> = desk.json(&["acts", "--delivery", "e1"]).iter().map(what).collect();
    assert_eq!(acts, ["park", "unpark", "skip"], "the newest last");
    let table = desk.run(&["acts"]).out;
    assert!(table.contains("ada@") && table.contains("pause"), "{table}");
    assert!(desk.handler.got().is_empty());
}

#[test]
fn a_delivery_runs_again() {
    let desk = Desk::with(FAILED);
    desk.send("e1", "b1");
    desk.until("e1", "settled");
    let replayed = desk.json(&["replay", "e1"]).remove(0);
    assert_eq!(replayed["event_id"], "e1");
    crate::place::eventually("two runs", || {
        let runs = desk.until("e1", "settled")["runs"].as_array().unwrap().clone();
        (runs.len() == 2 && runs[1]["cause"] == "replay").then_some(())
    });
}

#[test]
fn a_delivery_whose_token_is_gone_runs_without_one_when_that_is_asked_for() {
    let desk = Desk::with(DONE);
    desk.send("e1", "b1");
    desk.until("e1", "settled");
    let refused = desk.run(&["replay", "e1"]);
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains("was erased, or has expired"), "{}", refused.err);
    assert!(refused.err.contains("hint: `--via bkper` has Bkper send the event again"), "{}", refused.err);
    assert_eq!(desk.json(&["replay", "e1", "--without-token"])[0]["event_id"], "e1");
}

#[test]
fn many_deliveries_run_again_and_progress_is_shown() {
    let desk = Desk::with(FAILED);
    for id in ["e1", "e2", "e3"] {
        desk.send(id, id);
        desk.until(id, "settled");
    }
    let ran = desk.run(&["replay", "--error", "--per-second", "100"]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("3 deliveries, 100 a second at most"), "{}", ran.err);
    assert!(ran.out.contains("done: 3 of 3 put back into their lanes"), "{}", ran.out);
    let job = desk.json(&["replays"]).remove(0);
    assert_eq!((&job["state"], &job["done"]), (&"done".into(), &3.into()));
    let id = job["id"].as_str().unwrap();
    let over = desk.run(&["replays", "cancel", id]);
    assert_eq!((over.status, over.out.as_str()), (1, ""), "{}", over.err);

    let slow = desk.json(&["replay", "--hook", "tax-bot", "--per-second", "1", "--detach"]).remove(0);
    let cancelled = desk.json(&["replays", "cancel", slow["id"].as_str().unwrap()]).remove(0);
    assert_eq!(cancelled["state"], "cancelled");
}

#[test]
fn a_book_is_erased() {
    let desk = Desk::with(DONE);
    for (id, book) in [("e1", "b1"), ("e2", "b2")] {
        desk.send(id, book);
        desk.until(id, "settled");
    }
    let ran = desk.run(&["erase", "--book", "b1"]);
    assert_eq!(
        (ran.status, ran.out.as_str()),
        (0, "erased: 1 deliveries, with payloads, runs and responses\n")
    );
    let left = desk.json(&["activity"]);
    assert_eq!((left.len(), &left[0]["book_id"]), (1, &"b2".into()));
    assert_eq!(desk.run(&["erase"]).status, 2);
    let acts = desk.run(&["acts"]).out;
    assert!(acts.contains("erase") && acts.contains("by book: 1 delivery"), "{acts}");
}

#[test]
fn what_a_user_caused_is_erased() {
    let desk = Desk::with(DONE);
    desk.place.write(
        "zoes.json",
        r#"{"id": "e1", "type": "TRANSACTION_CHECKED", "bookId": "b1", "book": {"id": "b1"}, "agent": {"id": "bkper-cli"},
            "user": {"username": "zoe", "name": "Zoe Zorn"}}"#,
    );
    desk.place.run(&["send", "zoes.json", "--to", &desk.hook]);
    desk.send("e2", "b1");
    desk.until("e1", "settled");
    desk.until("e2", "settled");
    let shown = desk.run(&["activity", "show", "e1"]).out;
    assert!(shown.contains("zoe"), "{shown}");

    let nobody = desk.run(&["erase", "--user", "Zoe Zorn"]);
    assert_eq!(nobody.out, "erased: 0 deliveries, with payloads, runs and responses\n");
    assert!(nobody.err.contains("hint: ") && nobody.err.contains("the username"), "{}", nobody.err);
    let ran = desk.run(&["erase", "--user", "zoe"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert_eq!(desk.json(&["activity"]).len(), 1);
    let acts = desk.run(&["acts"]).out;
    assert!(acts.contains("by user: 1 delivery") && !acts.contains("zoe"), "{acts}");
}

#[test]
fn bkper_sends_an_event_again_with_a_fresh_token() {
    let place = Place::new();
    place.write("bkper.yaml", "id: tax-bot\nevents: [TRANSACTION_CHECKED]\n");
    let handler = Handler::answering(DONE);
    let path = std::env::var("PATH").unwrap();
    let running = start_with(&place, &["--to", &handler.url()], &[("PATH", &path)]);
    let bkper = running.err_line("  Bkper ").split_whitespace().nth(1).unwrap().to_owned();
    let console = running.err_line("  API ").split_whitespace().nth(1).unwrap().to_owned();
    pasted(&curl_of(&running));
    running.out_line("TRANSACTION_CHECKED → tax-bot  result");

    let replay = ["replay", "--via", "bkper", "--type", "TRANSACTION_CHECKED", "--url", &console];
    let ran = place.run(&replay);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("BKPER_TOKEN is not set"), "{}", ran.err);
    let ran = place.run_with(&replay, &[("BKPER_TOKEN", "mia"), ("BKPER_API_URL", &bkper)]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("Bkper has sent it again"), "{}", ran.out);
    running.out_line("result");
    assert_eq!(handler.got().len(), 2, "each time with a token");
}

#[test]
fn where_no_host_answers_it_says_what_to_do() {
    let place = Place::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    for args in [&["hooks"][..], &["pause", "tax-bot"], &["replay", "e1"], &["acts"], &["replays"]] {
        let ran = place.run(&[args, &["--url", &url]].concat());
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{args:?}");
        assert!(ran.err.starts_with(&format!("error: no host answers at {url}/\n")), "{}", ran.err);
        assert!(ran.err.contains("hint: start one with `bookhook serve`"), "{}", ran.err);
    }
}

#[test]
fn the_token_comes_from_the_configuration_or_the_environment() {
    let desk = Desk::with(DONE);
    let config = std::fs::read_to_string(desk.place.path("bookhook.yaml")).unwrap();
    let url = format!("http://{}", config.split('"').nth(1).unwrap());
    let refused = desk.run(&["hooks", "--url", &url]);
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains("BOOKHOOK_CONSOLE_TOKEN"), "{}", refused.err);
    let with_token = [("BOOKHOOK_CONSOLE_TOKEN", "letmein")];
    assert_eq!(desk.place.run_with(&["hooks", "--url", &url], &with_token).status, 0);
}

#[test]
fn what_makes_no_sense_is_a_wrong_command_line() {
    let place = Place::new();
    for (args, told) in [
        (&["replay"][..], "nothing says what is to run again"),
        (&["replay", "e1", "--error"], "name one delivery, or a filter, and not both"),
        (&["pause", "Tax Bot"], "is no hook name"),
        (&["hooks", "--url", "here"], "is no URL of a host"),
        (&["replays", "cancel", "x"], "is no id of replays"),
        (&["erase", "--book", "a", "--agent", "b"], "cannot be used with"),
        (&["erase", "--book", "a", "--user", "b"], "cannot be used with"),
        (&["activity", "--url", "http://127.0.0.1:1"], "--explain"),
    ] {
        let ran = place.run(args);
        assert_eq!(ran.status, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(told), "{args:?}: {}", ran.err);
    }
}

#[test]
fn the_description_of_the_api_is_printed() {
    let ran = Place::new().run(&["openapi"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.status, document["openapi"].as_str()), (0, Some("3.1.0")));
}
