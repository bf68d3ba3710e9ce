-- After how many days the program suggests to follow up; 0 never.
ALTER TABLE clinic ADD COLUMN pending_invoice_days BIGINT NOT NULL DEFAULT 30 CHECK (pending_invoice_days BETWEEN 0 AND
    999);
ALTER TABLE clinic ADD COLUMN pending_reduction_days BIGINT NOT NULL DEFAULT 60 CHECK (pending_reduction_days BETWEEN 0
    AND 999);
ALTER TABLE clinic ADD COLUMN late_cheque_days BIGINT NOT NULL DEFAULT 21 CHECK (late_cheque_days BETWEEN 0 AND 999);
ALTER TABLE clinic ADD COLUMN statute_days BIGINT NOT NULL DEFAULT 60 CHECK (statute_days BETWEEN 0 AND 999);
ALTER TABLE clinic ADD COLUMN post_dated_cheques BIGINT NOT NULL DEFAULT 1 CHECK (post_dated_cheques IN (0, 1));
