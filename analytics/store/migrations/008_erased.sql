-- Version 8: people who were erased on request. The store keeps their ids, and fingerprints of their names, so
-- that a later import does not bring the names back (analytics/store/erasing.py).

create table erased (
    kind                VARCHAR not null,   -- 'id': a person's or contact's; 'name': the fingerprint of a name
    mark                VARCHAR not null,
    words               INTEGER not null,   -- of the name
    label               VARCHAR not null,   -- what stands in its place
    erased_at           TIMESTAMP not null
);
