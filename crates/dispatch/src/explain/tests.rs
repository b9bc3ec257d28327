use bookhook_model::{Actor, EventId, HookName, LaneKey, RunNumber};

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

fn id() -> DeliveryId {
    "dlv_01HF7YAT000000000000000001".parse().unwrap()
}

fn other() -> DeliveryId {
    "dlv_01HF7YAT000000000000000002".parse().unwrap()
}

fn delivery(state: State) -> Delivery {
    Delivery {
        id: id(),
        hook: "tax-bot".parse().unwrap(),
        event_id: Some(EventId("e1".into())),
        event_type: "TRANSACTION_CHECKED".into(),
        lane: Some(LaneKey("b1".into())),
        book_id: Some("b1".into()),
        agent_id: None,
        user_id: None,
        state,
        outcome: None,
        conflict: false,
        received_at: at(0),
        settled_at: None,
        answered: None,
        parked_reason: None,
        next_run_at: None,
        runs: Some(Vec::new()),
    }
}

fn run(cause: Cause, error: Option<&str>) -> Run {
    Run {
        number: RunNumber(2),
        cause,
        started_at: at(5),
        finished_at: error.map(|_| at(6)),
        handler_status: None,
        response: None,
        error: error.map(str::to_owned),
    }
}

fn outlook(delivery: Delivery) -> Outlook {
    let (awaits_caller, sent_at, tries) = (false, at(0), 2);
    let (token, pauses, host) = (KeptToken::Until(at(3600)), Vec::new(), None);
    Outlook { delivery, awaits_caller, sent_at, tries, token, pauses, host }
}

fn pause(lane: Option<&str>, by: Actor, reason: Option<&str>) -> Pause {
    let (hook, since): (HookName, _) = ("tax-bot".parse().unwrap(), at(3));
    let lane = lane.map(|lane| LaneKey(lane.into()));
    Pause { hook, lane, since, by, reason: reason.map(str::to_owned), held_for: None }
}

fn ada() -> Actor {
    "ada@laptop".parse().unwrap()
}

/// What is said of it, and which acts are named.
fn told(outlook: &Outlook, place: Place, first: Option<&Delivery>) -> (String, Vec<ActKind>) {
    let policy = Policy::default();
    let told = explain(&Known { outlook, place, first, policy: Some(&policy), now: at(10) });
    (told.why, told.can.into_iter().map(|remedy| remedy.act).collect())
}

#[track_caller]
fn assert_told(outlook: &Outlook, place: Place, why: &str, can: &[ActKind]) {
    assert_eq!(told(outlook, place, None), (why.to_owned(), can.to_vec()));
}

#[test]
fn an_event_that_nobody_declares() {
    assert_told(
        &outlook(delivery(State::Unmatched)),
        Place::None,
        "Events of the type TRANSACTION_CHECKED are not declared for the hook `tax-bot`: it is kept, and no handler was \
         asked.",
        &[ActKind::Replay],
    );
}

#[test]
fn a_delivery_that_is_settled() {
    for (outcome, how) in [
        (Outcome::Result, "with a result"),
        (Outcome::Warning, "with a warning"),
        (Outcome::Error, "with an error"),
        (Outcome::Suppressed, "with nothing to record"),
    ] {
        let mut settled = delivery(State::Settled);
        (settled.outcome, settled.settled_at) = (Some(outcome), Some(at(6)));
        settled.runs = Some(vec![run(Cause::First, None)]);
        let why = format!("It was settled at 2023-11-14T22:13:26Z, {how}.");
        assert_told(&outlook(settled.clone()), Place::None, &why, &[ActKind::Replay]);
    }
}

#[test]
fn a_delivery_that_was_skipped() {
    let mut skipped = delivery(State::Settled);
    (skipped.outcome, skipped.settled_at) = (Some(Outcome::Suppressed), Some(at(6)));
    let why = "It was settled at 2023-11-14T22:13:26Z, without a run.";
    assert_told(&outlook(skipped), Place::None, why, &[ActKind::Replay]);
}

#[test]
fn a_settled_delivery_whose_token_is_gone() {
    for token in [KeptToken::Erased, KeptToken::Until(at(9))] {
        let settled = Outlook { token, ..outlook(delivery(State::Settled)) };
        let policy = Policy::default();
        let known =
            Known { outlook: &settled, place: Place::None, first: None, policy: Some(&policy), now: at(10) };
        let so = explain(&known).can.remove(0).so;
        assert_eq!(
            so,
            "its token is gone: it runs again without one, or when its source sends the event again"
        );
    }
}

#[test]
fn a_delivery_that_is_parked() {
    let mut parked = delivery(State::Parked);
    parked.parked_reason = Some("gave up after 20 runs: nothing listens there".to_owned());
    let all = [ActKind::Unpark, ActKind::Replay, ActKind::Skip];
    let why = "It is parked: gave up after 20 runs: nothing listens there.";
    assert_told(&outlook(parked.clone()), Place::None, why, &all);

    let mut holding = outlook(parked.clone());
    holding.pauses = vec![Pause { held_for: Some(id()), ..pause(Some("b1"), Actor::host(), None) }];
    assert_told(&holding, Place::None, &format!("{why} Its lane waits until it is settled."), &all);

    let expired = Outlook { token: KeptToken::Erased, ..outlook(parked) };
    assert_told(&expired, Place::None, why, &[ActKind::Replay, ActKind::Skip]);
}

#[test]
fn a_delivery_that_runs() {
    for (cause, what) in [
        (Cause::First, "its first"),
        (Cause::Retry, "a retry"),
        (Cause::Replay, "a replay"),
        (Cause::Recovery, "after the host came back"),
    ] {
        let mut running = delivery(State::Running);
        running.runs = Some(vec![run(cause, None)]);
        let why = format!("Its handler has been at work since 2023-11-14T22:13:25Z (run 2, {what}).");
        assert_told(&outlook(running), Place::Next, &why, &[]);
    }
}

#[test]
fn a_delivery_that_is_held_with_its_hook() {
    let mut held = outlook(delivery(State::Held));
    let can = [ActKind::Resume, ActKind::Park, ActKind::Skip];
    held.pauses = vec![pause(Some("b1"), ada(), None), pause(None, ada(), Some("month end"))];
    let why = "The hook `tax-bot` was paused at 2023-11-14T22:13:23Z by ada@laptop: month end.";
    assert_told(&held, Place::Next, why, &can);

    held.pauses = vec![pause(None, Actor::host(), Some("its handler does not stay up"))];
    let why = "The hook `tax-bot` was paused at 2023-11-14T22:13:23Z by host: its handler does not stay up.";
    assert_told(&held, Place::Next, why, &can);
}

#[test]
fn a_delivery_that_is_held_with_its_lane() {
    let mut held = outlook(delivery(State::Held));
    held.pauses = vec![pause(Some("b1"), ada(), None)];
    let why = "The lane `b1` was paused at 2023-11-14T22:13:23Z by ada@laptop.";
    assert_told(&held, Place::Next, why, &[ActKind::Resume, ActKind::Park, ActKind::Skip]);
}

#[test]
fn a_delivery_whose_lane_waits_for_a_parked_one() {
    let mut held = outlook(delivery(State::Held));
    let reason = format!("{} is parked: token expired", other());
    held.pauses = vec![Pause { held_for: Some(other()), ..pause(Some("b1"), Actor::host(), Some(&reason)) }];
    let why = "The lane `b1` has been waiting since 2023-11-14T22:13:23Z: dlv_01HF7YAT000000000000000002 is parked: \
               token expired.";
    let can = [ActKind::Unpark, ActKind::Skip, ActKind::Resume, ActKind::Park, ActKind::Skip];
    assert_told(&held, Place::Next, why, &can);
    let policy = Policy::default();
    let known = Known { outlook: &held, place: Place::Next, first: None, policy: Some(&policy), now: at(10) };
    let told = explain(&known);
    assert_eq!((told.behind, told.pause.unwrap().held_for), (Some(other()), Some(other())));
}

#[test]
fn a_delivery_that_waits_for_its_caller() {
    let mut waiting = delivery(State::Waiting);
    waiting.runs = Some(vec![run(Cause::First, Some("the handler was busy (429)"))]);
    let waiting = Outlook { awaits_caller: true, ..outlook(waiting) };
    assert_told(
        &waiting,
        Place::None,
        "Its last run ended with “the handler was busy (429)”. Its caller was asked to send it again; if that does not \
         happen by 2023-11-15T22:13:20Z, it is parked.",
        &[ActKind::Replay, ActKind::Park, ActKind::Skip],
    );
}

#[test]
fn a_delivery_that_is_tried_again_later() {
    let mut waiting = delivery(State::Waiting);
    waiting.runs = Some(vec![run(Cause::First, Some("nothing listens there"))]);
    waiting.next_run_at = Some(at(40));
    let waiting = outlook(waiting);
    assert_told(
        &waiting,
        Place::Next,
        "Its last run ended with “nothing listens there”. It is tried again at 2023-11-14T22:14:00Z; so far 2 of 20 \
         runs, and no more after 2023-11-15T22:13:20Z.",
        &[ActKind::Park, ActKind::Skip],
    );
}

#[test]
fn a_delivery_behind_others() {
    let waiting = outlook(delivery(State::Waiting));
    let mut first = Delivery { id: other(), ..delivery(State::Running) };
    first.runs = Some(vec![run(Cause::First, None)]);
    let told = |first: &Delivery, others| told(&waiting, Place::Behind { others }, Some(first)).0;
    assert_eq!(
        told(&first, 0),
        "It waits for its turn in the lane `b1` behind dlv_01HF7YAT000000000000000002, which has been running since \
         2023-11-14T22:13:25Z."
    );
    (first.state, first.next_run_at) = (State::Waiting, Some(at(40)));
    assert_eq!(
        told(&first, 1),
        "It waits for its turn in the lane `b1` behind dlv_01HF7YAT000000000000000002, which is tried again at \
         2023-11-14T22:14:00Z, and behind another one."
    );
    first.next_run_at = None;
    assert_eq!(
        told(&first, 7),
        "It waits for its turn in the lane `b1` behind dlv_01HF7YAT000000000000000002, which is about to run, and behind \
         7 others."
    );
}

#[test]
fn a_delivery_whose_turn_it_is() {
    let waiting = outlook(delivery(State::Waiting));
    let can = [ActKind::Park, ActKind::Skip];
    assert_told(&waiting, Place::Next, "Its run is about to begin.", &can);
    assert_told(&waiting, Place::None, "It is about to be put into its lane.", &can);
    let why = "It is next in its lane. The hook has as many runs as it may have at once: 80.";
    assert_told(&waiting, Place::NextWithoutRoom, why, &can);
}

#[test]
fn a_delivery_of_another_host() {
    let there = |state, runs| {
        let mut there = delivery(state);
        there.runs = Some(runs);
        Outlook { host: Some("web-2".to_owned()), ..outlook(there) }
    };
    let (waiting, running) =
        (there(State::Waiting, Vec::new()), there(State::Running, vec![run(Cause::First, None)]));
    let may = [ActKind::Park, ActKind::Skip];
    let why = "It waits on the host `web-2`, which sees to it: ask there for what it waits for.";
    assert_told(&waiting, Place::Elsewhere, why, &may);
    let why =
        "Its handler has been at work on the host `web-2` since 2023-11-14T22:13:25Z (run 2, its first).";
    assert_told(&running, Place::Elsewhere, why, &[]);
    let orphan = Outlook { host: None, ..waiting };
    let why = "The host that saw to it is gone: another one is about to take it over.";
    assert_told(&orphan, Place::Elsewhere, why, &may);
}

#[test]
fn a_delivery_whose_lane_another_host_has() {
    let mut waiting = delivery(State::Waiting);
    waiting.runs = Some(Vec::new());
    let why = "It waits for its turn in the lane `b1`, which another host has just now.";
    assert_told(&outlook(waiting), Place::BehindAnotherHost, why, &[ActKind::Park, ActKind::Skip]);
}

#[test]
fn a_delivery_of_a_hook_that_is_not_configured() {
    let waiting = outlook(delivery(State::Waiting));
    let told =
        explain(&Known { outlook: &waiting, place: Place::None, first: None, policy: None, now: at(10) });
    assert_eq!(told.why, "The hook `tax-bot` is not configured on this host: it waits until it is.");
    assert_eq!(told.max_runs, None);
    for (state, can) in [(State::Settled, vec![]), (State::Parked, vec![ActKind::Skip])] {
        let outlook = outlook(delivery(state));
        let known = Known { outlook: &outlook, place: Place::None, first: None, policy: None, now: at(10) };
        let told: Vec<_> = explain(&known).can.into_iter().map(|remedy| remedy.act).collect();
        assert_eq!(told, can);
    }
}
