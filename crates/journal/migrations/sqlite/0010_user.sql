-- The person who caused the event, so that what is known of them can be erased. There is no index of it, which every
-- append would pay for: an erasure is rare, and walks through the journal.

ALTER TABLE delivery ADD COLUMN user_id TEXT;

-- Of what is there, from the bodies. Whoever has no name there that could be kept stays unknown, and so does everyone in
-- a body that is no JSON.
UPDATE delivery
SET user_id = (
    SELECT json_extract(text, '$.user.username')
    FROM (SELECT CAST(body AS TEXT) AS text FROM payload WHERE payload.delivery = delivery.seq)
    WHERE CASE WHEN json_valid(text) THEN json_type(text, '$.user.username') END = 'text'
);
UPDATE delivery
SET user_id = NULL
WHERE length(CAST(user_id AS BLOB)) > 1000 OR instr(user_id, char(0)) > 0;
