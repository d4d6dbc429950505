-- Orders by hand of single people, counted by the hour for each caller. Of a change of number the release stands for it.
ALTER TABLE journal ADD COLUMN by_hand BIGINT NOT NULL DEFAULT 0;
CREATE INDEX journal_by_hand ON journal (tenant, claimed) WHERE by_hand = 1;

-- How large the index is taken for, as for the others of its table.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('journal', 'journal_by_hand', '2000 200 1');
ANALYZE sqlite_schema;
