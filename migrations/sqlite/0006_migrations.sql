-- Numbers of a range on their way to another type. One migration of a range is under way at most.
CREATE TABLE migrations (
    tenant     BIGINT NOT NULL REFERENCES tenants (no),
    id         BIGINT NOT NULL,
    range_name TEXT   NOT NULL,
    to_type    TEXT   NOT NULL,
    way        TEXT   NOT NULL,
    operator   TEXT,
    not_before BIGINT,
    pace       TEXT   NOT NULL,
    begun      BIGINT NOT NULL,
    waves      BIGINT NOT NULL,
    started    BIGINT NOT NULL,
    started_by TEXT   NOT NULL,
    ended      BIGINT,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX migrations_one_by_range ON migrations (tenant, range_name) WHERE ended IS NULL;

-- Who moves with which number, and how far. While `under_way` is 1 the number is on its way, and belongs to nobody else.
CREATE TABLE movers (
    tenant    BIGINT NOT NULL REFERENCES tenants (no),
    migration BIGINT NOT NULL,
    number    BIGINT NOT NULL,
    user_id   TEXT   NOT NULL,
    upn       TEXT   NOT NULL,
    wave      BIGINT NOT NULL,
    from_type TEXT   NOT NULL,
    stage     TEXT   NOT NULL,
    back      BIGINT NOT NULL DEFAULT 0,
    since     BIGINT NOT NULL,
    trouble   TEXT,
    under_way BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant, migration, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX movers_one_by_number ON movers (tenant, number) WHERE under_way = 1;
CREATE UNIQUE INDEX movers_one_by_user ON movers (tenant, user_id) WHERE under_way = 1;
