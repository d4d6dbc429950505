-- The rules by which everybody of a tenant was last decided, as their files were then: what a changed set is compared with
-- before it is taken up.
CREATE TABLE rules_in_force (
    tenant BIGINT NOT NULL PRIMARY KEY REFERENCES tenants (no),
    digest TEXT   NOT NULL,
    files  TEXT   NOT NULL
);
