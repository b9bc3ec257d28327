//! Tokens: sealed at rest, erased in time, and never in the way of anything else.

use bookhook_journal::{Appended, Begun, Journal, Place, SealingKey, Then, WriteError};
use bookhook_model::{Cause, DeliveryId, ParkReason, Response, RunNumber, State};
use secrecy::ExposeSecret as _;

use super::on_every_backend;
use crate::given::{
    Home, TOKEN, at, beginning, event_of, failing, found, replaying, sending, sending_with_token, serves,
    settling, state, token_expiry,
};

on_every_backend! {
    a_run_gets_the_token_that_came,
    no_token_is_in_any_file,
    a_token_is_erased_when_the_delivery_settles_well,
    a_token_is_kept_after_an_error_until_it_expires,
    a_run_with_an_expired_token_is_parked,
    an_expired_token_that_is_erased_parks_too,
    an_event_without_token_never_expires,
    a_wrong_key_parks_and_says_so,
    the_sending_that_runs_again_brings_its_own_token,
    a_given_key_opens_what_it_sealed,
}

async fn begun(journal: &Journal, id: DeliveryId) -> Begun {
    journal.begin(beginning(id, Cause::First)).await.unwrap()
}

async fn queued(journal: &Journal, event: &str) -> DeliveryId {
    let act = sending_with_token(event, Place::Queue);
    let id = act.id;
    journal.append(act).await.unwrap();
    id
}

async fn a_run_gets_the_token_that_came(home: Home) {
    let journal = home.open().await;
    let id = queued(&journal, "e").await;
    let (_, event) = event_of(begun(&journal, id).await);
    assert_eq!(&*event.secrets[0].name, "bkper-oauth-token");
    assert_eq!(event.secrets[0].value.expose_secret(), TOKEN);
}

async fn no_token_is_in_any_file(home: Home) {
    let journal = home.open().await;
    queued(&journal, "a-recognisable-event").await;
    let contains =
        async |text: &str| home.stored().await.windows(text.len()).any(|window| window == text.as_bytes());
    assert_eq!(contains("a-recognisable-event").await, home.lasts());
    assert!(!contains(TOKEN).await);
    journal.close().await;
    assert!(!contains(TOKEN).await);
}

async fn a_token_is_erased_when_the_delivery_settles_well(home: Home) {
    let journal = home.open().await;
    for (event, response) in [
        ("result", Response::result(1)),
        ("warning", Response::warning("w")),
        ("suppressed", Response::suppressed()),
    ] {
        let id = queued(&journal, event).await;
        begun(&journal, id).await;
        journal.settle(settling(id, RunNumber::FIRST, &response)).await.unwrap();
        let replayed = journal.replay(replaying(id)).await;
        assert!(matches!(replayed, Err(WriteError::TokenGone(gone)) if gone == id), "{event}");
        assert_eq!(state(&journal, id).await, State::Settled);
    }
    assert_eq!(journal.erase_expired_tokens(token_expiry()).await.unwrap(), 0);
}

async fn a_token_is_kept_after_an_error_until_it_expires(home: Home) {
    let journal = home.open().await;
    let id = queued(&journal, "e").await;
    begun(&journal, id).await;
    journal.settle(settling(id, RunNumber::FIRST, &Response::error("no"))).await.unwrap();
    journal.replay(replaying(id)).await.unwrap();
    let (run, event) = event_of(journal.begin(beginning(id, Cause::Replay)).await.unwrap());
    assert_eq!(event.secrets.len(), 1);
    journal.settle(settling(id, run, &Response::error("again no"))).await.unwrap();

    assert_eq!(journal.erase_expired_tokens(at(0)).await.unwrap(), 0);
    assert_eq!(journal.erase_expired_tokens(token_expiry()).await.unwrap(), 1);
    let replayed = journal.replay(replaying(id)).await;
    assert!(matches!(replayed, Err(WriteError::TokenGone(_))), "{replayed:?}");
}

async fn a_run_with_an_expired_token_is_parked(home: Home) {
    let journal = home.open().await;
    let id = queued(&journal, "e").await;
    let mut act = beginning(id, Cause::First);
    act.at = token_expiry();
    let parked = journal.begin(act).await.unwrap();
    assert!(matches!(parked, Begun::Parked(ParkReason::TokenExpired)), "{parked:?}");
    let delivery = found(&journal, id).await;
    assert_eq!(delivery.state, State::Parked);
    assert_eq!(delivery.parked_reason.as_deref(), Some("token expired"));
    assert_eq!(delivery.runs.unwrap(), []);
}

async fn an_expired_token_that_is_erased_parks_too(home: Home) {
    let journal = home.open().await;
    let id = queued(&journal, "e").await;
    assert_eq!(journal.erase_expired_tokens(token_expiry()).await.unwrap(), 1);
    let mut act = beginning(id, Cause::First);
    act.at = token_expiry();
    assert!(matches!(journal.begin(act).await.unwrap(), Begun::Parked(ParkReason::TokenExpired)));
}

async fn an_event_without_token_never_expires(home: Home) {
    let journal = home.open().await;
    let act = sending("e", Place::Queue);
    let id = act.id;
    journal.append(act).await.unwrap();
    let mut act = beginning(id, Cause::First);
    act.at = token_expiry();
    assert!(matches!(journal.begin(act).await.unwrap(), Begun::Run { .. }));
}

async fn a_wrong_key_parks_and_says_so(home: Home) {
    if !home.lasts() {
        return;
    }
    let journal = home.open().await;
    let (id, plain) = (queued(&journal, "e").await, sending("plain", Place::Queue));
    let plain_id = plain.id;
    journal.append(plain).await.unwrap();
    journal.close().await;

    let other = SealingKey::from_base64(&format!("{}=", "A".repeat(43))).unwrap();
    let journal = Journal::open(home.location(), Some(other)).await.unwrap();
    assert_eq!(journal.recover(at(0), serves()).await.unwrap().sealed_otherwise, 1, "the one with a token");
    let parked = begun(&journal, id).await;
    assert!(matches!(parked, Begun::Parked(ParkReason::WrongKey)), "{parked:?}");
    assert!(found(&journal, id).await.parked_reason.unwrap().contains("BOOKHOOK_KEY"));
    assert!(matches!(begun(&journal, plain_id).await, Begun::Run { .. }));
}

async fn the_sending_that_runs_again_brings_its_own_token(home: Home) {
    let journal = home.open().await;
    let id = queued(&journal, "e").await;
    begun(&journal, id).await;
    journal.settle(failing(id, RunNumber::FIRST, Then::AwaitCaller)).await.unwrap();
    let mut act = sending_with_token("e", Place::Queue);
    act.event.secrets[0].value = "the-next-token".into();
    act.token_expires_at = at(7200);
    let again = journal.append(act).await.unwrap();
    assert_eq!(again, Appended::Again { id, cause: Cause::Retry, run: None });
    let mut act = beginning(id, Cause::Retry);
    act.at = at(7000);
    let (_, event) = event_of(journal.begin(act).await.unwrap());
    assert_eq!(event.secrets[0].value.expose_secret(), "the-next-token");
}

async fn a_given_key_opens_what_it_sealed(home: Home) {
    if !home.lasts() {
        return;
    }
    let key = || SealingKey::from_base64(" AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
    let journal = Journal::open(home.location(), Some(key())).await.unwrap();
    let id = queued(&journal, "e").await;
    journal.close().await;
    let journal = Journal::open(home.location(), Some(key())).await.unwrap();
    journal.recover(at(0), serves()).await.unwrap();
    assert_eq!(event_of(begun(&journal, id).await).1.secrets.len(), 1);
    assert!(!home.path().with_extension("db.key").exists(), "no key file is made");
}
