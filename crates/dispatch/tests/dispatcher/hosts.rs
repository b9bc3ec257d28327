//! Several dispatchers over journals on one database, as hosts behind a load balancer have them.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use bookhook_dispatch::scheduler::HookIndex;
use bookhook_dispatch::{Answer, Arrival, Dispatcher, HookSetup, Later, Purpose};
use bookhook_journal::{Journal, Membership, SealingKey};
use bookhook_model::{
    Cause, Delivery, Filter, LaneKey, NewReplays, Outcome, Policy, ReplayJobState, ReplayOptions, Reply,
    RetryPolicy, State,
};
use bookhook_testkit::wait::in_time;
use bookhook_testkit::{Database, Gate, Line, Runs, eventually};
use jiff::Timestamp;
use tokio::task::JoinHandle;

use crate::accepted::unreachable;
use crate::given::{Scripted, ada, answered, event, hook, is_unavailable, response};

const DAY: Duration = Duration::from_hours(24);

/// After so long a host that is cut off is taken for dead.
const LEASE: Duration = Duration::from_millis(1500);

/// Hosts that share a database, and what their handlers did.
struct Hosts {
    database: Database,
    runs: Runs,
    gate: Gate,
}

/// One of them, and its way to the database.
struct Host {
    dispatcher: Dispatcher,
    journal: Journal,
    line: Line,
}

impl Hosts {
    async fn gated() -> Self {
        Self { database: Database::new().await, runs: Runs::default(), gate: Gate::closed() }
    }

    async fn prompt() -> Self {
        let hosts = Self::gated().await;
        hosts.gate.open();
        hosts
    }

    async fn host(&self, policy: Policy) -> Host {
        self.host_with(policy, Scripted::new(|number| answered(&format!("run {number}")))).await
    }

    /// One that tries again only tomorrow.
    async fn patient_host(&self) -> Host {
        let retry = RetryPolicy { first: DAY, max: DAY, max_age: DAY * 9, ..RetryPolicy::default() };
        let policy = Policy { reply: Reply::Accepted, retry, ..Policy::default() };
        let handler =
            |event: &str, _| if event.starts_with("fails") { unreachable() } else { answered("done") };
        self.host_with(policy, Scripted::by_event(handler)).await
    }

    async fn host_with(&self, policy: Policy, handler: Scripted) -> Host {
        let line = self.database.line().await;
        let location = self.database.address_over(&line).parse().unwrap();
        let membership = Membership { name: "test".to_owned(), lease: LEASE };
        let key = Some(SealingKey::from_bytes([42; 32]));
        let journal = Journal::open_as(&location, key, membership).await.unwrap();
        let handler = handler.beside(&self.runs, &self.gate);
        let setup = HookSetup { name: hook(), handler: Arc::new(handler), policy };
        let dispatcher = Dispatcher::start(journal.clone(), vec![setup], Timestamp::now).await.unwrap();
        Host { dispatcher, journal, line }
    }

    async fn two(&self) -> (Host, Host) {
        (self.host(Policy::default()).await, self.host(Policy::default()).await)
    }
}

impl Host {
    fn sending(&self, id: &str, lane: &str) -> JoinHandle<Answer> {
        let mut event = event(id);
        event.lane = Some(LaneKey(lane.into()));
        let (dispatcher, received_at) = (self.dispatcher.clone(), Timestamp::now());
        let arrival = Arrival { event, received_at, purpose: Purpose::Run };
        tokio::spawn(async move { dispatcher.deliver(HookIndex(0), arrival).await })
    }

    async fn send(&self, id: &str, lane: &str) -> Answer {
        in_time("an answer", self.sending(id, lane)).await.unwrap()
    }

    async fn find(&self, id: &str) -> Option<Delivery> {
        let filter = Filter { event_id: Some(id.to_owned()), ..Filter::default() };
        self.journal.list(&filter, None, 1).await.ok()?.items.into_iter().next()
    }

    async fn until(&self, id: &str, what: &str, mut is_so: impl FnMut(&Delivery) -> bool) -> Delivery {
        eventually(&format!("{id}: {what}"), async || self.find(id).await.filter(&mut is_so)).await
    }

    async fn until_journaled(&self, id: &str) -> Delivery {
        self.until(id, "it is in the journal", |_| true).await
    }
}

/// Every second event goes to the other host; what comes back counts as sent.
#[tokio::test(flavor = "multi_thread")]
async fn lanes_never_overlap_and_keep_their_order() {
    let hosts = Hosts::prompt().await;
    let (one, other) = hosts.two().await;
    let mut expected = Vec::new();
    let mut waiting = Vec::new();
    for n in 0..40 {
        let (id, lane) = (format!("{n:02}"), format!("lane {}", n % 3));
        let host = if n % 2 == 0 { &one } else { &other };
        waiting.push(host.sending(&id, &lane));
        // The order is that of append.
        host.until_journaled(&id).await;
        expected.push((lane, id));
    }
    for answer in waiting {
        response(in_time("an answer", answer).await.unwrap());
    }
    assert!(hosts.runs.lanes_with_overlaps().is_empty());
    for lane in ["lane 0", "lane 1", "lane 2"] {
        let sent: Vec<_> = expected.iter().filter(|(of, _)| of == lane).map(|(_, id)| id.clone()).collect();
        assert_eq!(hosts.runs.events_in(lane), sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_comes_back_to_another_host_gets_the_same_response() {
    let hosts = Hosts::gated().await;
    let (one, other) = hosts.two().await;
    let first = one.sending("e", "lane");
    hosts.runs.until_begun(1).await;
    let second = other.sending("e", "lane");
    // It has joined, and waits there.
    eventually("the second sending is taken in", async || (!second.is_finished()).then_some(())).await;
    hosts.gate.open();
    let answers = [in_time("the first", first).await.unwrap(), in_time("the second", second).await.unwrap()];
    let [one_says, other_says] = answers.map(response);
    assert_eq!(one_says, other_says);
    assert_eq!(response(other.send("e", "lane").await), one_says, "stored");
    assert_eq!(hosts.runs.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_host_leaves_when_it_ends_runs_on_another() {
    let hosts = Hosts::gated().await;
    let (one, other) = hosts.two().await;
    let running = one.sending("running", "lane");
    hosts.runs.until_begun(1).await;
    let waiting = one.sending("waiting", "lane");
    one.until_journaled("waiting").await;
    let mine = other.sending("mine", "lane");
    other.until_journaled("mine").await;

    assert_eq!(one.dispatcher.drain(Duration::ZERO).await, 1);
    drop((running, waiting));
    one.journal.close().await;
    hosts.runs.until_begun(2).await;
    hosts.gate.open();
    response(in_time("the other host's own", mine).await.unwrap());
    assert_eq!(hosts.runs.events_in("lane"), ["running", "running", "waiting", "mine"]);
    assert_eq!(hosts.runs.causes()[1..], [Cause::Recovery, Cause::Recovery, Cause::First]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_cut_off_drops_its_runs_and_others_take_over() {
    let hosts = Hosts::gated().await;
    let (one, other) = hosts.two().await;
    let caller = one.sending("e", "lane");
    hosts.runs.until_begun(1).await;
    one.line.silence();
    let told = in_time("the caller is told", caller).await.unwrap();
    assert!(is_unavailable(&told), "{told:?}");
    hosts.runs.until_ended(1).await;
    assert!(is_unavailable(&one.send("late", "another lane").await));

    hosts.runs.until_begun(2).await;
    assert!(hosts.runs.lanes_with_overlaps().is_empty());
    hosts.gate.open();
    let settled = other.until("e", "it is settled", |delivery| delivery.state == State::Settled).await;
    assert_eq!(settled.outcome, Some(Outcome::Result));

    one.line.mend();
    eventually("it serves again", async || match one.send("again", "lane").await {
        Answer::Response { .. } => Some(()),
        _ => None,
    })
    .await;
    assert_eq!(hosts.runs.causes(), [Cause::First, Cause::Recovery, Cause::First]);
}

/// As if it had been stopped for longer than its lease: its handler goes on, and its clock has not noticed.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_wakes_up_cannot_settle_what_was_taken_over() {
    let hosts = Hosts::gated().await;
    let (one, other) = hosts.two().await;
    let caller = one.sending("e", "lane");
    hosts.runs.until_begun(1).await;
    let client = hosts.database.connect().await;
    let oldest = "DELETE FROM bookhook.host WHERE id = (SELECT min(id) FROM bookhook.host)";
    client.batch_execute(oldest).await.unwrap();
    hosts.runs.until_begun(2).await;
    hosts.gate.open();
    let delivery = other.until("e", "it is settled", |delivery| delivery.state == State::Settled).await;
    let told = in_time("the caller is told", caller).await.unwrap();
    assert!(!matches!(told, Answer::Accepted { .. }), "{told:?}");
    let runs = other.journal.find(delivery.id).await.unwrap().unwrap().runs.unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!((runs[0].response.is_none(), runs[1].response.is_some()), (true, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_on_one_host_holds_the_others() {
    let hosts = Hosts::prompt().await;
    let (one, other) = hosts.two().await;
    one.dispatcher.pause(HookIndex(0), None, &ada()).await.unwrap();
    let held = other.send("held", "lane").await;
    assert!(matches!(held, Answer::Later { why: Later::Paused, .. }), "{held:?}");
    one.dispatcher.resume(HookIndex(0), &ada()).await.unwrap();
    other.until("held", "it is settled", |delivery| delivery.state == State::Settled).await;
    response(other.send("next", "lane").await);

    let lane = || LaneKey("lane".into());
    other.dispatcher.pause_lane(HookIndex(0), lane(), None, &ada()).await.unwrap();
    let held = one.send("in lane", "lane").await;
    assert!(matches!(held, Answer::Later { why: Later::Paused, .. }), "{held:?}");
    response(one.send("elsewhere", "another lane").await);
    other.dispatcher.resume_lane(HookIndex(0), lane(), &ada()).await.unwrap();
    one.until("in lane", "it is settled", |delivery| delivery.state == State::Settled).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_another_host_ends_at_once_leaves_nothing_behind() {
    let hosts = Hosts::prompt().await;
    let (one, other) = hosts.two().await;
    one.dispatcher.pause(HookIndex(0), None, &ada()).await.unwrap();
    other.dispatcher.resume(HookIndex(0), &ada()).await.unwrap();
    let _sending = one.sending("e", "lane");
    one.until("e", "it is settled", |delivery| delivery.state == State::Settled).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_act_on_any_host() {
    let hosts = Hosts::prompt().await;
    let (one, other) = hosts.two().await;
    response(one.send("e", "lane").await);
    let id = one.until("e", "it is settled", |delivery| delivery.state == State::Settled).await.id;
    let options = ReplayOptions { without_token: true };
    other.dispatcher.replay(id, options, &ada()).await.unwrap();
    hosts.runs.until_ended(2).await;
    one.until("e", "it is settled again", |delivery| delivery.state == State::Settled).await;
    assert_eq!(hosts.runs.causes(), [Cause::First, Cause::Replay]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_takes_away_on_another_host_keeps_its_lane_no_more() {
    let hosts = Hosts::prompt().await;
    let (one, other) = (hosts.patient_host().await, hosts.patient_host().await);
    for skips in [false, true] {
        let (lane, fails) = (format!("lane {skips}"), format!("fails {skips}"));
        one.send(&fails, &lane).await;
        let is_tried_again = |delivery: &Delivery| delivery.next_run_at.is_some();
        let id = one.until(&fails, "it is tried again tomorrow", is_tried_again).await.id;
        let behind = format!("behind {skips}");
        one.send(&behind, &lane).await;
        if skips {
            other.dispatcher.skip(id, &ada()).await.unwrap();
        } else {
            other.dispatcher.park(id, None, &ada()).await.unwrap();
        }
        one.until(&behind, "it is settled", |delivery| delivery.state == State::Settled).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replays_are_worked_off_by_one_host_and_go_on_when_that_is_gone() {
    let hosts = Hosts::prompt().await;
    let (one, other) = hosts.two().await;
    let events = ["e1", "e2", "e3", "e4", "e5", "e6"];
    for event in events {
        response(one.send(event, event).await);
    }
    let all = NewReplays {
        filter: Filter { hook: Some(hook()), ..Filter::default() },
        per_second: NonZeroU32::new(4).unwrap(),
        without_token: true,
    };
    let job = one.dispatcher.start_replays(all, &ada()).await.unwrap();
    hosts.runs.until_begun(events.len() + 2).await;
    one.dispatcher.drain(Duration::ZERO).await;
    one.journal.close().await;
    let done = eventually("the other host has replayed the rest", async || {
        other.dispatcher.replay_job(job.id).await.unwrap().filter(|job| job.state == ReplayJobState::Done)
    })
    .await;
    assert_eq!((done.done, done.refused), (6, 0));
    for event in events {
        other.until(event, "it is settled", |delivery| delivery.state == State::Settled).await;
    }
    let replays = hosts.runs.causes().into_iter().filter(|cause| *cause == Cause::Replay).count();
    // One may have been interrupted by the end of its host, and is run again for that.
    assert!(replays <= events.len(), "{replays}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_host_knows_where_a_delivery_is() {
    let hosts = Hosts::gated().await;
    let (one, other) = hosts.two().await;
    let first = one.sending("first", "lane");
    hosts.runs.until_begun(1).await;
    let (queued, third) = (one.sending("queued", "lane"), other.sending("third", "lane"));
    for (event, why) in [
        ("first", "Its handler has been at work on the host `test` since"),
        ("queued", "It waits on the host `test`, which sees to it"),
        ("third", "It waits for its turn in the lane `lane`, which another host has just now."),
    ] {
        let id = other.until_journaled(event).await.id;
        eventually(&format!("{event}: {why}"), async || {
            let told = other.dispatcher.explain(id).await.unwrap();
            told.why.starts_with(why).then_some(())
        })
        .await;
    }
    hosts.gate.open();
    for answer in [first, queued, third] {
        response(in_time("an answer", answer).await.unwrap());
    }
}

/// All that was acknowledged is handled, by whichever host is there in the end.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_accepted_is_lost_when_hosts_come_and_go() {
    let hosts = Hosts::prompt().await;
    let accepted = || Policy { reply: Reply::Accepted, ..Policy::default() };
    let mut there = [hosts.host(accepted()).await, hosts.host(accepted()).await];
    let mut acknowledged = Vec::new();
    for n in 0..60 {
        let id = format!("{n:02}");
        if matches!(there[n % 2].send(&id, &format!("lane {}", n % 4)).await, Answer::Accepted { .. }) {
            acknowledged.push(id);
        }
        if n % 20 == 19 {
            let gone = std::mem::replace(&mut there[n / 20 % 2], hosts.host(accepted()).await);
            gone.line.cut();
        }
    }
    for id in &acknowledged {
        there[0].until(id, "it is settled", |delivery| delivery.state == State::Settled).await;
    }
    assert!(acknowledged.len() >= 50, "{}", acknowledged.len());
    assert!(hosts.runs.lanes_with_overlaps().is_empty());
}
