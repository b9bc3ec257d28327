//! What was acknowledged is there after a SIGKILL.
//!
//! This shows that nothing is acknowledged before it is with the system. That it is on the disk by then shows in
//! [`crate::power_loss`].

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use bookhook_journal::{Journal, Location, Place, Reader};
use bookhook_model::{DeliveryId, Response, RunNumber, State};

use crate::given::{Home, at, found, new_id, recovered, sending, settling};

/// Set for the child: the journal that it writes to until it is killed.
const VICTIM: &str = "BOOKHOOK_JOURNAL_TEST_VICTIM";

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let home = Home::sqlite();
    for round in 0..10 {
        let told = Victim::of(&home.path()).told_before_the_kill(40 + round * 37);
        assert!(Reader::open(home.location()).await.unwrap().find(told[0].1).await.unwrap().is_some());
        let journal = home.open().await;
        assert_kept(&journal, told).await;
        journal.close().await;
    }
}

/// What the victim has told of is in the journal.
pub(crate) async fn assert_kept(journal: &Journal, told: Vec<(String, DeliveryId)>) {
    let unsettled = recovered(journal, at(100)).await;
    for (word, id) in told {
        let delivery = found(journal, id).await;
        if word == "settled" {
            assert_eq!(delivery.state, State::Settled, "{id}");
        } else {
            let is_open = unsettled.iter().any(|open| open.id == id);
            assert!(is_open || delivery.state == State::Settled, "{id}");
        }
    }
}

/// This program again, writing to a journal until it is killed.
pub(crate) struct Victim {
    pub(crate) command: Command,
}

impl Victim {
    pub(crate) fn of(journal: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["crash::victim", "--exact", "--ignored", "--nocapture"])
            .env(VICTIM, journal)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        Self { command }
    }

    /// Starts it, and kills it after so many lines.
    pub(crate) fn told_before_the_kill(mut self, lines: usize) -> Vec<(String, DeliveryId)> {
        let mut victim = self.command.spawn().unwrap();
        let output = BufReader::new(victim.stdout.take().unwrap());
        let told: Vec<_> =
            output.lines().map_while(Result::ok).filter_map(|line| read(&line)).take(lines).collect();
        victim.kill().unwrap();
        victim.wait().unwrap();
        assert_eq!(told.len(), lines);
        told
    }
}

fn read(line: &str) -> Option<(String, DeliveryId)> {
    let (word, id) = line.split_once(' ')?;
    Some((word.to_owned(), id.parse().ok()?))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the victim of the test above, in a process of its own"]
async fn victim() {
    let Some(path) = std::env::var_os(VICTIM) else { return };
    let journal = Journal::open(&Location::Sqlite(path.into()), None).await.unwrap();
    let writers: Vec<_> = (0..8).map(|_| tokio::spawn(write_for_ever(journal.clone()))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn write_for_ever(journal: Journal) {
    loop {
        let id = new_id();
        let mut act = sending(&id.to_string(), Place::Start);
        act.id = id;
        journal.append(act).await.unwrap();
        tell("appended", id);
        journal.settle(settling(id, RunNumber::FIRST, &Response::result("done"))).await.unwrap();
        tell("settled", id);
    }
}

/// In one write, so that a line is whole or not there.
fn tell(word: &str, id: DeliveryId) {
    std::io::stdout().lock().write_all(format!("{word} {id}\n").as_bytes()).unwrap();
}
