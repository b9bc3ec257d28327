//! Every mistake, word for word: the messages are part of the product.

use crate::folder::{CONFIG, Folder};

/// The configuration with one line more in the hook.
fn hook(line: &str) -> String {
    format!("{CONFIG}    {line}\n")
}

/// The configuration with one line more in the source.
fn source(line: &str) -> String {
    CONFIG.replace("manifest: bkper.yaml", &format!("manifest: bkper.yaml\n        {line}"))
}

fn top(line: &str) -> String {
    format!("{line}\n{CONFIG}")
}

fn told(cases: &[(String, &str)]) {
    for (text, expected) in cases {
        let told = Folder::with_config(text).mistakes();
        assert_eq!(told, format!("bookhook.yaml:{expected}"), "\n{text}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_lines() {
    let text = "\
listn: 0.0.0.0:8080
public_url: https://hooks.example.com
hooks:
  Tax:
    source:
      bkper:
        manifest: ./tax-bot/bkper.yaml
        own_events: ignore
    handler:
      http: http://127.0.0.1:3003/
      store: {}
    deadlin: 30s
    timeout: 15 minutes
  deploy:
    source: {github: {secret: \"${GITHUB_SECRET}\"}}
";
    let errors = Folder::with_config(text).load().unwrap_err();
    assert_eq!(errors.iter().count(), 9);
    assert_eq!(
        Folder::with_config(text).mistakes(),
        "\
bookhook.yaml:1:1: listn: no such key; did you mean `listen`?
bookhook.yaml:4:3: hooks.Tax: `Tax` is not a hook name: use 1 to 64 lower-case letters, digits, `-` or `_`, beginning with a letter or a digit
bookhook.yaml:7:19: hooks.Tax.source.bkper.manifest: tax-bot/bkper.yaml: no such file
bookhook.yaml:8:21: hooks.Tax.source.bkper.own_events: `ignore` is not one of `deliver`, `skip`
bookhook.yaml:11:7: hooks.Tax.handler.store: this handler is not in this version yet; there is `http`, `run`, `exec`
bookhook.yaml:12:5: hooks.Tax.deadlin: no such key; did you mean `deadline`?
bookhook.yaml:13:14: hooks.Tax.timeout: `15 minutes` is not a duration such as `250ms`, `30s`, `15m`, `24h` or `30d`
bookhook.yaml:14:3: hooks.deploy.handler: missing; say what handles the events, e.g. `handler: {http: http://127.0.0.1:3003/}`
bookhook.yaml:15:14: hooks.deploy.source.github: this source is not in this version yet; there is `bkper`"
    );
}

#[test]
fn the_last_line_says_how_many_and_where_to_read() {
    let one = Folder::with_config(&top("lisen: x")).load().unwrap_err().to_string();
    assert_eq!(one.lines().last(), Some("1 mistake; every key is described in docs/configuration.md"));
    let two = Folder::with_config(&top("lisen: x\nhoks: x")).load().unwrap_err().to_string();
    assert_eq!(two.lines().last(), Some("2 mistakes; every key is described in docs/configuration.md"));
}

#[test]
fn a_mistake_can_be_taken_apart() {
    let errors = Folder::with_config(&top("lisen: x")).load().unwrap_err();
    let mistake = errors.iter().next().unwrap();
    assert!(mistake.file().unwrap().ends_with("bookhook.yaml"));
    let position = mistake.position().unwrap();
    assert_eq!((position.line, position.column), (1, 1));
    assert_eq!(mistake.key(), Some("lisen"));
    assert_eq!(mistake.message(), "no such key; did you mean `listen`?");
}

#[test]
fn no_file() {
    assert_eq!(
        Folder::new().mistakes(),
        "bookhook.yaml: no such file: name one with `--config FILE`, or serve one app without: `bookhook serve --app bkper.yaml --to URL`"
    );
    assert_eq!(Folder::new().file("bookhook.yaml/x", "").mistakes(), "bookhook.yaml: is a directory");
    assert_eq!(Folder::new().file("bookhook.yaml", b"\xff").mistakes(), "bookhook.yaml: is not UTF-8 text");
}

#[test]
fn what_is_no_yaml() {
    told(&[
        ("hooks: [\n".into(), "1:8: not valid YAML: unclosed bracket '['"),
        (
            "hooks:\n\tx: y\n".into(),
            "2:2: not valid YAML: tabs disallowed within this context (block indentation); indent with spaces, not tabs",
        ),
        (
            hook("handler: {http: ${URL}}"),
            "9:22: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'; inside braces `${NAME}` must be quoted: \"${NAME}\"",
        ),
        (
            hook("handler: @x"),
            "9:14: not valid YAML: unexpected character: `@'; a text that begins with `@` must be quoted",
        ),
        (
            top("listen: a: b"),
            "1:10: not valid YAML: mapping values are not allowed in this context; check the indentation, and quote a text with `: ` in it",
        ),
    ]);
}

#[test]
fn what_yaml_can_and_a_configuration_cannot() {
    told(&[
        (
            format!("{CONFIG}---\nhooks: {{}}\n"),
            "10:1: a second document begins here; put everything into one",
        ),
        (top("listen: !env X"), "1:9: listen: tags such as `!name` are not supported; leave the tag out"),
        (
            hook("<<: {deadline: 3s}"),
            "9:5: hooks.tax-bot.<<: merging with `<<` is not supported; write the keys out, or repeat single values with `*alias`",
        ),
        (
            hook("retry: &r {max_runs: *r}"),
            "9:26: hooks.tax-bot.retry.max_runs: this alias stands inside the value that it repeats",
        ),
        (
            hook("lane: *book"),
            "9:11: hooks.tax-bot.lane: no anchor `&book` stands before this alias; a text that begins with `*` must be quoted: \"*book\"",
        ),
        (hook("[a]: b"), "9:5: hooks.tax-bot: a key must be text"),
        (
            hook("handler: {http: http://x/}"),
            "9:5: hooks.tax-bot.handler: given twice; the first one is on line 7",
        ),
        ("[]\n".into(), "1:1: must be a mapping of keys to values"),
        ("hello\n".into(), "1:1: must be a mapping of keys to values"),
    ]);
}

#[test]
fn values_of_the_wrong_shape() {
    told(&[
        (hook("deadline:"), "9:13: hooks.tax-bot.deadline: has no value; give it one, or take the key out"),
        (hook("deadline: [30s]"), "9:15: hooks.tax-bot.deadline: must be a single value"),
        (hook("retry: 3"), "9:12: hooks.tax-bot.retry: must be a mapping of keys to values"),
        (hook("retry:"), "9:10: hooks.tax-bot.retry: has no value; give it one, or take the key out"),
        (
            source("audience: []"),
            "7:19: hooks.tax-bot.source.bkper.audience: has no value; give it one, or take the key out",
        ),
        (source("audience: {a: b}"), "7:19: hooks.tax-bot.source.bkper.audience: must be a single value"),
        (
            source("audience: [a, [b]]"),
            "7:23: hooks.tax-bot.source.bkper.audience[1]: must be a single value",
        ),
        (source("audience: ' '"), "7:19: hooks.tax-bot.source.bkper.audience: ` ` is empty"),
        ("hooks: [a]\n".into(), "1:8: hooks: must be a mapping of keys to values"),
    ]);
}

#[test]
fn top_level_values() {
    told(&[
        (
            top("listen: localhost:8080"),
            "1:9: listen: `localhost:8080` is not an address and port such as `0.0.0.0:8080` or `[::1]:8080`",
        ),
        (
            top("journal: postgres://u:hunter2@db:x/x"),
            "1:10: journal: `postgres://…@db:x/x` cannot be a journal: an address of PostgreSQL is `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, special characters as in `%40`",
        ),
        (
            top("journal: bookhook.db"),
            "1:10: journal: `bookhook.db` is not a journal such as `sqlite:bookhook.db` or `postgres://user@host/database`",
        ),
        (top("keep: 1s"), "1:7: keep: `1s` must be from 1m to 3650d, or `off`"),
        (top("keep_max: 10GB"), "1:11: keep_max: `10GB` is not a size such as `512MiB` or `10GiB`, or `off`"),
        (top("lease: 500ms"), "1:8: lease: `500ms` must be from 1s to 10m"),
        (
            top("console: {listen: 0.0.0.0:8081}"),
            "1:1: console.token: missing; the console listens beyond this machine (0.0.0.0:8081) and needs a token, e.g. `token: ${BOOKHOOK_CONSOLE_TOKEN}`",
        ),
        (
            top("console: {listen: no}"),
            "1:19: console.listen: `no` is not an address and port such as `127.0.0.1:8081`, or `off`",
        ),
        (top("console: {tokens: x}"), "1:11: console.tokens: no such key; did you mean `token`?"),
        (
            CONFIG.replace("https://hooks.example.com", "hooks.example.com"),
            "1:13: public_url: `hooks.example.com` is not a URL such as `https://hooks.example.com`",
        ),
        (
            CONFIG.replace("hooks.example.com", "x.example/?a=b"),
            "1:13: public_url: `https://x.example/?a=b` is not a base to put paths behind: leave out `?` and `#`",
        ),
        (
            top("colour: red"),
            "1:1: colour: no such key; known here: `public_url`, `listen`, `journal`, `lease`, `keep`, `keep_max`, `console`, `hooks`",
        ),
    ]);
}

#[test]
fn values_of_a_hook() {
    told(&[
        (hook("reply: never"), "9:12: hooks.tax-bot.reply: `never` is not one of `result`, `accepted`"),
        (hook("on_park: stop"), "9:14: hooks.tax-bot.on_park: `stop` is not one of `continue`, `hold`"),
        (hook("concurrency: 0"), "9:18: hooks.tax-bot.concurrency: `0` must be from 1 to 10000"),
        (hook("queue: many"), "9:12: hooks.tax-bot.queue: `many` is not a whole number"),
        (
            hook("lane: account"),
            "9:11: hooks.tax-bot.lane: `account` is not a lane: `book`, `none`, or a JSON pointer such as `/data/id`",
        ),
        (
            hook("body: 1MB"),
            "9:11: hooks.tax-bot.body: `1MB` is not a size such as `512B`, `256KiB` or `1MiB`",
        ),
        (hook("body: 1GiB"), "9:11: hooks.tax-bot.body: `1GiB` must be from 1B to 256MiB"),
        (hook("token_lifetime: 400d"), "9:21: hooks.tax-bot.token_lifetime: `400d` must be from 1ms to 365d"),
        (
            hook("retry: {first: 20m}"),
            "9:20: hooks.tax-bot.retry.first: `20m` is longer than `max`, which is 10m",
        ),
        (
            hook("retry: {max_run: 3}"),
            "9:13: hooks.tax-bot.retry.max_run: no such key; did you mean `max_runs`?",
        ),
        (hook("retry: {frist: 1s}"), "9:13: hooks.tax-bot.retry.frist: no such key; did you mean `first`?"),
    ]);
}

#[test]
fn sources_and_handlers() {
    let no_source = CONFIG.replace("      bkper:\n        manifest: bkper.yaml\n", "      {}\n");
    told(&[
        (
            source("path: hooks"),
            "7:15: hooks.tax-bot.source.bkper.path: `hooks` is not a path: begin with `/` and use letters, digits, `-`, `.`, `_`, `~` and `/`",
        ),
        (
            source("path: /readyz"),
            "7:15: hooks.tax-bot.source.bkper.path: `/readyz` is answered by the host itself; choose another path",
        ),
        (
            source("handshake: slack"),
            "7:9: hooks.tax-bot.source.bkper.handshake: not in this version yet; take the key out",
        ),
        (source("verify: no"), "7:17: hooks.tax-bot.source.bkper.verify: `no` is not one of `true`, `false`"),
        (
            source("jwks_url: http://keys.example/"),
            "7:19: hooks.tax-bot.source.bkper.jwks_url: `http://keys.example/` must begin with https:// (http:// only on this machine), or be `file:PATH`",
        ),
        (
            CONFIG.replace("        manifest: bkper.yaml\n", "        own_events: skip\n"),
            "5:7: hooks.tax-bot.source.bkper.manifest: missing; say which app this is, e.g. `manifest: ./bkper.yaml`",
        ),
        (
            CONFIG.replace("public_url: https://hooks.example.com\n", ""),
            "4:7: hooks.tax-bot.source.bkper.audience: missing, so Bkper's calls cannot be recognised: set `public_url` or `audience` here, or `webhookUrl` in the manifest",
        ),
        (no_source, "4:5: hooks.tax-bot.source: choose exactly one of `bkper`, not 0"),
        (
            CONFIG.replace("bkper:", "bkpr:"),
            "5:7: hooks.tax-bot.source.bkpr: no such source; did you mean `bkper`?",
        ),
        (
            CONFIG.replace("bkper:", "carrier-pigeon:"),
            "5:7: hooks.tax-bot.source.carrier-pigeon: no such source; known here: `bkper`, `google`, `secret`, `basic`, `github`, `slack`, `stripe`, `standard-webhooks`, `hmac`, `open`",
        ),
        (
            CONFIG.replace("http: http", "htp: http"),
            "8:7: hooks.tax-bot.handler.htp: no such handler; did you mean `http`?",
        ),
        (
            CONFIG.replace("http://127.0.0.1:3003/", "127.0.0.1:3003"),
            "8:13: hooks.tax-bot.handler.http: `127.0.0.1:3003` is not a URL such as `http://127.0.0.1:3003/`",
        ),
        (
            CONFIG.replace("\n      http: http://127.0.0.1:3003/", " http://127.0.0.1:3003/"),
            "7:14: hooks.tax-bot.handler: must be a mapping of keys to values",
        ),
    ]);
}

#[test]
fn commands() {
    let exec = |keys: &str| CONFIG.replace("http: http://127.0.0.1:3003/", &format!("exec: {keys}"));
    told(&[
        (
            exec("{cwd: x}"),
            "8:7: hooks.tax-bot.handler.exec.command: missing; say what to start, e.g. `command: [python3, handler.py]`",
        ),
        (exec("npm start"), "8:13: hooks.tax-bot.handler.exec: must be a mapping of keys to values"),
        (
            exec("{command: npm ci && npm start}"),
            "8:23: hooks.tax-bot.handler.exec.command: `npm ci && npm start` holds `&`, and no shell reads it: write the words as a list, `[program, argument]`, or call a shell, `[sh, -c, \"…\"]`",
        ),
        (exec("{command: ' '}"), "8:23: hooks.tax-bot.handler.exec.command: ` ` is empty"),
        (
            exec("{command: []}"),
            "8:23: hooks.tax-bot.handler.exec.command: has no value; give it one, or take the key out",
        ),
        (
            exec("{command: ['', a]}"),
            "8:24: hooks.tax-bot.handler.exec.command[0]: has no value; give it one, or take the key out",
        ),
        (
            exec("{command: [a, {b: c}]}"),
            "8:27: hooks.tax-bot.handler.exec.command[1]: must be a single value",
        ),
        (
            exec("{command: a, env: {BOOKHOOK_KEY: x}}"),
            "8:32: hooks.tax-bot.handler.exec.env.BOOKHOOK_KEY: `BOOKHOOK_KEY` is the host's to set, like everything that begins with `BOOKHOOK_`; choose another name",
        ),
        (
            exec("{command: a, env: {A: [b]}}"),
            "8:35: hooks.tax-bot.handler.exec.env.A: must be a single value",
        ),
        (
            exec("{comand: a, command: b}"),
            "8:14: hooks.tax-bot.handler.exec.comand: no such key; did you mean `command`?",
        ),
    ]);
}

#[test]
fn servers() {
    let run =
        |keys: &str| CONFIG.replace("http: http://127.0.0.1:3003/", &format!("run: {{command: a, {keys}}}"));
    told(&[
        (
            run("env: {PORT: 80}"),
            "8:31: hooks.tax-bot.handler.run.env.PORT: `PORT` is the host's to set, like everything that begins with `BOOKHOOK_`; choose another name",
        ),
        (
            run("path: events"),
            "8:31: hooks.tax-bot.handler.run.path: `events` is not a path such as `/events`",
        ),
        (
            run("ready: {path: http://x/}"),
            "8:39: hooks.tax-bot.handler.run.ready.path: `http://x/` is not a path such as `/events`",
        ),
        (
            run("ready: {within: 1s}"),
            "8:33: hooks.tax-bot.handler.run.ready.within: no such key; known here: `path`, `timeout`",
        ),
        (
            run("restart: {first: 2m}"),
            "8:42: hooks.tax-bot.handler.run.restart.first: `2m` is longer than `max`, which is 30s",
        ),
        (
            run("restart: {max_restarts: 0}"),
            "8:49: hooks.tax-bot.handler.run.restart.max_restarts: `0` must be from 1 to 1000",
        ),
        (run("restat: {}"), "8:25: hooks.tax-bot.handler.run.restat: no such key; did you mean `restart`?"),
    ]);
}

#[test]
fn two_hooks_at_one_path() {
    let other = "    source: {bkper: {manifest: bkper.yaml, path: /hooks/tax-bot}}\n    handler: {http: http://h.example/}\n";
    told(&[(
        format!("{CONFIG}  other:\n{other}"),
        "9:3: hooks.other: `/hooks/tax-bot` is the path of hook `tax-bot` already; give one of them another `path` in its source",
    )]);
}

#[test]
fn variables() {
    told(&[
        (top("listen: ${ADDRESS}"), "1:9: listen: the environment variable ADDRESS is not set"),
        (
            top("listen: ${ADDRESS:-0.0.0.0:1}"),
            "1:9: listen: `${` begins no reference; write `${NAME}`, or `$${` for the characters themselves",
        ),
        (
            top("console: {token: \"${TOKEN}\"}"),
            "1:18: console.token: the environment variable TOKEN is not set",
        ),
    ]);
    let api = Folder::with_config(CONFIG).variable("BKPER_API_URL", "localhost:8090");
    let told = "BKPER_API_URL: `localhost:8090` is not a URL such as `https://api.bkper.app`";
    assert_eq!(api.mistakes(), told);
    let port = Folder::with_config(CONFIG).variable("PORT", "http");
    assert_eq!(port.mistakes(), "PORT: `http` is not a port: a number from 0 to 65535");
}

#[test]
fn mistakes_of_the_manifest_are_told_with_those_of_the_configuration() {
    let folder = Folder::with_config(&hook("queue: 0")).file("bkper.yaml", "id: X\nevents: 3\n");
    assert_eq!(
        folder.mistakes(),
        "\
bkper.yaml:1:5: id: `X` is not an app's id: use lower-case letters, digits and `-`
bkper.yaml:2:9: events: must be a list
bookhook.yaml:9:12: hooks.tax-bot.queue: `0` must be from 1 to 1000000"
    );
}
