-- What Linekeeper remembers. Both engines have the same tables; this folder and the other differ in nothing but
-- WITHOUT ROWID and the two indexes of users, which SQLite makes late, and what SQLite is told of sizes. Everything is keyed by tenant. Times are microseconds since 1970 in UTC, flags are 0 or 1,
-- numbers are the digits of E.164 as one integer, structured values are JSON as text.

CREATE TABLE tenants (
    no             BIGINT NOT NULL PRIMARY KEY,
    name           TEXT   NOT NULL UNIQUE,
    tenant_id      TEXT   NOT NULL,
    fence          BIGINT NOT NULL DEFAULT 0,
    version        BIGINT NOT NULL DEFAULT 0,
    lease_owner    TEXT,
    lease_until    BIGINT,
    sync           TEXT,
    anchor         TEXT   NOT NULL DEFAULT '{}',
    pause          TEXT,
    delta_link     TEXT,
    delta_since    BIGINT,
    selection      TEXT,
    users          BIGINT NOT NULL DEFAULT 0,
    next_user      BIGINT NOT NULL DEFAULT 0,
    next_step      BIGINT NOT NULL DEFAULT 1,
    next_holding   BIGINT NOT NULL DEFAULT 1,
    next_round     BIGINT NOT NULL DEFAULT 1,
    next_licences  BIGINT NOT NULL DEFAULT 1,
    next_profile   BIGINT NOT NULL DEFAULT 1,
    listing        BIGINT NOT NULL DEFAULT 0,
    audit_seq      BIGINT NOT NULL DEFAULT 0,
    audit_hash     TEXT   NOT NULL DEFAULT ''
);

-- Users under a dense number of the tenant's own, so that a million of them are appended in key order.
CREATE TABLE users (
    tenant       BIGINT NOT NULL REFERENCES tenants (no),
    no           BIGINT NOT NULL,
    id           TEXT   NOT NULL,
    upn_key      TEXT,
    mail_key     TEXT,
    employee_key TEXT,
    licences     BIGINT NOT NULL,
    digest       BIGINT NOT NULL,
    gone_since   BIGINT,
    gone_how     TEXT,
    record       TEXT   NOT NULL,
    PRIMARY KEY (tenant, no)
);

CREATE UNIQUE INDEX users_by_id ON users (tenant, id);
CREATE INDEX users_by_employee ON users (tenant, employee_key) WHERE employee_key IS NOT NULL;

-- Licences repeat: each distinct value once. Never deleted, so that a set keeps its number.
CREATE TABLE licence_sets (
    tenant  BIGINT NOT NULL REFERENCES tenants (no),
    no      BIGINT NOT NULL,
    digest  TEXT   NOT NULL,
    content TEXT   NOT NULL,
    PRIMARY KEY (tenant, no),
    UNIQUE (tenant, digest)
);

-- Users whose record changed since the last decision, as runs of their dense numbers; runs may overlap.
CREATE TABLE undecided (
    tenant   BIGINT NOT NULL REFERENCES tenants (no),
    first_no BIGINT NOT NULL,
    last_no  BIGINT NOT NULL,
    PRIMARY KEY (tenant, first_no)
);

CREATE TABLE former_upns (
    tenant  BIGINT NOT NULL REFERENCES tenants (no),
    upn_key TEXT   NOT NULL,
    user_no BIGINT NOT NULL,
    PRIMARY KEY (tenant, upn_key, user_no)
);

-- Sparse. `touched` is the tenant's version at the last change by hand: a sync that read an older one yields.
CREATE TABLE user_facts (
    tenant  BIGINT NOT NULL REFERENCES tenants (no),
    user_id TEXT   NOT NULL,
    facts   TEXT   NOT NULL,
    waiting BIGINT NOT NULL,
    due     BIGINT,
    touched BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, user_id)
);

CREATE INDEX user_facts_open ON user_facts (tenant, due) WHERE waiting = 1 OR due IS NOT NULL;
CREATE INDEX user_facts_touched ON user_facts (tenant, touched) WHERE touched > 0;

CREATE TABLE number_facts (
    tenant  BIGINT NOT NULL REFERENCES tenants (no),
    number  BIGINT NOT NULL,
    facts   TEXT   NOT NULL,
    touched BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, number)
);

CREATE INDEX number_facts_touched ON number_facts (tenant, touched) WHERE touched > 0;

-- The round under way, one at most; `seen` has one row for each stored batch of pages.
CREATE TABLE rounds (
    tenant    BIGINT NOT NULL PRIMARY KEY REFERENCES tenants (no),
    id        BIGINT NOT NULL,
    mode      TEXT   NOT NULL,
    link      TEXT,
    link_since BIGINT NOT NULL,
    selection TEXT   NOT NULL
);

CREATE TABLE seen (
    tenant BIGINT NOT NULL REFERENCES tenants (no),
    round  BIGINT NOT NULL,
    batch  BIGINT NOT NULL,
    nos    TEXT   NOT NULL,
    twice  TEXT   NOT NULL,
    PRIMARY KEY (tenant, round, batch)
);

-- Every holding there ever was; the open ones are those without an end.
CREATE TABLE holdings (
    tenant        BIGINT NOT NULL REFERENCES tenants (no),
    id            BIGINT NOT NULL,
    number        BIGINT NOT NULL,
    user_id       TEXT   NOT NULL,
    upn           TEXT   NOT NULL,
    number_type   TEXT   NOT NULL,
    range_name    TEXT,
    origin        TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    why           TEXT   NOT NULL,
    sync          TEXT   NOT NULL,
    since         BIGINT NOT NULL,
    seen_licensed BIGINT NOT NULL,
    missing_since BIGINT,
    last_in_place BIGINT,
    ended         BIGINT,
    end_reason    TEXT,
    end_sync      TEXT,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX holdings_one_by_number ON holdings (tenant, number) WHERE ended IS NULL;
CREATE UNIQUE INDEX holdings_one_by_user ON holdings (tenant, user_id) WHERE ended IS NULL;
CREATE INDEX holdings_by_number ON holdings (tenant, number, id);
CREATE INDEX holdings_by_user ON holdings (tenant, user_id, id);

CREATE TABLE listing_profiles (
    tenant  BIGINT NOT NULL REFERENCES tenants (no),
    no      BIGINT NOT NULL,
    content TEXT   NOT NULL,
    PRIMARY KEY (tenant, no)
);

-- The number list; `place` tells apart a number that is listed with extensions too.
CREATE TABLE listing (
    tenant  BIGINT NOT NULL REFERENCES tenants (no),
    number  BIGINT NOT NULL,
    place   BIGINT NOT NULL,
    target  TEXT,
    profile BIGINT NOT NULL,
    PRIMARY KEY (tenant, number, place)
);

-- Steps. An open row of a claiming action is the claim on its number and user. `user_claim` is empty while the step
-- waits for another step of the same user, which holds the claim until it is done.
CREATE TABLE journal (
    tenant     BIGINT NOT NULL REFERENCES tenants (no),
    id         BIGINT NOT NULL,
    sync       TEXT   NOT NULL,
    seq        BIGINT NOT NULL,
    after_seq  BIGINT,
    action     TEXT   NOT NULL,
    claims     BIGINT NOT NULL,
    number     BIGINT NOT NULL,
    user_id    TEXT   NOT NULL,
    user_claim TEXT,
    range_name TEXT,
    reason     TEXT   NOT NULL,
    counts     BIGINT NOT NULL,
    state      TEXT   NOT NULL,
    claimed    BIGINT NOT NULL,
    started    BIGINT,
    operation  TEXT,
    not_before BIGINT,
    attempts   BIGINT NOT NULL DEFAULT 0,
    error      TEXT,
    ended      BIGINT,
    ended_seq  BIGINT,
    outcome    TEXT,
    change     TEXT   NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX journal_one_by_number ON journal (tenant, number) WHERE claims = 1 AND ended IS NULL;
CREATE UNIQUE INDEX journal_one_by_user ON journal (tenant, user_claim) WHERE claims = 1 AND ended IS NULL;
CREATE INDEX journal_open ON journal (tenant, after_seq, id) WHERE ended IS NULL;
CREATE INDEX journal_counting ON journal (tenant, ended) WHERE counts = 1 AND ended IS NOT NULL;
CREATE INDEX journal_assigned ON journal (tenant, range_name, ended_seq) WHERE action = 'assign' AND outcome = 'done';
CREATE INDEX journal_refused ON journal (tenant, range_name, ended_seq) WHERE outcome = 'refused';

CREATE TABLE syncs (
    tenant       BIGINT NOT NULL REFERENCES tenants (no),
    id           TEXT   NOT NULL,
    fence        BIGINT NOT NULL,
    trigger_kind TEXT   NOT NULL,
    started_by   TEXT   NOT NULL,
    started      BIGINT NOT NULL,
    finished     BIGINT,
    status       TEXT   NOT NULL,
    plan_id      TEXT,
    rule_commit  TEXT,
    report       TEXT,
    changes      TEXT,
    notes        TEXT,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX syncs_unfinished ON syncs (tenant) WHERE finished IS NULL;

CREATE TABLE held (
    tenant       BIGINT NOT NULL REFERENCES tenants (no),
    sync         TEXT   NOT NULL,
    created      BIGINT NOT NULL,
    changes      TEXT   NOT NULL,
    decision     TEXT,
    decided      BIGINT,
    decided_by   TEXT,
    except_users TEXT,
    PRIMARY KEY (tenant, sync)
);

-- A suspension taken back keeps its row: refusals up to `forgiven` (a place in the audit trail) no longer count.
CREATE TABLE suspensions (
    tenant     BIGINT NOT NULL REFERENCES tenants (no),
    range_name TEXT   NOT NULL,
    reason     TEXT,
    since      BIGINT,
    forgiven   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, range_name)
);

-- One record for each change of state; each carries the hash of the one before.
CREATE TABLE audit (
    tenant    BIGINT NOT NULL REFERENCES tenants (no),
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    event     TEXT   NOT NULL,
    number    BIGINT,
    user_id   TEXT,
    sync      TEXT,
    detail    TEXT   NOT NULL,
    hash      TEXT   NOT NULL,
    PRIMARY KEY (tenant, seq)
);
