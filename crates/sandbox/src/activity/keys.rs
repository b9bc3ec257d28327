//! The key that signs what the sandbox sends, made when it is first needed: that takes a moment, and most tests need none.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::OnceCell;

use crate::google::{JWKS_PATH, KeyGenerationFailed, Signer, key_set};
use crate::world::World;

/// A signer, at the latest when it is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys(OnceCell<Arc<Signer>>);

impl Keys {
    pub(crate) async fn signer(&self) -> Result<Arc<Signer>, KeyGenerationFailed> {
        let generate = async || {
            let made = tokio::task::spawn_blocking(Signer::generate).await;
            made.unwrap_or(Err(KeyGenerationFailed)).map(Arc::new)
        };
        self.0.get_or_try_init(generate).await.cloned()
    }
}

impl From<Arc<Signer>> for Keys {
    fn from(signer: Arc<Signer>) -> Self {
        Self(OnceCell::new_with(Some(signer)))
    }
}

/// Publishes the key, where Google publishes its own.
pub(crate) fn key_server(world: Arc<World>) -> Router {
    Router::new().route(JWKS_PATH, get(published)).with_state(world)
}

async fn published(State(world): State<Arc<World>>) -> Response {
    match world.post.settings.keys.signer().await {
        Ok(signer) => key_set(&signer).into_response(),
        Err(failed) => (StatusCode::INTERNAL_SERVER_ERROR, failed.to_string()).into_response(),
    }
}
