-- Version 3: the weekly review. What was decided about deals, what became of the actions, and what people
-- put beside the model's chances. None of it changes what the CRM says.

create table decision (
    decision_id         VARCHAR not null,
    valid_at            TIMESTAMP not null,
    deal_id             VARCHAR,
    quarter             VARCHAR,
    kind                VARCHAR,
    close_date          DATE,
    category            VARCHAR,
    action              VARCHAR,
    action_owner        VARCHAR,
    due                 DATE,
    note                VARCHAR,
    author              VARCHAR,
    seen_close_date     DATE,
    seen_category       VARCHAR,
    seen_amount         DECIMAL(18,2),
    seen_probability    DOUBLE,
    seen_chance         DOUBLE,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table action_report (
    decision_id         VARCHAR not null,
    valid_at            TIMESTAMP not null,
    state               VARCHAR,
    done_on             DATE,
    note                VARCHAR,
    author              VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table override (
    deal_id             VARCHAR not null,
    quarter             VARCHAR not null,
    valid_at            TIMESTAMP not null,
    probability         DOUBLE,
    amount              DECIMAL(18,2),
    reason              VARCHAR,
    author              VARCHAR,
    seen_amount         DECIMAL(18,2),
    seen_probability    DOUBLE,
    seen_chance         DOUBLE,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);
