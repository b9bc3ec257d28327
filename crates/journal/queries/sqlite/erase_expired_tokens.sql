UPDATE delivery
SET sealed = NULL
WHERE seq IN (
    SELECT seq FROM delivery INDEXED BY delivery_kept_token
    WHERE sealed IS NOT NULL AND (state = 'settled' OR state = 'parked') AND token_expires_at <= ?1
    UNION ALL
    SELECT seq FROM delivery INDEXED BY delivery_unsettled
    WHERE (state = 'waiting' OR state = 'running' OR state = 'held') AND state <> 'running'
      AND sealed IS NOT NULL AND token_expires_at <= ?1
    LIMIT ?2
)
