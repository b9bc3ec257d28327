//! A hook whose handler is written in Rust.

use std::collections::HashMap;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use bkper_client::Client;
use bkper_model::EventType;
use bookhook_handlers::{Handler, Invocation, NativeHandler};
use bookhook_model::{Policy, Response};

use crate::config::{ConfigErrors, Manifest, OwnEvents, Verification};
use crate::context::Context;

type Answering = Pin<Box<dyn Future<Output = anyhow::Result<Response>> + Send>>;
type Function = Box<dyn Fn(Context) -> Answering + Send + Sync>;

/// An app of Bkper, handled in Rust, served at `/hooks/{id of the app}`.
///
/// By default its own events are skipped, and a type that it has no function for is answered with
/// `{"result": false}`. A function's `Err` becomes `{"error": …}` with its chain, and so does a panic.
///
/// ```no_run
/// use std::time::Duration;
///
/// use bookhook::model::Policy;
/// use bookhook::{Context, EventType, Hook, Response, Result};
///
/// # fn example() -> Result<()> {
/// let policy = Policy { timeout: Duration::from_secs(60), ..Policy::default() };
/// let greeter = Hook::bkper("greeter")? // the folder with its bkper.yaml
///     .on(EventType::AccountCreated, greet)
///     .on(EventType::FileCreated, async |_| Ok(Response::warning("files are not greeted")))
///     .policy(policy);
/// # Ok(())
/// # }
///
/// async fn greet(cx: Context) -> Result<Response> {
///     let name = cx.event()?.account().and_then(|account| account.name.as_deref());
///     Ok(Response::result(format!("Hello, {}", name.unwrap_or("stranger"))))
/// }
/// ```
pub struct Hook {
    pub(crate) manifest: Manifest,
    pub(crate) own_events: OwnEvents,
    pub(crate) verify: Verify,
    pub(crate) policy: Policy,
    /// Where it is served, if not at `/hooks/{id}`.
    pub(crate) path: Option<String>,
    functions: HashMap<Box<str>, Function>,
}

/// How callers are verified.
pub(crate) enum Verify {
    /// As Bkper's calls to the host's public URL, or to those of the manifest.
    Default,
    /// As told.
    Told(Verification),
    /// By the platform in front.
    No,
}

impl Hook {
    /// The app that this `bkper.yaml` or `bkper.json`, or the folder that holds one, describes.
    pub fn bkper(manifest: impl AsRef<Path>) -> Result<Self, ConfigErrors> {
        let (manifest, _) = Manifest::load(manifest.as_ref())?;
        Ok(Self {
            manifest,
            own_events: OwnEvents::Skip,
            verify: Verify::Default,
            policy: Policy::default(),
            path: None,
            functions: HashMap::new(),
        })
    }

    /// Handles events of this type with `function`. A later call for the same type replaces an earlier one.
    ///
    /// The manifest must declare the type too: Bkper sends what it declares, and the host sets aside what it does not.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "`on(EventType::TransactionChecked, …)` is how it is written"
    )]
    pub fn on<F, Fut>(mut self, event_type: EventType, function: F) -> Self
    where
        F: Fn(Context) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<Response>> + Send + 'static,
    {
        let function: Function = Box::new(move |cx| Box::pin(function(cx)));
        self.functions.insert(event_type.as_str().into(), function);
        self
    }

    /// What to do with events that the app itself caused: those whose agent has the app's id. They are skipped unless
    /// this says otherwise, so that an app does not answer its own doing for ever.
    #[must_use]
    pub fn own_events(mut self, own_events: OwnEvents) -> Self {
        self.own_events = own_events;
        self
    }

    /// Deadline, concurrency, queue and the rest: the [default](Policy::default) unless this says otherwise.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Verifies callers otherwise than as Bkper's. Without this, a call must carry a token that Google has signed for
    /// Bkper and for this hook's URL: the host's public URL with the hook's path, or, where the host has none, one of the
    /// manifest's webhook URLs.
    #[must_use]
    pub fn verify(mut self, verification: Verification) -> Self {
        self.verify = Verify::Told(verification);
        self
    }

    /// Verifies nobody: only behind a platform that does, such as Cloud Run with IAM.
    #[must_use]
    pub fn without_verification(mut self) -> Self {
        self.verify = Verify::No;
        self
    }

    /// The functions as a handler, which takes them out of the hook. What they do through `client` they do as the app.
    pub(crate) fn handler(&mut self, client: &Client) -> Arc<dyn Handler> {
        let functions = Arc::new(std::mem::take(&mut self.functions));
        let client = client.with_agent_id(&*self.manifest.id);
        Arc::new(NativeHandler::new(move |invocation: Invocation| {
            let (functions, client) = (Arc::clone(&functions), client.clone());
            async move {
                match functions.get(&invocation.event.event_type) {
                    Some(function) => function(Context::new(invocation, client)).await,
                    None => Ok(Response::suppressed()),
                }
            }
        }))
    }
}

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hook({})", self.manifest.id)
    }
}
