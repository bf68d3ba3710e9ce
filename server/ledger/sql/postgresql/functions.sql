-- What the tables of both schemas need. The service cannot change any of it: it belongs to the owner.

-- The trigger that refuses what a row's rules forbid. Its argument is the message. Only the owner may pass, while it moves
-- a clinic's rows in as they are.
CREATE OR REPLACE FUNCTION ledger.is_moving() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT current_setting('app.moving', true) = 'on'
        AND current_user = (SELECT rolname FROM pg_namespace JOIN pg_roles ON pg_roles.oid = nspowner WHERE nspname = 'ledger')
$$;

CREATE OR REPLACE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ledger.is_moving() THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
END $$;

-- The trigger that refuses entries of a journal in a database whose books were moved to files.
CREATE OR REPLACE FUNCTION ledger.refuse_if_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    SELECT day INTO found FROM ledger.moved;
    IF found IS NOT NULL AND NOT ledger.is_moving() THEN
        RAISE EXCEPTION USING ERRCODE = 'MOVED', MESSAGE = found;
    END IF;
    RETURN NULL;
END $$;

-- The trigger of tables whose rows are written when their run is closed, and never later.
CREATE OR REPLACE FUNCTION ledger.refuse_unless_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM pay_run WHERE id = NEW.run) <> 'draft' AND NOT ledger.is_moving() THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;

-- The triggers that mark rows for the journal: the rows of one statement together. The arguments are the column that names
-- a row, and the condition under which a row is marked.
CREATE OR REPLACE FUNCTION ledger.mark_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ledger.is_moving() THEN
        EXECUTE format(
            'INSERT INTO journal_pending (subject, row_key) SELECT %L, %I::text FROM written WHERE %s',
            TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1]
        );
    END IF;
    RETURN NULL;
END $$;

-- The number of the next row of a table. Writers of one clinic queue, so no two get the same.
CREATE OR REPLACE FUNCTION ledger.next_id(of_table text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE found bigint;
BEGIN
    EXECUTE format('SELECT COALESCE(MAX(id), 0) + 1 FROM %I', of_table) INTO found;
    RETURN found;
END $$;

-- The value of a key in a JSON object, as text.
CREATE OR REPLACE FUNCTION ledger.member_text(object text, key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT object::json ->> key $$;

-- The same, NULL where the text is no JSON.
CREATE OR REPLACE FUNCTION ledger.member_of_valid_text(object text, key text) RETURNS text LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN object::json ->> key;
EXCEPTION WHEN invalid_text_representation THEN
    RETURN NULL;
END $$;

-- Whether a JSON list contains a value.
CREATE OR REPLACE FUNCTION ledger.list_contains(list text, wanted text) RETURNS boolean LANGUAGE sql IMMUTABLE
PARALLEL SAFE AS $$ SELECT EXISTS (SELECT 1 FROM json_array_elements_text(list::json) AS listed WHERE listed = wanted) $$;

-- The numbers in a JSON list, as rows with a column value.
CREATE OR REPLACE FUNCTION ledger.numbers_of(list text) RETURNS TABLE (value bigint) LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT listed::bigint FROM json_array_elements_text(list::json) AS listed $$;
