//! From what is configured to the parts that do it.

use std::cell::LazyCell;
use std::sync::Arc;

use bkper_client::Client;
use bookhook_dispatch::HookSetup;
use bookhook_handlers::process::Guard;
use bookhook_handlers::run::Supervisor;
use bookhook_handlers::{ExecHandler, Handler, HttpHandler, RunHandler};
use bookhook_journal::{Location, SealingKey};
use bookhook_model::HookName;
use bookhook_receiver::identity::{Expectation, IdentityVerifier, KeySource, KeyStore};
use bookhook_receiver::{Bkper, HookDoor, OwnEvents as ReceiverOwnEvents, Source as ReceiverSource};
use secrecy::ExposeSecret;
use url::Url;

use crate::config::{
    self, BkperSource, HandlerConfig, HookConfig, JournalLocation, Jwks, OwnEvents, Source, Verification,
};
use crate::hook::{Hook, Verify};
use crate::host::HostError;

/// Both halves of a hook: what is in front of the dispatcher, and what is behind it.
pub(crate) struct Wired {
    pub(crate) door: HookDoor,
    pub(crate) setup: HookSetup,
    /// What keeps the handler's server running, if it is the host's.
    pub(crate) supervisor: Option<Supervisor>,
}

/// A hook of the configuration file. The guard is started for the first handler that has processes.
pub(crate) fn configured(hook: HookConfig, guard: &LazyCell<Guard>) -> Result<Wired, HostError> {
    let HookConfig { name, path, source, handler, policy } = hook;
    let uncallable = |source| HostError::Handler { hook: name.clone(), source };
    let mut supervisor = None;
    let handler: Arc<dyn Handler> = match handler {
        HandlerConfig::Http(url) => Arc::new(HttpHandler::new(url.as_str()).map_err(uncallable)?),
        HandlerConfig::Run(setup) => {
            let run = RunHandler::new(name.clone(), setup, Guard::clone(guard)).map_err(uncallable)?;
            supervisor = Some(run.1);
            Arc::new(run.0)
        }
        HandlerConfig::Exec(command) => {
            Arc::new(ExecHandler::new(name.clone(), command, Guard::clone(guard)))
        }
    };
    let wired = wire(name, path, source, policy, handler)?;
    Ok(Wired { supervisor, ..wired })
}

/// A hook whose handler is written in Rust, and calls the API through `client`.
pub(crate) fn native(mut hook: Hook, client: &Client, public_url: Option<&Url>) -> Result<Wired, HostError> {
    let name: HookName = hook.manifest.id.parse().map_err(HostError::Name)?;
    let path = hook.path.take().unwrap_or_else(|| config::default_path(&name));
    let handler = hook.handler(client);
    let verify = match hook.verify {
        Verify::Told(verification) => Some(verification),
        Verify::No => None,
        Verify::Default => {
            let verification = Verification::of_app(&hook.manifest, &path, public_url);
            Some(verification.ok_or_else(|| HostError::NoAudience(name.clone()))?)
        }
    };
    let source = Source::Bkper(BkperSource { manifest: hook.manifest, own_events: hook.own_events, verify });
    wire(name, path, source, hook.policy, handler)
}

fn wire(
    name: HookName,
    path: String,
    source: Source,
    policy: bookhook_model::Policy,
    handler: Arc<dyn Handler>,
) -> Result<Wired, HostError> {
    let Source::Bkper(bkper) = source;
    let source = ReceiverSource::Bkper(bkper_source(&name, bkper)?);
    let (lane, body_bytes_max) = (policy.lane.clone(), policy.body_bytes_max);
    let door = HookDoor { name: name.clone(), path, source, lane, body_bytes_max };
    Ok(Wired { door, setup: HookSetup { name, handler, policy }, supervisor: None })
}

fn bkper_source(name: &HookName, source: BkperSource) -> Result<Bkper, HostError> {
    let verifier = source.verify.map(|verification| verifier(name, verification)).transpose()?;
    Ok(Bkper {
        verifier,
        app_id: source.manifest.id.into(),
        declared: source.manifest.events.iter().map(|event_type| event_type.as_str().into()).collect(),
        own_events: match source.own_events {
            OwnEvents::Deliver => ReceiverOwnEvents::Deliver,
            OwnEvents::Skip => ReceiverOwnEvents::Skip,
        },
    })
}

fn verifier(name: &HookName, verification: Verification) -> Result<IdentityVerifier, HostError> {
    let place = match verification.jwks {
        Jwks::Url(url) => url.to_string(),
        Jwks::File(path) => format!("file:{}", path.display()),
    };
    let source = place.parse::<KeySource>();
    let source = source.map_err(|source| HostError::Keys { hook: name.clone(), source })?;
    let Verification { issuer, audiences, service_account, .. } = verification;
    Ok(IdentityVerifier::new(Expectation { issuer, audiences, service_account }, KeyStore::new(source)))
}

/// The journal's place, as the journal names it.
pub(crate) fn location(journal: &JournalLocation) -> Location {
    match journal {
        JournalLocation::Sqlite(path) => Location::Sqlite(path.clone()),
        JournalLocation::Postgres(address) => Location::Postgres(address.clone()),
        JournalLocation::Memory => Location::Memory,
    }
}

/// The journal's key, as the journal takes it.
pub(crate) fn sealing_key(key: &config::SealingKey) -> SealingKey {
    SealingKey::from_bytes(*key.expose_secret())
}
