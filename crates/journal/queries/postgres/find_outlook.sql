-- What a delivery has before it, beside what its record tells.
SELECT awaits_caller, sent_at, runs - runs_before, token_expires_at, sealed IS NOT NULL
FROM delivery
WHERE id = $1
