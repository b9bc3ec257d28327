-- In the order of append: those that are in the catalogue, then those that are not yet.
SELECT d.seq, d.id, d.state, d.event_key, d.book_id, d.agent_id, coalesce(length(p.body), 0)
FROM (
    SELECT delivery FROM catalogue WHERE field = 'book' AND value = ?1 AND delivery > ?2
    UNION ALL
    SELECT seq FROM delivery
    WHERE book_id = ?1 AND seq > max(?2, (SELECT up_to FROM catalogued WHERE id = 1))
    LIMIT ?3
) AS found
CROSS JOIN delivery AS d ON d.seq = found.delivery
LEFT JOIN payload AS p ON p.delivery = d.seq
