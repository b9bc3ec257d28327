//! The journal's disk cannot be written: a volume that was mounted so, or that the system made so after an error.

use crate::home::Home;
use crate::host::Reply;
use crate::plan;
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_journal_is_refused_with_what_to_do() {
    let Some(home) = Home::with_a_small_disk().await else { return };
    let (_, chance) = plan();
    let mut stage = Stage::begin_in(home, chance, Reply::Accepted).await;
    stage.host.until_ready_is(200).await;
    stage.host.stop().await;
    stage.host.home().small_disk().make_read_only().await;
    stage.host.start_again();
    let refusal = stage.host.until_it_serves().await.unwrap_err();
    for told in ["bookhook.db", "check that", "this user may write in it", "Read-only file system"] {
        assert!(refusal.contains(told), "{told}: {refusal}");
    }
}
