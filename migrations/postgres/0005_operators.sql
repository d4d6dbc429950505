-- Operators from whose ranges nothing is given for now. `country` is empty where that holds for all countries, else an
-- ISO 3166 code: then it holds for the operator's ranges of that country.
CREATE TABLE operator_suspensions (
    tenant   BIGINT NOT NULL REFERENCES tenants (no),
    operator TEXT   NOT NULL,
    country  TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    since    BIGINT NOT NULL,
    PRIMARY KEY (tenant, operator, country)
);
