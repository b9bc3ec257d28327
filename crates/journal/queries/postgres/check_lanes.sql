-- Lanes in which more than one delivery runs.
SELECT 'lane ' || lane || ' of ' || hook, count(*) OVER ()
FROM delivery
WHERE state = 'running' AND lane IS NOT NULL
GROUP BY hook, lane
HAVING count(*) > 1
LIMIT 1
