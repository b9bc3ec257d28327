//! `tokens`

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bkper_model::TimestampMs;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::request::Asked;
use crate::identity::{self, user_named};
use crate::refusal::Refusal;
use crate::store;

/// A token that is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenWish {
    /// Username or email address; made when there is no such user.
    user: String,
    /// How long it is good for; for ever when nothing is said.
    #[serde(default, deserialize_with = "crate::clock::duration")]
    lifetime: Option<SignedDuration>,
}

/// A token that the sandbox knows.
#[derive(Debug, Serialize)]
struct Token {
    #[serde(rename = "token")]
    text: String,
    /// Username.
    user: String,
    expires_at: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct Tokens {
    items: Vec<Token>,
}

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new().route("/tokens", get(list).post(create))
}

async fn list(State(world): Shared) -> Result<Json<Tokens>, Refusal> {
    world.own(|db, _| Ok(Json(Tokens { items: all(db)? }))).await
}

fn all(db: &Connection) -> Result<Vec<Token>, Refusal> {
    let shown = |(text, store::users::Token { user, expires })| Token {
        text,
        user: user.username,
        expires_at: expires,
    };
    Ok(store::users::tokens(db)?.into_iter().map(shown).collect())
}

async fn create(State(world): Shared, Asked(wish): Asked<TokenWish>) -> Result<Json<Token>, Refusal> {
    world.own(move |db, now| issue(db, now, &wish).map(Json)).await
}

fn issue(db: &Connection, now: Timestamp, wish: &TokenWish) -> Result<Token, Refusal> {
    let TokenWish { user, lifetime } = wish;
    if !identity::is_name(user) {
        let message = format!("{user:?} is no username and no email address");
        return Err(Refusal::Invalid { field: "user", message });
    }
    let user = user_named(db, user)?;
    let expires_at = lifetime.map(|lifetime| now.saturating_add(lifetime).unwrap_or(Timestamp::MAX));
    // As it is kept.
    let expires_at = expires_at.map(|at| TimestampMs::from(at).timestamp());
    let text = identity::issue(db, &user, expires_at)?;
    Ok(Token { text, user: user.username, expires_at })
}
