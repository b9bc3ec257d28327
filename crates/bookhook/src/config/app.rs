//! One app without a configuration file: `bookhook serve --app bkper.yaml --to URL`.

use std::net::SocketAddr;
use std::path::Path;

use bookhook_handlers::run::ServerSetup;
use bookhook_model::Policy;

use super::bkper::{self, BkperSource, OwnEvents, Verification};
use super::command;
use super::environment::{self, Env};
use super::finding::{ConfigErrors, Place};
use super::handler::HandlerConfig;
use super::hook::{self, HookConfig, PublicUrl, Source};
use super::manifest::Manifest;
use super::problem::{Caution, FileFault, Misfit, Problem};
use super::section::Findings;
use super::tree::quotable;
use super::{Config, ConsoleConfig, Loaded, loaded, values};

/// What the command line says otherwise than the defaults; each field is one option's text.
#[derive(Debug, Clone, Copy, Default)]
pub struct AppOverrides<'a> {
    /// `--listen`: wins over `PORT`.
    pub listen: Option<&'a str>,
    /// `--public-url`
    pub public_url: Option<&'a str>,
    /// `--journal`
    pub journal: Option<&'a str>,
    /// `--console`
    pub console: Option<&'a str>,
    /// `--no-verify`
    pub no_verify: bool,
}

/// What handles the app's events; each is one option's text.
#[derive(Debug, Clone, Copy)]
pub enum AppHandler<'a> {
    /// `--to`: the URL of a server that gets them posted.
    To(&'a str),
    /// `--run`: a server that the host starts in the manifest's folder; split into words as in a configuration file.
    Run(&'a str),
}

impl Config {
    /// The configuration of a single app: a hook with the app's id for its name, and the default for everything that
    /// is not in `overrides`. Relative paths begin at the working directory.
    pub fn from_app(
        manifest: &Path,
        handler: AppHandler<'_>,
        env: Env<'_>,
        overrides: AppOverrides<'_>,
    ) -> Result<Loaded, ConfigErrors> {
        let findings = Findings::default();
        let config = of_app(manifest, handler, env, overrides, &findings);
        loaded(config, findings)
    }
}

fn of_app(
    manifest: &Path,
    handler: AppHandler<'_>,
    env: Env<'_>,
    overrides: AppOverrides<'_>,
    findings: &Findings,
) -> Option<Config> {
    let mut config = Config::of_environment(env, findings);
    let arguments = Arguments { findings };
    if let Some(listen) = arguments.value("--listen", overrides.listen, values::address) {
        config.listen = listen;
    }
    if let Some(journal) = arguments.value("--journal", overrides.journal, values::journal) {
        config.journal = journal.completed(env);
    }
    config.journal.warn(env, findings, Place::Argument("--journal"));
    if let Some(listen) = arguments.value("--console", overrides.console, values::console_address) {
        config.console = arguments.console(listen, env);
    }
    config.public_url = arguments.value("--public-url", overrides.public_url, values::base_url);
    let public_url = match &config.public_url {
        Some(url) => PublicUrl::Given(url),
        None if overrides.public_url.is_some() => PublicUrl::Wrong,
        None => PublicUrl::NotGiven,
    };
    let handler = arguments.handler(handler, manifest);
    let manifest = arguments.manifest(manifest);
    let hook = arguments.hook(manifest?, handler?, public_url, overrides.no_verify)?;
    config.hooks.push(hook);
    Some(config)
}

struct Arguments<'a> {
    findings: &'a Findings,
}

impl Arguments<'_> {
    fn value<T>(
        &self,
        name: &'static str,
        text: Option<&str>,
        read: impl FnOnce(&str) -> Result<T, Misfit>,
    ) -> Option<T> {
        let text = text?;
        let noted = |misfit| {
            let problem = Problem::Misfit { written: quotable(text), misfit };
            self.findings.mistake(Place::Argument(name), problem);
        };
        read(text).map_err(noted).ok()
    }

    /// Its token comes from the environment: on the command line, others would see it.
    fn console(&self, listen: Option<SocketAddr>, env: Env<'_>) -> Option<ConsoleConfig> {
        let (listen, token) = (listen?, environment::console_token(env));
        if token.is_none() && !listen.ip().is_loopback() {
            let problem = Problem::NoConsoleTokenOfApp { listen };
            self.findings.mistake(Place::Variable(environment::CONSOLE_TOKEN), problem);
        }
        Some(ConsoleConfig { listen, is_told: true, token })
    }

    fn handler(&self, handler: AppHandler<'_>, manifest: &Path) -> Option<HandlerConfig> {
        match handler {
            AppHandler::To(url) => self.value("--to", Some(url), values::http_url).map(HandlerConfig::Http),
            AppHandler::Run(command) => {
                let words = self.value("--run", Some(command), values::words)?;
                let folder = if manifest.is_dir() { Some(manifest) } else { manifest.parent() };
                let command = command::of_words(words, folder.unwrap_or(Path::new("")).to_owned())?;
                let (ready, restart) = Default::default();
                Some(HandlerConfig::Run(ServerSetup { command, path: "/".to_owned(), ready, restart }))
            }
        }
    }

    fn manifest(&self, path: &Path) -> Option<Manifest> {
        Manifest::read(path, self.findings).unwrap_or_else(|fault: FileFault| {
            let problem = Problem::OtherFile { path: path.to_owned(), fault };
            self.findings.mistake(Place::Argument("--app"), problem);
            None
        })
    }

    fn hook(
        &self,
        manifest: Manifest,
        handler: HandlerConfig,
        public_url: PublicUrl<'_>,
        no_verify: bool,
    ) -> Option<HookConfig> {
        let name = self.value("--app", Some(&manifest.id), values::hook_name)?;
        let path = hook::default_path(&name);
        let verify = if no_verify {
            self.findings.warning(Place::Argument("--no-verify"), Caution::NotVerified);
            None
        } else {
            Some(Verification::of_bkper(self.audiences(&path, public_url, &manifest)))
        };
        let source = Source::Bkper(BkperSource { manifest, own_events: OwnEvents::default(), verify });
        Some(HookConfig { name, path, source, handler, policy: Policy::default() })
    }

    fn audiences(&self, path: &str, public_url: PublicUrl<'_>, manifest: &Manifest) -> Vec<String> {
        let place = Place::Argument("--public-url");
        let audiences = bkper::default_audiences(path, public_url, manifest);
        if audiences.as_ref().is_some_and(Vec::is_empty) {
            self.findings.mistake(place, Problem::NoAudienceOfApp);
        } else if let Some(caution) = audiences.as_ref().and_then(|all| bkper::uncalled(all, manifest)) {
            self.findings.warning(place, caution);
        } else if let Some(caution) = bkper::unserved(path, public_url, manifest) {
            self.findings.warning(place, caution);
        }
        audiences.unwrap_or_default()
    }
}
