-- Version 6: an import can be undone. What it staged and did not land is kept, so that it, and those after it,
-- can be landed again (analytics/store/replay.py).

alter table import add column restates BOOLEAN;          -- NULL: landed before this version, nothing was kept
alter table import add column staged_notes VARCHAR;      -- JSON list: those of the notes that reading the files gave
alter table import add column snapshot_of VARCHAR;       -- a table of one moment: of which source, and the moment
alter table import add column taken_at TIMESTAMP;
alter table import add column undone_at TIMESTAMP;       -- NULL: it counts
alter table import add column undone_by VARCHAR;
alter table import add column undo_reason VARCHAR;

alter table reject add column is_refusal BOOLEAN;        -- not for what it says, but for what the store held

create table import_list (       -- sources of which an import is a complete list
    import_id           BIGINT not null,
    source              VARCHAR not null,
    taken_at            TIMESTAMP not null
);

create table import_named (      -- deals that an import names without a change of theirs; NULL: cannot be read
    import_id           BIGINT not null,
    deal_id             VARCHAR
);

create table undoing (           -- every undo, and every undo taken back
    import_id           BIGINT not null,
    done_at             TIMESTAMP not null,
    author              VARCHAR,
    reason              VARCHAR,
    is_back             BOOLEAN not null
);

-- For each subject what imports staged and the subject does not hold; of openings a copy, since the subject
-- does not say which rows are. An undone import lies here whole.
create table kept_deal as
    select * exclude (loaded_at), false as is_opening from deal where false;
create table kept_deal_change as
    select * exclude (loaded_at), false as is_opening from deal_change where false;
create table kept_deal_work as
    select * exclude (loaded_at), false as is_opening from deal_work where false;
create table kept_stakeholder as
    select * exclude (loaded_at), false as is_opening from stakeholder where false;
create table kept_answer as
    select * exclude (loaded_at), false as is_opening from answer where false;
create table kept_person as
    select * exclude (loaded_at), false as is_opening from person where false;
create table kept_stage as
    select * exclude (loaded_at), false as is_opening from stage where false;
create table kept_target as
    select * exclude (loaded_at), false as is_opening from target where false;
create table kept_submitted_call as
    select * exclude (loaded_at), false as is_opening from submitted_call where false;
create table kept_currency_rate as
    select * exclude (loaded_at), false as is_opening from currency_rate where false;
create table kept_setting as
    select * exclude (loaded_at), false as is_opening from setting where false;
create table kept_question as
    select * exclude (loaded_at), false as is_opening from question where false;
create table kept_depth_overrule as
    select * exclude (loaded_at), false as is_opening from depth_overrule where false;
create table kept_document as
    select * exclude (loaded_at), false as is_opening from document where false;
create table kept_document_paragraph as
    select * exclude (loaded_at), false as is_opening from document_paragraph where false;
create table kept_document_deal as
    select * exclude (loaded_at), false as is_opening from document_deal where false;
create table kept_case_note as
    select * exclude (loaded_at), false as is_opening from case_note where false;
create table kept_buying_influence as
    select * exclude (loaded_at), false as is_opening from buying_influence where false;
create table kept_decision as
    select * exclude (loaded_at), false as is_opening from decision where false;
create table kept_action_report as
    select * exclude (loaded_at), false as is_opening from action_report where false;
create table kept_override as
    select * exclude (loaded_at), false as is_opening from override where false;
create table kept_playbook_version as
    select * exclude (loaded_at), false as is_opening from playbook_version where false;
create table kept_coaching_reply as
    select * exclude (loaded_at), false as is_opening from coaching_reply where false;
create table kept_digest_subscription as
    select * exclude (loaded_at), false as is_opening from digest_subscription where false;
create table kept_import_mapping as
    select * exclude (loaded_at), false as is_opening from import_mapping where false;
create table kept_deal_match as
    select * exclude (loaded_at), false as is_opening from deal_match where false;
create table kept_sync_state as
    select * exclude (loaded_at), false as is_opening from sync_state where false;
create table kept_sync_run as
    select * exclude (loaded_at), false as is_opening from sync_run where false;
create table kept_ignored_check as
    select * exclude (loaded_at), false as is_opening from ignored_check where false;
