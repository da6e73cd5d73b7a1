-- Version 5: getting data in. Kept mappings, which deal a row without an id is, up to where live sources were
-- read and how the runs went, and checks of the data that somebody decided to live with. None of it is a fact of
-- the CRM.

create table import_mapping (
    name                VARCHAR not null,
    valid_at            TIMESTAMP not null,
    kind                VARCHAR,
    header              VARCHAR,
    text                VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table deal_match (
    source              VARCHAR not null,
    row_key             VARCHAR not null,
    valid_at            TIMESTAMP not null,
    deal_id             VARCHAR,
    author              VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table sync_state (
    system              VARCHAR not null,
    object              VARCHAR not null,
    valid_at            TIMESTAMP not null,
    cursor              VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table sync_run (
    system              VARCHAR not null,
    started_at          TIMESTAMP not null,
    valid_at            TIMESTAMP not null,
    ended_at            TIMESTAMP,
    result              VARCHAR,
    message             VARCHAR,
    crm_as_of           TIMESTAMP,
    rows                BIGINT,
    calls_used          BIGINT,
    calls_allowed       BIGINT,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table ignored_check (
    code                VARCHAR not null,
    valid_at            TIMESTAMP not null,
    reason              VARCHAR,
    author              VARCHAR,
    until               DATE,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);
