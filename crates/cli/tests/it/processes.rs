//! Handlers that are processes of the host.

use crate::place::{Place, Running, until_gone};

/// A host for the app with this handler, and its hook's URL.
fn serve(place: &Place, handler: &str, env: &[(&str, &str)]) -> (Running, String) {
    place.write(
        "bookhook.yaml",
        &format!(
            "listen: 127.0.0.1:0\nhooks:\n  tax-bot:\n    source: {{bkper: {{manifest: bkper.yaml, audience: to-the-sandbox}}}}\n    \
             handler: {handler}\n"
        ),
    );
    let running = place.start_with(&["serve", "--trust-sandbox"], env);
    let line = running.err_line("listens on");
    let url = format!("{}/hooks/tax-bot", line.split_whitespace().last().unwrap());
    (running, url)
}

fn send(place: &Place, url: &str) -> serde_json::Value {
    let ran = place.run(&["send", "TRANSACTION_CHECKED", "--to", url, "--token", "ya29.mia"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn a_command_gets_the_hosts_environment_without_the_hosts_secrets() {
    let place = Place::with_app();
    place.write("names.sh", r#"printf '{"result": "%s"}' "$(env | cut -d= -f1 | sort | tr '\n' ' ')""#);
    let key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    let path = std::env::var("PATH").unwrap();
    let env = [("BOOKHOOK_KEY", key), ("BOOKHOOK_CONSOLE_TOKEN", "letmein"), ("OTHER", "x"), ("PATH", &path)];
    let (host, url) = serve(&place, "{exec: {command: sh names.sh, env: {RATE: 0.2}}}", &env);

    let names = send(&place, &url)["result"].as_str().unwrap().to_owned();

    let ours: Vec<&str> = names.split(' ').filter(|name| name.starts_with("BOOKHOOK")).collect();
    assert_eq!(
        ours,
        [
            "BOOKHOOK_BOOK_ID",
            "BOOKHOOK_CAUSE",
            "BOOKHOOK_DELIVERY",
            "BOOKHOOK_EVENT_ID",
            "BOOKHOOK_EVENT_TYPE",
            "BOOKHOOK_HOOK",
            "BOOKHOOK_RUN"
        ]
    );
    for name in ["OTHER", "RATE", "BKPER_OAUTH_TOKEN", "BKPER_AGENT_ID", "CONTENT_TYPE"] {
        assert!(names.split(' ').any(|given| given == name), "{name}: {names}");
    }
    assert_eq!(host.end(), 0);
}

#[test]
fn when_the_host_is_killed_its_processes_are_too() {
    let path = std::env::var("PATH").unwrap();
    for kind in ["run", "exec"] {
        let place = Place::with_app();
        place.write("hang.sh", "trap '' TERM; sleep 600 & echo $! >child; echo $$ >self; wait");
        let handler = format!("{{{kind}: {{command: sh hang.sh}}}}");
        let (host, url) = serve(&place, &handler, &[("PATH", &path)]);
        let _caller = place.start(&["send", "TRANSACTION_CHECKED", "--to", &url]);
        let processes = ["self", "child"].map(|name| place.until_written(name));

        host.signal("KILL");

        for process in processes {
            until_gone(&process);
        }
    }
}

#[test]
fn what_a_server_writes_is_seen_and_why_its_hook_is_paused() {
    let place = Place::with_app();
    let path = std::env::var("PATH").unwrap();
    let handler = "{run: {command: [sh, -c, 'echo it has begun; echo out of memory >&2; exit 3'], restart: {first: 1ms, max_restarts: 1}}}";
    let (host, _) = serve(&place, handler, &[("PATH", &path)]);
    let line = host.err_line("it has begun");
    assert!(line.contains("hook=tax-bot"), "{line}");
    let line = host.err_line("it is started again in 1ms");
    assert!(line.contains("`sh` ended with status 3: ") && line.contains("out of memory"), "{line}");
    let line =
        host.err_line("the hook is paused, and its events are held until its handler is started anew: ");
    let reason =
        "the handler does not stay up, for all its 1 restart within 10m; at last `sh` ended with status 3: ";
    assert!(line.contains(reason) && line.contains("out of memory"), "{line}");
    assert_eq!(host.end(), 0);
}
