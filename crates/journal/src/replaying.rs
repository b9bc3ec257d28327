//! Whether a delivery may run again because a person wants it, for every back-end.

use jiff::Timestamp;

use bookhook_model::{DeliveryId, HookName, ParkReason, State};

use crate::acts::Refusal;
use crate::error::WriteError;
use crate::seal::KeyId;

/// A delivery, as far as that matters.
#[derive(Debug)]
pub(crate) struct Candidate<'a> {
    pub(crate) hook: &'a HookName,
    pub(crate) state: State,
    pub(crate) awaits_caller: bool,
    pub(crate) token: Token<'a>,
}

/// The token that a delivery came with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'a> {
    /// `None` when it came without one.
    pub(crate) expires_at: Option<Timestamp>,
    /// `None` when it was erased.
    pub(crate) sealed: Option<&'a [u8]>,
}

impl Token<'_> {
    /// What keeps it from being used by a host with this key. An event that came without one has no problem.
    pub(crate) fn problem(self, key: KeyId, now: Timestamp) -> Option<ParkReason> {
        let expires_at = self.expires_at?;
        match self.sealed {
            Some(_) if expires_at <= now => Some(ParkReason::TokenExpired),
            Some(sealed) if !key.sealed(sealed) => Some(ParkReason::WrongKey),
            Some(_) => None,
            None => Some(ParkReason::TokenExpired),
        }
    }
}

/// The host that is to run it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Runner<'a> {
    pub(crate) serves: &'a [HookName],
    pub(crate) key: KeyId,
    pub(crate) now: Timestamp,
}

/// Whether it may be replayed.
pub(crate) fn may_replay(
    known: &Candidate<'_>,
    without_token: bool,
    runner: Runner<'_>,
) -> Result<(), Refusal> {
    let is_at_rest = match known.state {
        State::Settled | State::Parked | State::Unmatched => true,
        State::Waiting => known.awaits_caller,
        State::Running | State::Held => false,
    };
    if !is_at_rest {
        return Err(Refusal::NotAtRest);
    }
    may_run(known, without_token, runner)
}

/// Whether it could run, if that were all.
pub(crate) fn may_run(known: &Candidate<'_>, without_token: bool, runner: Runner<'_>) -> Result<(), Refusal> {
    if !runner.serves.contains(known.hook) {
        return Err(Refusal::NoHook);
    }
    match known.token.problem(runner.key, runner.now) {
        Some(_) if without_token => Ok(()),
        Some(ParkReason::WrongKey) => Err(Refusal::WrongKey),
        Some(_) => Err(Refusal::TokenGone),
        None => Ok(()),
    }
}

/// What a person is told who asked for this one.
pub(crate) fn refused(
    refusal: Refusal,
    id: DeliveryId,
    known: &Candidate<'_>,
    act: &'static str,
) -> WriteError {
    match refusal {
        Refusal::TokenGone => WriteError::TokenGone(id),
        Refusal::WrongKey => WriteError::WrongKey(id),
        Refusal::NotAtRest | Refusal::NeverRan => WriteError::Refused { id, state: known.state, act },
        Refusal::NoHook => WriteError::NoHook(known.hook.clone()),
        Refusal::Erased => WriteError::NotFound(id),
    }
}
