//! One app without a configuration file.

use bookhook::config::{AppHandler, AppOverrides, Config, HandlerConfig, JournalLocation, Loaded, Source};
use bookhook_model::Policy;

use crate::folder::{Folder, MANIFEST, lines};

const TO: &str = "http://127.0.0.1:3003/";

fn serve(folder: &Folder, to: &str, overrides: AppOverrides<'_>) -> Result<Loaded, String> {
    let env = |name: &str| folder.lookup(name);
    Config::from_app(&folder.path("bkper.yaml"), AppHandler::To(to), &env, overrides)
        .map_err(|errors| folder.relative(&lines(errors.iter())))
}

#[test]
fn the_hook_is_named_by_the_apps_id() {
    let folder = Folder::new().variable("PORT", "9000");
    let overrides = AppOverrides { public_url: Some("https://x.example"), ..Default::default() };
    let loaded = serve(&folder, TO, overrides).unwrap();
    assert_eq!(lines(loaded.warnings.iter()), "");
    assert_eq!(loaded.config.listen.to_string(), "0.0.0.0:9000");
    assert_eq!(loaded.config.journal, JournalLocation::Sqlite("bookhook.db".into()));

    let [hook] = loaded.config.hooks.as_slice() else { panic!("{:?}", loaded.config.hooks) };
    assert_eq!(hook.name.as_str(), "tax-bot");
    assert_eq!(hook.path, "/hooks/tax-bot");
    assert_eq!(hook.policy, Policy::default());
    let HandlerConfig::Http(url) = &hook.handler else { panic!() };
    assert_eq!(url.as_str(), TO);
    let Source::Bkper(source) = &hook.source;
    assert_eq!(source.verify.as_ref().unwrap().audiences, ["https://x.example/hooks/tax-bot"]);
}

#[test]
fn a_folder_will_do_for_the_manifest() {
    let folder = Folder::new();
    let overrides = AppOverrides { no_verify: true, ..Default::default() };
    let loaded = Config::from_app(folder.as_ref(), AppHandler::To(TO), &|_| None, overrides).unwrap();
    assert_eq!(loaded.config.hooks[0].name.as_str(), "tax-bot");
    assert!(lines(loaded.warnings.iter()).starts_with("--no-verify: callers are not verified"));
}

#[test]
fn the_command_line_wins_over_the_environment() {
    let folder = Folder::new().variable("PORT", "9000");
    let overrides = AppOverrides {
        listen: Some("127.0.0.1:7000"),
        journal: Some("memory"),
        no_verify: true,
        ..Default::default()
    };
    let config = serve(&folder, TO, overrides).unwrap().config;
    assert_eq!(config.listen.to_string(), "127.0.0.1:7000");
    assert_eq!(config.journal, JournalLocation::Memory);
}

#[test]
fn the_urls_of_the_manifest_are_the_audience_of_last_resort() {
    let folder = Folder::new().file("bkper.yaml", format!("{MANIFEST}webhookUrl: https://a.example/\n"));
    let config = serve(&folder, TO, AppOverrides::default()).unwrap().config;
    let Source::Bkper(source) = &config.hooks[0].source;
    assert_eq!(source.verify.as_ref().unwrap().audiences, ["https://a.example/"]);

    assert_eq!(
        serve(&Folder::new(), TO, AppOverrides::default()).unwrap_err(),
        "--public-url: missing, so Bkper's calls cannot be recognised: give `--public-url URL`, or `webhookUrl` in the manifest, or at your desk `--trust-sandbox`"
    );
}

#[test]
fn a_url_of_the_manifest_with_another_path_is_odd() {
    let url = "https://a.example/hooks/tax";
    let folder = Folder::new().file("bkper.yaml", format!("{MANIFEST}webhookUrl: {url}\n"));
    assert_eq!(
        lines(serve(&folder, TO, AppOverrides::default()).unwrap().warnings.iter()),
        "--public-url: the manifest has Bkper call https://a.example/hooks/tax, but the hook is served at `/hooks/tax-bot`: unless a proxy changes the path, calls find nothing there"
    );
}

#[test]
fn mistakes_name_the_argument_or_the_line() {
    let overrides = AppOverrides {
        listen: Some("8080"),
        public_url: Some("hooks.example.com"),
        journal: Some("postgres://u:hunter2@db/x?sslmode=maybe"),
        console: Some("here"),
        no_verify: false,
    };
    let folder = Folder::new().file("bkper.yaml", "id: Tax Bot\nevents: [TRANSACTION_CHECKED]\n");
    assert_eq!(
        serve(&folder, "localhost:3003", overrides).unwrap_err(),
        "\
bkper.yaml:1:5: id: `Tax Bot` is not an app's id: use lower-case letters, digits and `-`
--console: `here` is not an address and port such as `127.0.0.1:8081`, or `off`
--journal: `postgres://…@db/x?sslmode=maybe` cannot be a journal: `sslmode` is one of disable, prefer, require, verify-full; `sslrootcert=FILE` goes with verify-full
--listen: `8080` is not an address and port such as `0.0.0.0:8080` or `[::1]:8080`
--public-url: `hooks.example.com` is not a URL such as `https://hooks.example.com`
--to: `localhost:3003` is not a URL such as `http://127.0.0.1:3003/`"
    );
}

#[test]
fn the_console_takes_its_token_from_the_environment() {
    let at = |folder: &Folder, console| {
        let public_url = Some("https://x.example");
        let overrides = AppOverrides { public_url, console: Some(console), ..Default::default() };
        serve(folder, TO, overrides).map(|loaded| loaded.config.console)
    };
    let folder = Folder::new();
    assert!(at(&folder, "off").unwrap().is_none());
    assert!(at(&folder, "127.0.0.1:0").unwrap().unwrap().is_told);
    assert_eq!(
        at(&folder, "0.0.0.0:8081").unwrap_err(),
        "BOOKHOOK_CONSOLE_TOKEN: not set; the console listens beyond this machine (0.0.0.0:8081) and needs a token"
    );
    let folder = folder.variable("BOOKHOOK_CONSOLE_TOKEN", "letmein");
    assert!(at(&folder, "0.0.0.0:8081").unwrap().unwrap().token.is_some());
}

#[test]
fn a_manifest_that_is_not_there_is_told() {
    let told = Config::from_app(
        "nowhere/bkper.yaml".as_ref(),
        AppHandler::To(TO),
        &|_| None,
        AppOverrides::default(),
    );
    assert_eq!(lines(told.unwrap_err().iter()), "--app: nowhere/bkper.yaml: no such file");
}

#[test]
fn an_id_that_is_no_hook_name_is_told() {
    let folder = Folder::new().file("bkper.yaml", "id: -x\nevents: [TRANSACTION_CHECKED]\n");
    assert_eq!(
        serve(&folder, TO, AppOverrides::default()).unwrap_err(),
        "--app: `-x` is not a hook name: use 1 to 64 lower-case letters, digits, `-` or `_`, beginning with a letter or a digit"
    );
}

#[test]
fn a_command_is_started_in_the_folder_of_the_manifest() {
    let folder = Folder::new();
    let env = |name: &str| folder.lookup(name);
    let run = |command: &str| {
        let overrides = AppOverrides { no_verify: true, ..Default::default() };
        Config::from_app(&folder.path("bkper.yaml"), AppHandler::Run(command), &env, overrides)
    };
    let loaded = run("npm start -- --quiet").unwrap();
    let HandlerConfig::Run(setup) = &loaded.config.hooks[0].handler else { panic!("no server") };
    assert_eq!(
        (setup.command.program.as_str(), setup.command.arguments.join(" ")),
        ("npm", "start -- --quiet".to_owned())
    );
    assert_eq!(setup.command.folder.as_path(), folder.as_ref());
    let told = lines(run("npm start && true").unwrap_err().iter());
    assert!(told.starts_with("--run: `npm start && true`"), "{told}");
}
