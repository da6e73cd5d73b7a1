-- Version 1: the subjects of the store (analytics/store/subjects.py says what each column means),
-- plus where every row came from. Rows are only ever added.

create table deal (
    deal_id             VARCHAR not null,
    valid_at            TIMESTAMP not null,
    source              VARCHAR,
    name                VARCHAR,
    account_id          VARCHAR,
    account_name        VARCHAR,
    currency            VARCHAR,
    deal_type           VARCHAR,
    lead_source         VARCHAR,
    created_at          TIMESTAMP,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table deal_change (
    deal_id             VARCHAR not null,
    valid_at            TIMESTAMP not null,
    stage               VARCHAR,
    forecast_category   VARCHAR,
    amount              DECIMAL(18,2),
    close_date          DATE,
    probability         DOUBLE,
    is_closed           BOOLEAN,
    is_won              BOOLEAN,
    is_gone             BOOLEAN,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table deal_work (
    deal_id             VARCHAR not null,
    valid_at            TIMESTAMP not null,
    owner_id            VARCHAR,
    next_step           VARCHAR,
    last_activity_on    DATE,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table stakeholder (
    deal_id             VARCHAR not null,
    contact_id          VARCHAR not null,
    valid_at            TIMESTAMP not null,
    name                VARCHAR,
    title               VARCHAR,
    role                VARCHAR,
    is_primary          BOOLEAN,
    is_gone             BOOLEAN,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table answer (
    deal_id             VARCHAR not null,
    question            VARCHAR not null,
    valid_at            TIMESTAMP not null,
    answer              VARCHAR,
    author              VARCHAR,
    source              VARCHAR,
    confirmed_by        VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table person (
    person_id           VARCHAR not null,
    valid_at            TIMESTAMP not null,
    name                VARCHAR,
    title               VARCHAR,
    manager_id          VARCHAR,
    team                VARCHAR,
    region              VARCHAR,
    is_active           BOOLEAN,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table stage (
    stage               VARCHAR not null,
    valid_at            TIMESTAMP not null,
    sort_order          INTEGER,
    probability         DOUBLE,
    forecast_category   VARCHAR,
    is_closed           BOOLEAN,
    is_won              BOOLEAN,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table target (
    owner_id            VARCHAR not null,
    quarter_start       DATE not null,
    valid_at            TIMESTAMP not null,
    amount              DECIMAL(18,2),
    currency            VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table submitted_call (
    owner_id            VARCHAR not null,
    quarter_start       DATE not null,
    valid_at            TIMESTAMP not null,
    commit_amount       DECIMAL(18,2),
    best_case_amount    DECIMAL(18,2),
    most_likely_amount  DECIMAL(18,2),
    submitted_by        VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table currency_rate (
    currency            VARCHAR not null,
    valid_at            TIMESTAMP not null,
    rate                DOUBLE,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table setting (
    key                 VARCHAR not null,
    valid_at            TIMESTAMP not null,
    value               VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table import (
    import_id           BIGINT not null,
    loaded_at           TIMESTAMP not null,
    kind                VARCHAR not null,
    as_of               DATE,
    digest              VARCHAR not null,    -- of the files and the options: the same import again changes nothing
    loaded_by           VARCHAR,
    notes               VARCHAR              -- JSON list
);

create table import_file (
    import_id           BIGINT not null,
    file_no             INTEGER not null,
    file                VARCHAR not null,
    kind                VARCHAR not null,
    sha256              VARCHAR not null,
    rows_read           BIGINT not null,
    loaded              BIGINT not null,
    unchanged           BIGINT not null,
    rejected            BIGINT not null
);

create table reject (
    import_id           BIGINT not null,
    file_no             INTEGER not null,
    file                VARCHAR not null,
    line                BIGINT not null,
    column_name         VARCHAR,
    value               VARCHAR,
    reason              VARCHAR not null
);
