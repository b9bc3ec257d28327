//! What was acknowledged is there after the machine has lost its power, and with it all that was not synced.
//!
//! The victim runs with a library that keeps a copy of each file as it was when it was last synced. Those copies are the
//! disk after the loss.

use std::path::{Path, PathBuf};
use std::process::Command;

use bookhook_journal::{Journal, Location};

use crate::crash::{Victim, assert_kept};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/power_loss/keep_synced.c");

#[tokio::test]
async fn what_was_acknowledged_survives_a_loss_of_power() {
    let folder = tempfile::tempdir().unwrap();
    let library = compile(folder.path());
    for round in 0..3 {
        let (running, kept) =
            (folder.path().join(format!("running-{round}")), folder.path().join(format!("kept-{round}")));
        std::fs::create_dir(&running).unwrap();
        std::fs::create_dir(&kept).unwrap();
        let mut victim = Victim::of(&running.join("bookhook.db"));
        victim.command.env("LD_PRELOAD", &library).env("KEEP_SYNCED", &kept);
        let told = victim.told_before_the_kill(60 + round * 70);
        let journal = Journal::open(&Location::Sqlite(kept.join("bookhook.db")), None).await.unwrap();
        assert_kept(&journal, told).await;
        journal.close().await;
    }
}

fn compile(folder: &Path) -> PathBuf {
    let library = folder.join("libkeep_synced.so");
    let compiled = Command::new("cc")
        .args(["-O2", "-shared", "-fPIC", "-o"])
        .arg(&library)
        .args([SOURCE, "-ldl"])
        .status();
    assert!(compiled.unwrap().success(), "`cc` compiles the library");
    library
}
