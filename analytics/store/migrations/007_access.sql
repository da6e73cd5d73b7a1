-- Version 7: who may look, and as whom.

create table access_grant (
    email               VARCHAR not null,
    valid_at            TIMESTAMP not null,
    role                VARCHAR,
    person_id           VARCHAR,
    author              VARCHAR,
    loaded_at           TIMESTAMP not null,
    import_id           BIGINT not null,
    file_no             INTEGER,
    line                BIGINT,
    seq                 BIGINT not null
);

create table kept_access_grant as
    select * exclude (loaded_at), false as is_opening from access_grant where false;
