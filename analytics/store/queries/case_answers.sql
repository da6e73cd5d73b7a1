-- question: what does the business case of the open deals say at a moment, and how deep is each text
-- grain: one row per deal and question: its latest version; level, spans, missing are NULL where the text has
--        not been scored by $scorer yet
-- parameters: $as_of_end the moment; $scorer version of the scorer; $deal_id only this deal, open or not (NULL:
--             all open ones)
-- nothing later than $as_of_end is read; what a Blue Sheet says counts for the deal that it belongs to
with sheet_of as (
    select document_id, deal_id, row_number() over (
        partition by document_id order by valid_at desc, import_id desc, seq desc) as newest
    from document_deal where valid_at <= $as_of_end
),
known as (
    select a.*, row_number() over latest as newest, count(*) over whole as versions
    from answer a
    where a.valid_at <= $as_of_end
        and not exists (select 1 from sheet_of o
        where o.newest = 1 and o.document_id = a.document_id and o.deal_id is distinct from a.deal_id)
    window latest as (partition by a.deal_id, a.question order by a.valid_at desc, a.import_id desc, a.seq desc),
        whole as (partition by a.deal_id, a.question)
),
open_deal as (
    select deal_id from (
        select deal_id, is_closed, is_gone, row_number() over (
            partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
        from deal_change where valid_at <= $as_of_end
    ) as states
    where newest = 1 and not coalesce(is_closed, false) and not coalesce(is_gone, false)
)
select
    k.deal_id, k.question, k.valid_at, k.answer, k.author, k.source, k.confirmed_by, k.document_id, k.paragraph,
    k.versions, k.import_id, k.seq,
    s.level, s.spans, s.missing
from known k
left join answer_score s on s.question = k.question and s.text_md5 = md5(k.answer) and s.scorer = $scorer
where k.newest = 1
    and (k.deal_id = $deal_id or ($deal_id is null and k.deal_id in (select deal_id from open_deal)))
order by k.deal_id, k.question
