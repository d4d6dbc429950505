-- What is told to webhooks. The history itself is the queue: `webhook_places` remembers up to where a tenant's audit
-- trail and syncs were made into messages, and how its last sync ended, so that nothing is told twice or forgotten.
CREATE TABLE webhook_places (
    tenant    BIGINT NOT NULL PRIMARY KEY REFERENCES tenants (no),
    audit     BIGINT NOT NULL,
    fence     BIGINT NOT NULL,
    last_sync TEXT   NOT NULL,
    next_no   BIGINT NOT NULL
);

-- Conditions that stand (a range is exhausted, a person waits), each told once and again only after it has gone.
CREATE TABLE webhook_signals (
    tenant  BIGINT NOT NULL REFERENCES tenants (no),
    event   TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    since   BIGINT NOT NULL,
    told    BIGINT NOT NULL,
    PRIMARY KEY (tenant, event, subject)
);

-- Messages on their way, for each receiver in their order. A receiver is named by a digest: its address may hold a
-- secret.
CREATE TABLE webhook_messages (
    tenant   BIGINT NOT NULL REFERENCES tenants (no),
    receiver TEXT   NOT NULL,
    no       BIGINT NOT NULL,
    id       TEXT   NOT NULL,
    event    TEXT   NOT NULL,
    body     TEXT   NOT NULL,
    created  BIGINT NOT NULL,
    due      BIGINT NOT NULL,
    tries    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, receiver, no)
);
