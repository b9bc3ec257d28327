//! Which app is developed, and what handles its events.

use std::path::{Path, PathBuf};

use bookhook::bkper_model::AgentId;
use bookhook::config::{AppHandler, AppOverrides, Caution, Config, HookConfig, Loaded, Source, Warning};
use bookhook_sandbox::{Manifest, ManifestError};

use super::local::Door;
use crate::args::DevArgs;
use crate::exit::Complaint;

const CONFIG: &str = "bookhook.yaml";
/// The first one wins.
const MANIFESTS: [&str; 2] = ["bkper.json", "bkper.yaml"];

/// What is served.
pub(super) struct App {
    pub(super) config: Config,
    /// The configuration's file, if it has one.
    file: Option<PathBuf>,
    /// What its author should know.
    pub(super) warnings: Vec<Warning>,
}

impl App {
    /// As the command line says, or a configuration in the folder.
    pub(super) fn find(args: &DevArgs, door: &Door) -> Result<Self, Complaint> {
        let handler = match (&args.run, &args.to) {
            (Some(command), _) => Some(AppHandler::Run(command)),
            (None, Some(url)) => Some(AppHandler::To(url)),
            (None, None) => None,
        };
        let (Loaded { config, warnings }, file) = if let Some(handler) = handler {
            (of_manifest(&manifest_at(&args.place)?, handler, door)?, None)
        } else {
            let file = config_at(&args.place)?;
            (of_config(&file, door)?, Some(file))
        };
        if config.hooks.is_empty() {
            return Err(Complaint::misused(anyhow::anyhow!(
                "there are no hooks in {}",
                args.place.display()
            )));
        }
        let warnings = warnings.into_iter().filter(|warning| concerns_development(&warning.what)).collect();
        Ok(Self { config, file, warnings })
    }

    /// The apps of its hooks, as the sandbox is to know them: each is called where its hook is.
    pub(super) fn manifests(&self, door: &Door) -> Result<Vec<(AgentId, Manifest)>, Complaint> {
        let manifests = self.config.hooks.iter().map(|hook| manifest(hook, door));
        manifests.collect::<Result<_, _>>().map_err(Complaint::misused)
    }

    /// The files that say what is served.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        let manifests = self.config.hooks.iter().map(|hook| {
            let Source::Bkper(source) = &hook.source;
            source.manifest.file.as_path()
        });
        self.file.as_deref().into_iter().chain(manifests)
    }
}

fn manifest(hook: &HookConfig, door: &Door) -> Result<(AgentId, Manifest), ManifestError> {
    let Source::Bkper(source) = &hook.source;
    let manifest = Manifest::from(source.manifest.file.clone()).called_at(&door.url(&hook.path))?;
    Ok((manifest.id()?, manifest))
}

fn of_manifest(manifest: &Path, handler: AppHandler<'_>, door: &Door) -> Result<Loaded, Complaint> {
    let public_url = door.url("");
    let overrides = AppOverrides { public_url: Some(&public_url), ..AppOverrides::default() };
    Ok(Config::from_app(manifest, handler, &environment, overrides)?)
}

fn of_config(file: &Path, door: &Door) -> Result<Loaded, Complaint> {
    Ok(Config::load_at(file, door.base(), &environment)?)
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whom it trusts, where it listens and where it keeps its journal is not as it is in production.
fn concerns_development(caution: &Caution) -> bool {
    !matches!(
        caution,
        Caution::NotVerified
            | Caution::DiskDoesNotLast
            | Caution::InMemory
            | Caution::OtherAudience { .. }
            | Caution::OtherPath { .. }
    )
}

/// The manifest's file.
fn manifest_at(place: &Path) -> Result<PathBuf, Complaint> {
    if place.is_file() && is_manifest(place) {
        return Ok(place.to_owned());
    }
    let folder = if place.is_file() { place.parent().unwrap_or(place) } else { place };
    in_folder(folder, &MANIFESTS).ok_or_else(|| no_manifest(folder))
}

/// The configuration's file.
fn config_at(place: &Path) -> Result<PathBuf, Complaint> {
    if place.is_file() && !is_manifest(place) {
        return Ok(place.to_owned());
    }
    let folder = if place.is_file() { place.parent().unwrap_or(place) } else { place };
    if let Some(file) = in_folder(folder, &[CONFIG]) {
        return Ok(file);
    }
    manifest_at(place)?;
    Err(no_handler(folder))
}

fn is_manifest(file: &Path) -> bool {
    MANIFESTS.iter().any(|name| file.ends_with(name))
}

fn in_folder(folder: &Path, names: &[&str]) -> Option<PathBuf> {
    // What is here is called by its name alone.
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    names.iter().map(|name| folder.join(name)).find(|file| file.is_file())
}

fn no_manifest(folder: &Path) -> Complaint {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    Complaint::misused(anyhow::anyhow!("there is neither bkper.yaml nor bkper.json in {}", folder.display()))
        .hint(
            "name your app's folder: `bookhook dev DIR`; or begin one with a bkper.yaml of two lines, \
         `id: my-bot` and `events: [TRANSACTION_CHECKED]`",
        )
}

fn no_handler(folder: &Path) -> Complaint {
    let error = anyhow::anyhow!("nothing says what handles the events of the app in {}", folder.display());
    Complaint::misused(error).hint(
        "name a command that starts a server: `--run \"npm start\"`; or a server that runs already: \
         `--to http://127.0.0.1:3003/`; or write it into a bookhook.yaml beside the manifest",
    )
}
