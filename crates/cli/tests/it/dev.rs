//! A local Bkper, a host and a handler: what whoever writes a handler has open all day.

use std::net::TcpListener;
use std::process::Command;

use serde_json::Value;

use crate::place::{Place, Running, until_gone};

/// Answers with its version and what it was given, and leaves its process's id in a file.
const HANDLER: &str = r#"
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        print("got", event["type"], flush=True)
        answer = json.dumps({"result": "VERSION " + event["book"]["id"]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
    def log_message(self, *args): pass

print("api at", os.environ["BKPER_API_URL"], flush=True)
server = HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
with open("handler.log", "w") as file: print(os.getpid(), file=file)
server.serve_forever()
"#;

fn app(place: &Place) {
    place.write(
        "bkper.yaml",
        "id: tax-bot\nevents: [TRANSACTION_CHECKED]\nwebhookUrl: https://hooks.example.com/x\n",
    );
    place.write("main.py", &HANDLER.replace("VERSION", "first"));
}

/// Starts it on ports that are free.
pub(crate) fn start(place: &Place, args: &[&str]) -> Running {
    start_with(place, args, &[("PATH", &std::env::var("PATH").unwrap())])
}

/// The same in this environment.
pub(crate) fn start_with(place: &Place, args: &[&str], env: &[(&str, &str)]) -> Running {
    place.start_with(&[&["dev", "--port", "0", "--sandbox-port", "0"], args].concat(), env)
}

/// Runs a line as somebody would who pastes it.
pub(crate) fn pasted(line: &str) -> Value {
    let output = Command::new("sh").args(["-c", &format!("{line} --silent --show-error")]).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The line to try it with, as it was printed.
pub(crate) fn curl_of(running: &Running) -> String {
    running.err_line("  try ").trim().strip_prefix("try").unwrap().trim().to_owned()
}

/// What Bkper has as the app's response to the newest event.
fn response(curl: &str) -> Value {
    let (url, _) = curl.split_once("/transactions'").unwrap();
    let events =
        pasted(&format!("{url}/events?type=TRANSACTION_CHECKED&limit=1' -H 'Authorization: Bearer mia'"));
    events["items"][0]["botResponses"][0]["message"].clone()
}

#[test]
fn an_event_of_a_transaction_reaches_the_handler_and_its_response_is_in_the_activity() {
    let place = Place::new();
    app(&place);
    let running = start(&place, &["--run", "python3 main.py"]);
    let api = running.err_line("  Bkper ");
    let curl = curl_of(&running);
    let told = running.err_line("tax-bot │ api at");
    assert!(api.contains(told.split_whitespace().last().unwrap()), "{api} {told}");

    assert_eq!(pasted(&curl)["transaction"]["checked"], true);

    running.err_line("tax-bot │ got TRANSACTION_CHECKED");
    running.out_lines(&["  POST  ", "TRANSACTION_CHECKED → tax-bot  result  first demoBookUsd01"]);
    assert_eq!(response(&curl), "first demoBookUsd01");
}

#[test]
fn the_handler_is_started_anew_when_its_files_change_and_r_replays_with_it() {
    let place = Place::new();
    app(&place);
    let running = start(&place, &["--run", "python3 main.py"]);
    let curl = curl_of(&running);
    running.type_line("r");
    running.err_line("there is no event to replay yet");
    pasted(&curl);
    running.out_line("result  first");

    place.write("main.py", &HANDLER.replace("VERSION", "second"));
    running.err_line("main.py changed: the handler is started anew");
    running.type_line("r");

    running.out_line("result  replay: second");
    assert_eq!(response(&curl), "second demoBookUsd01");
    running.type_line("q");
    assert_eq!(running.ended(), 0);
}

#[test]
fn a_handler_that_does_not_start_says_why_and_what_waits_for_it_runs_when_it_is_mended() {
    let place = Place::new();
    app(&place);
    place.write("main.py", "raise SystemExit('no such module: tax')\n");
    let running = start(&place, &["--run", "python3 main.py"]);
    let curl = curl_of(&running);
    let line = running.err_line("events are held until its handler is started anew");
    assert!(line.contains("ended with status 1: no such module: tax"), "{line}");
    pasted(&curl);
    running.out_line("held  its hook or its lane is paused");

    place.write("main.py", &HANDLER.replace("VERSION", "mended"));

    running.out_line("result  mended");
}

#[test]
fn nothing_is_left_behind() {
    let place = Place::new();
    app(&place);
    place.write("start.sh", "python3 main.py & wait");
    let running = start(&place, &["--run", "sh start.sh", "."]);
    let handler = place.until_written("handler.log");
    running.signal("INT");
    running.err_line("ended");
    assert_eq!(running.ended(), 0);
    until_gone(&handler);
    let mut files: Vec<_> =
        std::fs::read_dir(place.path(".")).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["bkper.yaml", "handler.log", "main.py", "start.sh", "state"]);
}

#[test]
fn the_handler_of_a_configuration_is_served_whomever_that_trusts() {
    let place = Place::new();
    app(&place);
    let config = "\
public_url: https://hooks.example.com
journal: sqlite:production.db
hooks:
  taxes:
    source: {bkper: {manifest: bkper.yaml, service_account: someone@example.com}}
    handler: {run: {command: [python3, main.py], env: {RATE: 0.2}}}
";
    place.write("bookhook.yaml", config);
    let running = start(&place, &[]);
    let hook = running.err_line("  hook ");
    assert!(hook.contains("/hooks/taxes → run python3 …"), "{hook}");
    running.err_line("taxes is installed in demoBookUsd01, ");
    pasted(&curl_of(&running));
    running.out_line("result  first");
    assert!(!place.path("production.db").exists());
}

#[test]
fn books_in_a_file_go_on() {
    let place = Place::new();
    app(&place);
    let args = ["--to", "http://127.0.0.1:1/", "--data", "books.db"];
    let running = start(&place, &args);
    running.err_line("tax-bot is installed in demoBookUsd01");
    pasted(&curl_of(&running));
    running.type_line("q");
    assert_eq!(running.ended(), 0);
    let running = start(&place, &args);
    running.err_line("tax-bot is installed where it was");
    let curl = curl_of(&running);
    let (url, _) = curl.split_once('\'').and_then(|(_, rest)| rest.split_once('\'')).unwrap();
    let listed = pasted(&format!("curl '{url}?query=Try' -H 'Authorization: Bearer mia'"));
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[test]
fn events_that_are_sent_by_hand_are_told_too() {
    let place = Place::new();
    app(&place);
    let running = start(&place, &["--run", "python3 main.py"]);
    let hook = running.err_line("  hook ");
    let url = hook.split_whitespace().nth(1).unwrap();
    let ran = place.run(&["send", "TRANSACTION_CHECKED", "--to", url]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.contains("first"), "{}", ran.out);
    running.out_line("TRANSACTION_CHECKED → tax-bot  result  first");
}

#[test]
fn what_goes_on_is_told_to_programs_as_json() {
    let place = Place::new();
    app(&place);
    let running = start(&place, &["--json", "--run", "python3 main.py"]);
    let line = |key: &str| -> Value {
        serde_json::from_str::<Value>(&running.out_line(&format!("{{\"{key}\":"))).unwrap()[key].clone()
    };
    let dev = line("dev");
    assert_eq!(dev["hooks"][0]["name"], "tax-bot");
    let url = format!("{}/v5/books/demoBookUsd01/transactions", dev["sandbox"]["api"].as_str().unwrap());
    let sale = r#"{"date": "2026-03-04", "amount": "1", "creditAccount": {"name": "Product Sales"}, "debitAccount": {"name": "Bank Account"}, "checked": true}"#;
    pasted(&format!(
        "curl '{url}' -H 'Authorization: Bearer mia' -H 'Content-Type: application/json' -d '{sale}'"
    ));
    assert_eq!(line("call")["method"], "POST");
    let mut delivery = line("delivery");
    while delivery["state"] != "settled" {
        delivery = line("delivery");
    }
    assert_eq!(delivery["event_type"], "TRANSACTION_CHECKED");
    assert_eq!(delivery["runs"][0]["response"]["result"], "first demoBookUsd01");
}

#[test]
fn a_changed_manifest_counts_at_once() {
    let place = Place::new();
    app(&place);
    let running = start(&place, &["--run", "python3 main.py"]);
    let curl = curl_of(&running);
    pasted(&curl);
    running.out_line("TRANSACTION_CHECKED → tax-bot  result");

    place.write("bkper.yaml", "id: tax-bot\nevents: [TRANSACTION_POSTED]\n");
    running.err_line("bkper.yaml changed: the host is started anew");
    running.err_line("the host is there again");
    pasted(&curl);

    running.out_line("TRANSACTION_POSTED → tax-bot  result");
}

#[test]
fn a_manifest_that_is_wrong_changes_nothing_until_it_is_right() {
    let place = Place::new();
    app(&place);
    let running = start(&place, &["--run", "python3 main.py"]);
    let curl = curl_of(&running);

    place.write("bkper.yaml", "id: tax-bot\nevents: [TRANSACTION_CHECKED\n");
    running.err_line("bkper.yaml changed: it is wrong, and what was served before goes on");
    running.err_line("error: bkper.yaml:");
    pasted(&curl);
    running.out_line("TRANSACTION_CHECKED → tax-bot  result");

    place.write("bkper.yaml", "id: tax-bot\nevents: [TRANSACTION_CHECKED, TRANSACTION_POSTED]\n");
    running.err_line("the host is there again");
    pasted(&curl);
    running.out_line("TRANSACTION_POSTED → tax-bot  result");
}

#[test]
fn a_changed_configuration_counts_at_once() {
    let place = Place::new();
    app(&place);
    let config = |rate: &str| {
        format!(
            "hooks: {{tax-bot: {{source: {{bkper: {{manifest: bkper.yaml}}}}, handler: {{exec: {{command: [printf, '{{\"result\": \"{rate} percent\"}}']}}}}}}}}\n"
        )
    };
    place.write("bookhook.yaml", &config("19"));
    let running = start(&place, &[]);
    let curl = curl_of(&running);
    pasted(&curl);
    running.out_line("result  19 percent");

    place.write("bookhook.yaml", &config("20"));
    running.err_line("bookhook.yaml changed: the host is started anew");
    running.err_line("the host is there again");
    pasted(&curl);

    running.out_line("result  20 percent");
}

#[test]
fn what_a_node_program_calls_at_bkper_reaches_the_local_one() {
    let place = Place::new();
    app(&place);
    let program = r"
const http = require('node:http')
http.createServer(async (request, response) => {
  const headers = { authorization: `Bearer ${request.headers['bkper-oauth-token']}` }
  const book = await (await fetch('https://api.bkper.app/v5/books/demoBookUsd01', { headers })).json()
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ result: book.name }))
}).listen(process.env.PORT, '127.0.0.1')
";
    place.write("index.js", program);
    let running = start(&place, &["--run", "node index.js"]);
    pasted(&curl_of(&running));
    running.out_line("result  Aurora USD");
}

#[test]
fn what_is_missing_is_told_with_what_to_do() {
    let place = Place::new();
    let ran = place.run(&["dev"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("there is neither bkper.yaml nor bkper.json in "), "{}", ran.err);
    assert!(ran.err.contains("hint: name your app's folder: `bookhook dev DIR`"), "{}", ran.err);
    app(&place);
    let ran = place.run(&["dev", "--port", "0"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("nothing says what handles the events of the app"), "{}", ran.err);
    assert!(ran.err.contains("--run \"npm start\""), "{}", ran.err);
    place.write("bookhook.yaml", "hooks: {tax-bot: {source: {bkper: {manifest: bkper.yaml}}}}\n");
    let ran = place.run(&["dev", "--port", "0"]);
    assert!(ran.err.starts_with("error: bookhook.yaml:1:9: hooks.tax-bot.handler: missing"), "{}", ran.err);
}

#[test]
fn a_type_of_event_that_bkper_does_not_have_is_told_with_what_may_have_been_meant() {
    let place = Place::new();
    app(&place);
    place.write("bkper.yaml", "id: tax-bot\nevents: [TRANSACTION_CHEKED]\n");
    let ran = place.run(&["dev", "--port", "0", "--sandbox-port", "0", "--to", "http://127.0.0.1:1/"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.starts_with("warning: bkper.yaml:2:10: events[0]: "), "{}", ran.err);
    assert!(ran.err.contains("did you mean `TRANSACTION_CHECKED`?"), "{}", ran.err);
}

#[test]
fn packages_that_are_not_installed_are_told_with_what_installs_them() {
    let path = std::env::var("PATH").unwrap();
    let place = Place::new();
    assert_eq!(place.run(&["init", "hono", "app"]).status, 0);
    let running = start_with(&place, &["app"], &[("PATH", &path)]);
    running.err_line("the packages of app are not installed: run `npm ci` there");
    let place = Place::new();
    assert_eq!(place.run(&["init", "python", "app"]).status, 0);
    let ran = place.run(&["dev", "app", "--port", "0", "--sandbox-port", "0"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("the handler cannot be started: there is no file "), "{}", ran.err);
    let todo = "run `python3 -m venv .venv` and `.venv/bin/pip install --requirement requirements.txt` there";
    assert!(ran.err.contains(todo), "{}", ran.err);
}

#[test]
fn what_cannot_be_started_is_told_at_once() {
    let place = Place::new();
    app(&place);
    let dev = |args: &[&str]| {
        let ran = place.run(&[&["dev", "--port", "0", "--sandbox-port", "0"], args].concat());
        assert_eq!(ran.status, 2, "{}", ran.err);
        ran.err
    };
    let err = dev(&["--run", "no-such-program"]);
    assert!(
        err.contains("the handler cannot be started: no folder of PATH has a program `no-such-program`"),
        "{err}"
    );
    let err = dev(&["--run", "npm start && true"]);
    assert!(err.contains("error: --run: "), "{err}");
    let err = dev(&["--to", "nowhere"]);
    assert!(err.contains("error: --to: "), "{err}");
    place.write("seed.yaml", "books:\n  - {name: Main, owner: mia, colour: red}\n");
    let err = dev(&["--to", "http://127.0.0.1:1/", "--seed", "seed.yaml"]);
    assert!(err.contains("seed.yaml:2:30: books[0].colour: no such key"), "{err}");
}

#[test]
fn a_port_that_is_taken_is_told_with_its_option() {
    let place = Place::new();
    app(&place);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (option, other) in [("--port", "--sandbox-port"), ("--sandbox-port", "--port")] {
        let ran = place.run(&["dev", "--to", "http://127.0.0.1:1/", option, &port, other, "0"]);
        assert_eq!(ran.status, 2);
        assert!(ran.err.contains(&format!("cannot listen on 127.0.0.1:{port}")), "{}", ran.err);
        assert!(ran.err.contains(&format!("name another port: {option} PORT")), "{}", ran.err);
    }
}
