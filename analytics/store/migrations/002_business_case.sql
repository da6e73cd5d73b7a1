-- Version 2: the business case. Questions with their versions, overruled depths, and the Blue Sheets:
-- documents with their paragraphs, the deal they belong to, and what was read from them.

alter table answer add column document_id VARCHAR;
alter table answer add column paragraph INTEGER;

create table question (
    method              VARCHAR not null,
    question            VARCHAR not null,
    valid_at            TIMESTAMP not null,
    position            INTEGER,
    label               VARCHAR,
    wording             VARCHAR,
    asks                VARCHAR,
    weight              DOUBLE,
    help                VARCHAR,
    good_answer         VARCHAR,
    follow_ups          VARCHAR,
    is_retired          BOOLEAN,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table depth_overrule (
    deal_id             VARCHAR not null,
    question            VARCHAR not null,
    answered_at         TIMESTAMP not null,
    valid_at            TIMESTAMP not null,
    level               INTEGER,
    reason              VARCHAR,
    author              VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table document (
    document_id         VARCHAR not null,
    valid_at            TIMESTAMP not null,
    file                VARCHAR,
    content             BLOB,
    size                BIGINT,
    stated              VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table document_paragraph (
    document_id         VARCHAR not null,
    paragraph           INTEGER not null,
    valid_at            TIMESTAMP not null,
    text                VARCHAR,
    place               VARCHAR,
    used_as             VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table document_deal (
    document_id         VARCHAR not null,
    valid_at            TIMESTAMP not null,
    deal_id             VARCHAR,
    how                 VARCHAR,
    candidates          VARCHAR,
    author              VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table case_note (
    deal_id             VARCHAR not null,
    note_id             VARCHAR not null,
    valid_at            TIMESTAMP not null,
    kind                VARCHAR,
    text                VARCHAR,
    owner               VARCHAR,
    due                 VARCHAR,
    document_id         VARCHAR,
    paragraph           INTEGER,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table buying_influence (
    deal_id             VARCHAR not null,
    influence_id        VARCHAR not null,
    valid_at            TIMESTAMP not null,
    name                VARCHAR,
    title               VARCHAR,
    role                VARCHAR,
    influence           VARCHAR,
    mode                VARCHAR,
    rating              VARCHAR,
    win_result          VARCHAR,
    document_id         VARCHAR,
    paragraph           INTEGER,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

-- What the scorer says of a text, kept so that it is not asked twice. It can be thrown away at any time.
create table answer_score (
    question            VARCHAR not null,
    text_md5            VARCHAR not null,
    scorer              VARCHAR not null,   -- version of the scorer
    level               INTEGER not null,
    spans               VARCHAR not null,   -- JSON
    missing             VARCHAR not null
);
