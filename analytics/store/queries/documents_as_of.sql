-- question: which Blue Sheets are there, which deal does each belong to, and how much of it found a place
-- grain: one row per document, newest first; parameters: $as_of_end; $deal_id only of this deal (NULL: all)
with latest_document as (
    select document_id, valid_at, file, size, stated, loaded_at, row_number() over (
        partition by document_id order by valid_at, import_id, seq) as first
    from document where valid_at <= $as_of_end
),
latest_match as (
    select *, row_number() over (
        partition by document_id order by valid_at desc, import_id desc, seq desc) as newest
    from document_deal where valid_at <= $as_of_end
),
latest_paragraph as (
    select document_id, paragraph, used_as, row_number() over (
        partition by document_id, paragraph order by valid_at desc, import_id desc, seq desc) as newest
    from document_paragraph where valid_at <= $as_of_end
),
counted as (
    select document_id, count(*) as paragraphs,
        sum(case when used_as is null then 1 else 0 end) as unplaced,
        sum(case when used_as is not null and used_as <> 'label' then 1 else 0 end) as with_facts
    from latest_paragraph where newest = 1 group by document_id
),
latest_deal as (
    select deal_id, name, account_name, row_number() over (
        partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
    from deal where valid_at <= $as_of_end
)
select d.document_id, d.file, d.size, d.valid_at, d.loaded_at, d.stated, m.deal_id, m.how, m.candidates,
    m.author as decided_by, e.name as deal_name, e.account_name, c.paragraphs, c.unplaced, c.with_facts
from latest_document d
left join latest_match m on m.document_id = d.document_id and m.newest = 1
left join counted c on c.document_id = d.document_id
left join latest_deal e on e.deal_id = m.deal_id and e.newest = 1
where d.first = 1 and ($deal_id is null or m.deal_id = $deal_id)
order by d.valid_at desc, d.file
