-- Orders by hand of single people, counted by the hour for each caller. Of a change of number the release stands for it.
ALTER TABLE journal ADD COLUMN by_hand BIGINT NOT NULL DEFAULT 0;
CREATE INDEX journal_by_hand ON journal (tenant, claimed) WHERE by_hand = 1;
