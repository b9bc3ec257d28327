//! The routes, and one event's way through the door.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::response::{IntoResponse, Response as HttpResponse};
use axum::routing::{any, get};
use http::{HeaderMap, Method, StatusCode, header};

use bookhook_dispatch::scheduler::HookIndex;
use bookhook_dispatch::{Answer, Arrival, Clock, Dispatcher, Later};
use bookhook_journal::Journal;
use bookhook_model::{DeliveryId, HookName, LaneRule};

use crate::answered::{ReplyBody, Unwritten};
use crate::body;
use crate::counters::Counters;
use crate::readiness::Readiness;
use crate::reply::{self, Refused};
use crate::source::Source;

/// A hook, as the door needs it.
#[derive(Debug)]
pub struct HookDoor {
    /// Its name.
    pub name: HookName,
    /// The path that it is served at, e.g. `/hooks/tax-bot`.
    pub path: String,
    /// Who may call, and how the calls are read.
    pub source: Source,
    /// What keeps deliveries from overlapping.
    pub lane: LaneRule,
    /// The largest body that is taken.
    pub body_bytes_max: usize,
}

/// Why the door cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// The dispatcher was started without this hook.
    #[error("the hook `{0}` has no handler")]
    NoHandler(HookName),
    /// A path that is taken.
    #[error(
        "the hook `{hook}` cannot be served at {path}: another hook, or the host itself, is served there"
    )]
    PathTaken {
        /// The hook.
        hook: HookName,
        /// The path.
        path: String,
    },
}

/// The public door.
#[derive(Clone)]
pub struct Door {
    shared: Arc<Shared>,
    router: Router,
}

struct Shared {
    dispatcher: Dispatcher,
    journal: Journal,
    counters: Arc<Counters>,
    clock: Clock,
    draining: AtomicBool,
    readiness: Readiness,
}

/// What a hook's route works with.
#[derive(Clone)]
struct Receiver {
    shared: Arc<Shared>,
    hook: Arc<HookDoor>,
    index: HookIndex,
}

const OWN_PATHS: [&str; 2] = ["/livez", "/readyz"];

impl Door {
    /// A door to these hooks, each of which the dispatcher serves.
    pub fn new(
        dispatcher: Dispatcher,
        journal: Journal,
        hooks: Vec<HookDoor>,
        counters: Arc<Counters>,
        clock: Clock,
    ) -> Result<Self, DoorError> {
        let (draining, readiness) = (AtomicBool::new(false), Readiness::default());
        let shared = Arc::new(Shared { dispatcher, journal, counters, clock, draining, readiness });
        let mut taken: Vec<String> = OWN_PATHS.map(str::to_owned).to_vec();
        let mut router = Router::new()
            .route("/livez", get(async || StatusCode::OK))
            .route("/readyz", get(readyz).with_state(Arc::clone(&shared)))
            .fallback(no_such_hook)
            .with_state(Arc::clone(&shared));
        for hook in hooks {
            if taken.contains(&hook.path) {
                return Err(DoorError::PathTaken { hook: hook.name, path: hook.path });
            }
            taken.push(hook.path.clone());
            let index = shared.dispatcher.hook(&hook.name);
            let index = index.ok_or_else(|| DoorError::NoHandler(hook.name.clone()))?;
            let path = hook.path.clone();
            let receiver = Receiver { shared: Arc::clone(&shared), hook: Arc::new(hook), index };
            router = router.route(&path, any(receive).with_state(receiver));
        }
        Ok(Self { shared, router })
    }

    /// From now on not ready, so that a balancer sends nobody here any more.
    pub fn close(&self) {
        self.shared.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    pub(crate) fn dispatcher(&self) -> &Dispatcher {
        &self.shared.dispatcher
    }
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Door({:?})", self.shared.dispatcher)
    }
}

/// One event's way: each check in its turn, and the reply.
async fn receive(
    State(receiver): State<Receiver>,
    Extension(unwritten): Extension<Unwritten>,
    request: Request,
) -> HttpResponse {
    match take_in(&receiver, request).await {
        Ok(Answered { delivery, response }) => {
            let status = StatusCode::OK.as_u16();
            let body = |json| Body::new(ReplyBody::new(json, delivery, status, unwritten));
            reply::response(response.json().clone(), body)
        }
        Err(refused) => refuse(&receiver, &refused),
    }
}

struct Answered {
    delivery: DeliveryId,
    response: bookhook_model::Response,
}

async fn take_in(receiver: &Receiver, request: Request) -> Result<Answered, Refused> {
    let (parts, body) = request.into_parts();
    check_method(&parts.method)?;
    check_media_type(&parts.headers)?;
    let bytes_max = receiver.hook.body_bytes_max;
    body::check_announced(&body, bytes_max).map_err(Refused::Body)?;

    // Before the body: a stranger shall not fill the memory.
    let source = &receiver.hook.source;
    source.verify(&parts.headers, (receiver.shared.clock)()).await.map_err(Refused::Identity)?;

    let body = body::read(body, bytes_max).await.map_err(Refused::Body)?;
    let received_at = (receiver.shared.clock)();
    let (event, purpose) =
        source.read(&parts.headers, &body, &receiver.hook.lane).map_err(Refused::NoEvent)?;
    let arrival = Arrival { event, received_at, purpose };
    match receiver.shared.dispatcher.deliver(receiver.index, arrival).await {
        Answer::Response { delivery, response } => Ok(Answered { delivery, response }),
        Answer::Accepted { delivery } => Ok(Answered { delivery, response: source.accepted() }),
        Answer::Later { why, retry_after, .. } => Err(Refused::Later(why, retry_after)),
        Answer::Unavailable(why) => Err(Refused::JournalUnavailable(why)),
    }
}

fn check_method(method: &Method) -> Result<(), Refused> {
    if method == Method::POST { Ok(()) } else { Err(Refused::NotPost) }
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Refused> {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Refused::Encoded);
    }
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let is_json = essence.eq_ignore_ascii_case("application/json")
        || (essence.len() > 5 && essence.as_bytes()[essence.len() - 5..].eq_ignore_ascii_case(b"+json"));
    if is_json { Ok(()) } else { Err(Refused::NotJson) }
}

fn refuse(receiver: &Receiver, refused: &Refused) -> HttpResponse {
    let counters = &receiver.shared.counters;
    let name = Some(&receiver.hook.name);
    match refused {
        // Taken, and to be seen in the journal.
        Refused::Later(
            Later::Deadline | Later::HandlerBusy | Later::Paused | Later::Parked | Later::Erased,
            _,
        ) => {}
        // Why exactly is for the operator only; the caller is told nothing that helps a stranger.
        Refused::Identity(why) => counters.refuse(name, refused.reason(), why),
        Refused::NoEvent(why) => counters.refuse(name, refused.reason(), why),
        Refused::JournalUnavailable(why) => counters.refuse(name, refused.reason(), why),
        _ => counters.refuse(name, refused.reason(), &refused.status()),
    }
    match &receiver.hook.source {
        Source::Bkper(_) => refused.to_bkper(),
    }
}

async fn no_such_hook(State(shared): State<Arc<Shared>>) -> HttpResponse {
    let refused = Refused::NoSuchHook;
    shared.counters.refuse(None, refused.reason(), &refused.status());
    refused.to_problem()
}

async fn readyz(State(shared): State<Arc<Shared>>) -> HttpResponse {
    if shared.draining.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response();
    }
    if shared.readiness.of(&shared.journal).await {
        (StatusCode::OK, "ready\n").into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the journal cannot be written\n").into_response()
    }
}
