//! The keys by which events are known again move from place to place, while deliveries come and go, the disk refuses and the
//! host crashes: what is known stays known, and nothing else is.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bookhook_journal::simulated::{Disk, Hand};
use bookhook_journal::{Appended, Cursor, Journal, Pending, Place, Retain, Whose, WriteError, check};
use proptest::prelude::*;
use rusqlite::Connection;
use tokio::task::{JoinHandle, yield_now};

use crate::given::{Home, at, erasing, sending};

#[derive(Debug, Clone, Copy)]
enum Step {
    /// So many new events come, and commits fail where a bit is set.
    New(u8, u64),
    /// One of those before is sent again.
    Again(prop::sample::Index),
    /// The journal is tidied, or goes on being tidied, for so many groups of so many acts.
    Tidy {
        groups: u8,
        acts: u8,
        failing: u64,
    },
    /// Everything of one of three agents is erased.
    Erase(u8),
    /// So many percent are removed, the oldest first.
    Retain(u8),
    Crash,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let failing = prop_oneof![4 => Just(0), 1 => any::<u64>(), 1 => Just(u64::MAX)];
    let tidy = (1u8..12, 1u8..4, failing.clone());
    let step = prop_oneof![
        6 => (1u8..14, failing).prop_map(|(count, failing)| Step::New(count, failing)),
        6 => any::<prop::sample::Index>().prop_map(Step::Again),
        8 => tidy.prop_map(|(groups, acts, failing)| Step::Tidy { groups, acts, failing }),
        1 => (0u8..3).prop_map(Step::Erase),
        1 => (0u8..100).prop_map(Step::Retain),
        1 => Just(Step::Crash),
    ];
    proptest::collection::vec(step, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_known_stays_known_wherever_its_key_is(steps in steps()) {
        let disk = Disk::new().unwrap();
        let mut events = Events::default();
        for life in steps.split_inclusive(|step| matches!(step, Step::Crash)) {
            in_its_own_runtime(async {
                let mut life_of_host = Life::begin(&disk, &mut events);
                for step in life {
                    life_of_host.step(*step).await;
                }
            });
        }
        in_its_own_runtime(async {
            let mut life = Life::begin(&disk, &mut events);
            life.tidy_to_the_end().await;
            let checked = life.hand.check().unwrap();
            assert!(checked.is_sound(), "{checked:?}");
            for number in 0..life.events.received.len() {
                life.send(number).await;
            }
        });
    }
}

/// A crash ends every task.
fn in_its_own_runtime(life: impl Future<Output = ()>) {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap().block_on(life);
}

/// Every event that was ever sent.
#[derive(Debug, Default)]
struct Events {
    /// When it was received, if it is in the journal.
    received: Vec<Option<i64>>,
    now: i64,
}

struct Life<'d, 'e> {
    journal: Journal,
    hand: Hand<'d>,
    events: &'e mut Events,
    tidying: Option<JoinHandle<Result<(), WriteError>>>,
}

impl<'d, 'e> Life<'d, 'e> {
    fn begin(disk: &'d Disk, events: &'e mut Events) -> Self {
        let (journal, hand) = disk.boot().unwrap();
        Self { journal, hand, events, tidying: None }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::New(count, failing) => self.come(count, failing),
            Step::Again(which) if !self.events.received.is_empty() => {
                self.send(which.index(self.events.received.len())).await;
            }
            Step::Again(_) | Step::Crash => {}
            Step::Tidy { groups, acts, failing } => {
                for group in 0..groups {
                    self.tidy(acts.into(), failing.rotate_right(group.into())).await;
                }
            }
            Step::Erase(agent) => self.erase(agent).await,
            Step::Retain(percent) => self.retain(percent).await,
        }
    }

    fn append(&mut self, number: usize) -> Pending<Appended> {
        self.events.now += 1;
        let mut act = sending(&format!("e{number}"), Place::Unmatched);
        act.received_at = at(self.events.now);
        act.event.agent_id = Some(format!("agent-{}", number % 3).into());
        self.journal.append(act)
    }

    fn come(&mut self, count: u8, failing: u64) {
        let mut coming = Vec::new();
        for _ in 0..count {
            let number = self.events.received.len();
            self.events.received.push(None);
            coming.push((number, self.append(number), self.events.now));
        }
        let acts = self.hand.handed_in();
        self.hand.write(acts, failing);
        for (number, appended, now) in coming {
            if let Ok(appended) = answer(appended) {
                assert!(matches!(appended, Appended::Fresh { conflict: false }), "{number}: {appended:?}");
                self.events.received[number] = Some(now);
            }
        }
    }

    async fn send(&mut self, number: usize) {
        let appended = self.append(number);
        let acts = self.hand.handed_in();
        self.hand.write(acts, 0);
        let appended = answer(appended).unwrap();
        let received = &mut self.events.received[number];
        let is_known = matches!(appended, Appended::Stored { .. });
        assert_eq!(is_known, received.is_some(), "{number}: {appended:?}");
        received.get_or_insert(self.events.now);
        yield_now().await;
    }

    /// Goes on with what is under way.
    async fn tidy(&mut self, acts: usize, failing: u64) {
        let tidying = self.tidying.get_or_insert_with(|| tokio::spawn(self.journal.tidy()));
        if tidying.is_finished() {
            self.tidying = None;
        }
        self.hand.read();
        self.hand.write(acts, failing);
        for _ in 0..100 {
            yield_now().await;
        }
    }

    async fn tidy_to_the_end(&mut self) {
        let tidying = tokio::spawn(self.journal.tidy());
        self.drive(tidying).await.unwrap();
    }

    async fn erase(&mut self, agent: u8) {
        let (journal, whose) = (self.journal.clone(), Whose::Agent(format!("agent-{agent}")));
        let erasing = tokio::spawn(async move { journal.erase(erasing(whose), |_| ()).await });
        self.drive(erasing).await.unwrap();
        for received in self.events.received.iter_mut().skip(agent.into()).step_by(3) {
            *received = None;
        }
    }

    async fn retain(&mut self, percent: u8) {
        let before = self.events.now * i64::from(percent) / 100;
        let retain = Retain { settled_before: Some(at(before)), bytes_max: None, after: Cursor::START };
        let retaining = tokio::spawn(self.journal.retain(retain));
        // Fewer than one act removes.
        self.drive(retaining).await.unwrap();
        for received in &mut self.events.received {
            *received = received.filter(|received| *received >= before);
        }
    }

    /// Writes and reads, and nothing fails, until it is done.
    async fn drive<T>(&mut self, task: JoinHandle<T>) -> T {
        while !task.is_finished() {
            self.hand.read();
            let acts = self.hand.handed_in();
            self.hand.write(acts, 0);
            yield_now().await;
        }
        task.await.unwrap()
    }
}

/// The answer, which is there.
fn answer<T>(pending: Pending<T>) -> Result<T, WriteError> {
    match pin!(pending).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("it was written"),
    }
}

/// As migration 6 left them, with deliveries far from each other.
const BEFORE: &str = "
    UPDATE delivery SET seq = seq * 10000;
    UPDATE payload SET delivery = delivery * 10000;
    DROP TABLE event_recent;
    DROP TABLE event_old;
    DROP TABLE event_run;
    CREATE TABLE event_recent (event_key INTEGER, delivery INTEGER, PRIMARY KEY (event_key, delivery)) WITHOUT ROWID;
    CREATE TABLE event_old (event_key INTEGER, delivery INTEGER, PRIMARY KEY (event_key, delivery)) WITHOUT ROWID;
    INSERT INTO event_recent SELECT event_key, seq FROM delivery WHERE seq % 20000 = 0;
    INSERT INTO event_old SELECT event_key, seq FROM delivery WHERE seq % 20000 > 0;
    UPDATE catalogued SET up_to = up_to * 10000;
    DELETE FROM migration WHERE number = 8";

#[tokio::test]
async fn what_an_earlier_version_knew_is_known() {
    let home = Home::sqlite();
    let journal = home.open().await;
    for number in 0..40 {
        journal.append(sending(&format!("e{number}"), Place::Unmatched)).await.unwrap();
    }
    journal.close().await;
    Connection::open(home.path()).unwrap().execute_batch(BEFORE).unwrap();

    let journal = home.open().await;
    for number in 0..40 {
        let again = journal.append(sending(&format!("e{number}"), Place::Unmatched)).await.unwrap();
        assert!(matches!(again, Appended::Stored { .. }), "{number}: {again:?}");
    }
    journal.append(sending("new", Place::Unmatched)).await.unwrap();
    let checked = check(home.location(), None).await.unwrap();
    assert!(checked.is_sound(), "{checked:?}");
    let counted = "SELECT (SELECT count(*) FROM event_run WHERE length(filter) > 8),
                          (SELECT count(*) FROM event_old), (SELECT count(*) FROM event_recent)";
    let conn = Connection::open(home.path()).unwrap();
    let counted: [i64; 3] =
        conn.query_row(counted, [], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?])).unwrap();
    // Thirteen deliveries in each of three runs of 131,072 places.
    assert_eq!(counted, [3, 39, 2]);
}
