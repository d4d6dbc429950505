-- The number a user is pinned to, out of the facts, so that numbers can be looked at without reading everybody's facts,
-- and so that the database refuses a second pin of one number.
ALTER TABLE user_facts ADD COLUMN pinned BIGINT;
CREATE UNIQUE INDEX user_facts_pinned ON user_facts (tenant, pinned) WHERE pinned IS NOT NULL;

CREATE INDEX users_by_upn ON users (tenant, upn_key);
CREATE INDEX users_by_mail ON users (tenant, mail_key);
