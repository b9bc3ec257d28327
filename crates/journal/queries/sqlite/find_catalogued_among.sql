-- Those of the candidates (a list in JSON) that are of the book and of the agent, where they are asked for; and those
-- that are not catalogued yet.
SELECT candidate.value
FROM json_each(?1) AS candidate
WHERE candidate.value > (SELECT up_to FROM catalogued WHERE id = 1)
   OR (
       (?2 IS NULL OR EXISTS (
           SELECT 1 FROM catalogue WHERE field = 'book' AND value = ?2 AND delivery = candidate.value
       ))
       AND (?3 IS NULL OR EXISTS (
           SELECT 1 FROM catalogue WHERE field = 'agent' AND value = ?3 AND delivery = candidate.value
       ))
   )
