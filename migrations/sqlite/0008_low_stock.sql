-- Ranges with fewer free numbers than their `low-stock` when a sync last looked: the alert is raised once, when a range
-- comes to stand here, and again only after it has gone.
CREATE TABLE low_stock (
    tenant     BIGINT NOT NULL REFERENCES tenants (no),
    range_name TEXT   NOT NULL,
    since      BIGINT NOT NULL,
    PRIMARY KEY (tenant, range_name)
);
