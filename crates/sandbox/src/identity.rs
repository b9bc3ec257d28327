//! Who calls: the user behind a bearer token.
//!
//! The sandbox knows tokens that it issued itself or that its configuration names. Any other token names a user by its own
//! text (`mia`, `mia@example.com`), who is made when first seen; and what is no name is the default user. In strict
//! mode only known tokens are accepted.

use bkper_model::AgentId;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::act::Actor;
use crate::happening::NameTag;
use crate::ledger::User;
use crate::refusal::Refusal;
use crate::store;

/// Tokens that the sandbox issues begin like Google's, so that clients which look at them take them for such.
pub(crate) const ISSUED: &str = "ya29.sandbox-";
const LONGEST_NAME: usize = 64;
/// The default user of a sandbox that begins with nobody.
pub(crate) const YOU: &str = "you";

/// What a request says about its caller.
#[derive(Clone, Default)]
pub(crate) struct Credentials {
    pub(crate) bearer: Option<String>,
    pub(crate) agent: Option<AgentId>,
    /// Where it is noted who that is.
    pub(crate) tag: NameTag,
}

/// How tokens become users.
#[derive(Clone, Debug)]
pub(crate) struct Identities {
    /// Whether only known tokens are accepted.
    pub(crate) strict: bool,
    /// The name of the user who is meant when nobody is named.
    pub(crate) default: String,
}

impl Identities {
    /// Who calls.
    pub(crate) fn actor(&self, db: &Connection, who: &Credentials, now: Timestamp) -> Result<Actor, Refusal> {
        let user = match &who.bearer {
            Some(token) => self.bearer(db, token, now)?,
            None if self.strict => return Err(Refusal::NoToken),
            None => user_named(db, &self.default)?,
        };
        who.tag.note(&user.username);
        Ok(Actor { user, agent: who.agent.clone() })
    }

    fn bearer(&self, db: &Connection, token: &str, now: Timestamp) -> Result<User, Refusal> {
        if let Some(known) = store::users::find_token(db, token)? {
            let is_over = known.expires.is_some_and(|expires| expires <= now);
            return if is_over { Err(Refusal::InvalidToken) } else { Ok(known.user) };
        }
        if self.strict || token.starts_with(ISSUED) {
            return Err(Refusal::InvalidToken);
        }
        Ok(user_named(db, if is_name(token) { token } else { &self.default })?)
    }
}

/// A real access token that somebody sends by mistake is no name: it must not be seen in a book.
pub(crate) fn is_name(token: &str) -> bool {
    let of_name = |c: char| c.is_ascii_alphanumeric() || "._-+@".contains(c);
    token.len() <= LONGEST_NAME
        && token != "undefined"
        && !token.starts_with("ya29.")
        && token.starts_with(|c: char| c.is_ascii_alphabetic())
        && token.chars().all(of_name)
}

/// A new token that names the user until it expires.
pub(crate) fn issue(db: &Connection, user: &User, expires: Option<Timestamp>) -> rusqlite::Result<String> {
    let token = format!("{ISSUED}{:032x}", rand::random::<u128>());
    store::users::insert_token(db, &token, user, expires)?;
    Ok(token)
}

/// The user with this username or email address, made when there is none. A username whose usual address is somebody's
/// means that user.
pub(crate) fn user_named(db: &Connection, name: &str) -> rusqlite::Result<User> {
    let name = name.to_ascii_lowercase();
    if let Some(user) = store::users::named(db, &name)? {
        return Ok(user);
    }
    let user = User::named(crate::ids::opaque(db, "user")?.into(), &name);
    if let Some(known) = store::users::named(db, &user.email)? {
        return Ok(known);
    }
    // Of two addresses with the same name before the `@`, the second user is called by the whole address.
    let user = match store::users::named(db, &user.username)? {
        Some(_) => User { username: name, ..user },
        None => user,
    };
    store::users::insert(db, &user)?;
    Ok(user)
}
