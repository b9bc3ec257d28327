//! The parts that can be taken out, and the tests that miss them.

/// Something that a promise rests on.
pub(super) struct Part {
    pub(super) name: &'static str,
    /// Where it is, from the root.
    pub(super) file: &'static str,
    /// It, as it is written there.
    pub(super) text: &'static str,
    /// What is there without it.
    pub(super) instead: &'static str,
    pub(super) package: &'static str,
    /// The package's test program.
    pub(super) target: &'static str,
    /// The tests that must fail, each by the end of its name.
    pub(super) tests: &'static [&'static str],
}

const JOURNAL: &str = "bookhook-journal";
const DISPATCH: &str = "bookhook-dispatch";

pub(super) const PARTS: &[Part] = &[
    Part {
        name: "the sync of each commit",
        file: "crates/journal/src/sqlite/open.rs",
        text: "    PRAGMA synchronous = FULL;\n",
        instead: "    PRAGMA synchronous = OFF;\n",
        package: JOURNAL,
        target: "it",
        tests: &["what_was_acknowledged_survives_a_loss_of_power"],
    },
    Part {
        name: "the wait of the acknowledgement for the commit",
        file: "crates/journal/src/sqlite/writer.rs",
        text: "        match transaction(conn, db, &mut group) {\n",
        instead: "        if db.transaction_begin.execute([]).is_ok() {
            group.iter_mut().for_each(|entry| drop(entry.apply(db)));
            self.answer(group);
            let _ = db.transaction_commit.execute([]);
            return;
        }
        match transaction(conn, db, &mut group) {\n",
        package: JOURNAL,
        target: "it",
        tests: &["what_was_acknowledged_survives_a_kill"],
    },
    Part {
        name: "the key by which an event is known again",
        file: "crates/journal/src/journal.rs",
        text: "act.event.id.as_ref().map(|event| event_key(",
        instead: "act.event.id.as_ref().filter(|_| false).map(|event| event_key(",
        package: JOURNAL,
        target: "it",
        tests: &[
            "resending::sqlite::a_running_event_is_joined",
            "resending::sqlite::a_settled_event_that_was_not_answered_gives_its_response",
        ],
    },
    Part {
        name: "the filter of a run of keys",
        file: "crates/journal/src/sqlite/keys.rs",
        text: "        self.runs.insert(run, filter);\n",
        instead: "        let _ = (&mut self.runs, run, filter);\n",
        package: JOURNAL,
        target: "it",
        tests: &["moving::what_is_known_stays_known_wherever_its_key_is"],
    },
    Part {
        name: "the end of a run counts once",
        file: "crates/journal/src/sqlite/settle.rs",
        text: "if state != State::Running || runs != self.run {",
        instead: "if state == State::Unmatched && runs != self.run {",
        package: JOURNAL,
        target: "it",
        tests: &["runs::sqlite::a_run_ends_once"],
    },
    Part {
        name: "the end of the runs that a killed host left open",
        file: "crates/journal/src/sqlite/upkeep.rs",
        text: "        db.recover_runs.execute(params![Column(self.at), INTERRUPTED])?;\n",
        instead: "        let _ = (Column(self.at), INTERRUPTED);\n",
        package: JOURNAL,
        target: "it",
        tests: &["recovery::sqlite::open_runs_are_ended_and_their_deliveries_wait"],
    },
    Part {
        name: "the lock of a lane",
        file: "crates/dispatch/src/scheduler/lane.rs",
        text: "key.map_or(Self::Own(ticket), Self::Shared)",
        instead: "key.filter(|_| false).map_or(Self::Own(ticket), Self::Shared)",
        package: DISPATCH,
        target: "simulation",
        tests: &["the_promises_hold_whatever_happens"],
    },
    Part {
        name: "the fence before a host that was taken for dead",
        file: "crates/journal/queries/postgres/group_begin.sql",
        text: "FROM host WHERE id = $1 FOR KEY SHARE",
        instead: "WHERE $1::bigint IS NOT NULL",
        package: JOURNAL,
        target: "it",
        tests: &["a_host_whose_row_is_gone_can_write_nothing"],
    },
    Part {
        name: "the lock of a lane among hosts",
        file: "crates/journal/migrations/postgres/0001_journal.sql",
        text: "CREATE UNIQUE INDEX delivery_running_lane",
        instead: "CREATE INDEX delivery_running_lane",
        package: JOURNAL,
        target: "it",
        tests: &["a_lane_that_both_want_runs_once"],
    },
];
