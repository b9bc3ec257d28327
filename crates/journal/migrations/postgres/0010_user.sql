-- The person who caused the event, so that what is known of them can be erased. There is no index of it, which every
-- append would pay for: an erasure is rare, and walks through the journal.

ALTER TABLE delivery ADD COLUMN user_id TEXT COLLATE "C";

-- Of what is there, from the bodies. Whoever has no name there that could be kept stays unknown, and so does everyone in
-- a body that is no JSON: nothing asks PostgreSQL whether bytes are JSON but to try. It reads no JSON in which a NUL is
-- written, wherever: another character stands for that, of which no name is made.
CREATE FUNCTION user_of(body BYTEA) RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
    username JSON;
BEGIN
    username := replace(convert_from(body, 'UTF8'), '\u0000', '\ufffd')::json #> '{user,username}';
    IF json_typeof(username) = 'string' AND strpos(username::text, '\ufffd') = 0
        AND octet_length(username #>> '{}') <= 1000
    THEN
        RETURN username #>> '{}';
    END IF;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END
$$;

UPDATE delivery
SET user_id = known.user_id
FROM (SELECT delivery, user_of(body) AS user_id FROM payload) AS known
WHERE known.delivery = delivery.seq AND known.user_id IS NOT NULL;

DROP FUNCTION user_of(BYTEA);
