-- Version 4: coaching and the playbook. Changes of the sales process with their hypotheses, what reps reply to
-- what is said of their work, and who wants which team's weekly digest. None of it changes what the CRM says.

create table playbook_version (
    version_id          VARCHAR not null,
    valid_at            TIMESTAMP not null,
    kind                VARCHAR,
    question            VARCHAR,
    stage               VARCHAR,
    level               INTEGER,
    teams               VARCHAR,
    starts_on           DATE,
    ends_on             DATE,
    title               VARCHAR,
    text_before         VARCHAR,
    text_after          VARCHAR,
    hypothesis          VARCHAR,
    measure             VARCHAR,
    learned             VARCHAR,
    author              VARCHAR,
    is_withdrawn        BOOLEAN,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table coaching_reply (
    owner_id            VARCHAR not null,
    topic               VARCHAR not null,
    valid_at            TIMESTAMP not null,
    claim               VARCHAR,
    reply               VARCHAR,
    author              VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table digest_subscription (
    subscriber          VARCHAR not null,
    team                VARCHAR not null,
    valid_at            TIMESTAMP not null,
    is_active           BOOLEAN,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);
