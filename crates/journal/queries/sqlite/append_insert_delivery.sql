-- Behind all that are there, and all that were.
INSERT INTO delivery (
    seq,
    id, hook, event_id, event_key, fingerprint, event_type, lane, book_id, agent_id, conflict,
    received_at, sent_at, token_expires_at, state, runs, settled_at, outcome, response, sealed, user_id
)
VALUES (
    1 + max(coalesce((SELECT max(seq) FROM delivery), 0), (SELECT last_seq FROM removed WHERE id = 1)),
    ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19
)
