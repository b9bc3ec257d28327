UPDATE delivery
SET sealed = NULL
WHERE seq IN (
    (SELECT seq FROM delivery
     WHERE sealed IS NOT NULL AND state IN ('settled', 'parked') AND token_expires_at <= $1
     LIMIT $2)
    UNION ALL
    (SELECT seq FROM delivery
     WHERE state IN ('waiting', 'running', 'held') AND state <> 'running'
       AND sealed IS NOT NULL AND token_expires_at <= $1
     LIMIT $2)
)
