//! A page of the journal's file is damaged while the host is down.
//!
//! SQLite keeps no checksums: damage is seen when a page makes no sense any more, and only when it is read. So a host may
//! serve on a damaged journal, for as long as it gets around the damage. What it must not do is to say 2xx to what it does
//! not keep, or to fall over.

use std::fs;
use std::path::Path;

use bookhook::journal::{Cursor, Reader};
use bookhook::model::Filter;

use crate::chance::Chance;
use crate::events::{self, Event};
use crate::host::{Host, Reply};
use crate::plan;
use crate::stage::Stage;

const PAGE: usize = 8192;
/// So many events are sent to a host on a damaged journal.
const SENT: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_journal_is_told_of_and_no_event_is_taken_that_it_does_not_keep() {
    let (rounds, chance) = plan();
    let mut stage = Stage::begin(chance, Reply::Accepted).await;
    let burst = stage.send_burst(0);
    stage.end_of(burst).await.assert_promises(0);
    let reader = Reader::open(&stage.host.journal()).await.unwrap();
    let end = reader.end().await.unwrap();
    drop(reader);
    stage.host.stop().await;

    let whole = fs::read(stage.host.home().journal_file()).unwrap();
    let mut tally = Tally::default();
    for round in 1..=rounds {
        for page in some_pages(whole.len() / PAGE, &mut stage.chance) {
            damage(stage.host.home().journal_folder().as_path(), &whole, page);
            stage.host.start_again();
            let events = events::burst(round, &mut stage.chance);
            match stage.host.until_it_serves().await {
                Err(refusal) => tally.is_refused(page, &refusal),
                Ok(()) => tally.serves(page, &mut stage, &events[..SENT], end).await,
            }
        }
    }
    println!("torture: {tally:?}");
    assert!(tally.refused + tally.unavailable > 0, "no damage was seen");
}

/// The second one, the last one, and some between them.
fn some_pages(pages: usize, chance: &mut Chance) -> Vec<usize> {
    let between = (0..4).map(|_| chance.up_to(pages - 2));
    [1, pages - 1].into_iter().chain(between).collect()
}

/// The journal as it was, but for this page.
fn damage(folder: &Path, whole: &[u8], page: usize) {
    for name in ["bookhook.db-wal", "bookhook.db-shm"] {
        let _ = fs::remove_file(folder.join(name));
    }
    let mut damaged = whole.to_vec();
    damaged[page * PAGE..(page + 1) * PAGE].fill(0xa5);
    fs::write(folder.join("bookhook.db"), damaged).unwrap();
}

/// What became of it.
#[derive(Debug, Default)]
struct Tally {
    refused: usize,
    served: usize,
    acknowledged: usize,
    unavailable: usize,
}

impl Tally {
    fn is_refused(&mut self, page: usize, refusal: &str) {
        self.refused += 1;
        assert!(tells_what_to_do(refusal), "page {page}: {refusal}");
    }

    async fn serves(&mut self, page: usize, stage: &mut Stage, events: &[Event], end: Cursor) {
        self.served += 1;
        let mut acknowledged = Vec::new();
        let mut unavailable = 0;
        for event in events {
            match stage.callers.send_once(event).await.unwrap() {
                (status, _) if status.is_success() => acknowledged.push(event.id.clone()),
                (status, _) if status.as_u16() == 503 => unavailable += 1,
                (status, body) => panic!("page {page}: {status}: {body}"),
            }
        }
        stage.host.kill().await;
        let log = stage.host.log_of_this_life();
        assert!(!log.contains("panicked"), "page {page}: {log}");
        assert!(unavailable == 0 || tells_what_to_do(&log), "page {page}: {log}");
        assert_kept(&stage.host, &acknowledged, end).await;
        self.acknowledged += acknowledged.len();
        self.unavailable += unavailable;
    }
}

fn tells_what_to_do(text: &str) -> bool {
    ["bookhook.db is damaged", "put back a copy", ".recover"].iter().all(|told| text.contains(told))
}

async fn assert_kept(host: &Host, acknowledged: &[String], end: Cursor) {
    let listed = listed(host, end).await;
    for id in acknowledged {
        let is_kept = match &listed {
            Ok(ids) => ids.contains(id),
            // It cannot be listed, and somebody has to dig for it.
            Err(_) => host.home().files().iter().any(|path| contains(&fs::read(path).unwrap(), id)),
        };
        assert!(is_kept, "{id} was acknowledged and is not there; {listed:?}");
    }
}

async fn listed(host: &Host, end: Cursor) -> Result<Vec<String>, String> {
    let reader = Reader::open(&host.journal()).await.map_err(|error| error.to_string())?;
    let page = reader.list_after(&Filter::default(), end, 10 * SENT).await;
    let page = page.map_err(|error| error.to_string())?;
    Ok(page.items.into_iter().filter_map(|one| Some(one.event_id?.0.to_string())).collect())
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
