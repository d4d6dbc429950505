-- Requests with an idempotency key, for a day: which body came under it, and with which sync it was answered.
CREATE TABLE requests (
    tenant BIGINT NOT NULL REFERENCES tenants (no),
    key    TEXT   NOT NULL,
    digest TEXT   NOT NULL,
    sync   TEXT,
    at     BIGINT NOT NULL,
    PRIMARY KEY (tenant, key)
);
