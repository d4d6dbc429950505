-- The number a user is pinned to, out of the facts, so that numbers can be looked at without reading everybody's facts,
-- and so that the database refuses a second pin of one number.
ALTER TABLE user_facts ADD COLUMN pinned BIGINT;
CREATE UNIQUE INDEX user_facts_pinned ON user_facts (tenant, pinned) WHERE pinned IS NOT NULL;

-- Here the indexes over UPNs and mail addresses are made when somebody is first looked up by one: a first full read of
-- a million users would pay for them, and a service that nobody asks never needs them.
