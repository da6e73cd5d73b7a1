-- question: what does the business case of one deal say, and what did it say before
-- grain: one row per question and version, newest first; level, spans, missing NULL: not scored by $scorer yet
-- parameters: $deal_id, $as_of_end, $scorer version of the scorer
-- what a Blue Sheet says counts while it belongs to this deal
with sheet_of as (
    select document_id, deal_id, row_number() over (
        partition by document_id order by valid_at desc, import_id desc, seq desc) as newest
    from document_deal where valid_at <= $as_of_end
),
latest_person as (
    select person_id, name, row_number() over (
        partition by person_id order by valid_at desc, import_id desc, seq desc) as newest
    from person where valid_at <= $as_of_end
)
select a.question, a.valid_at, a.answer, a.author, coalesce(p.name, a.author) as author_name, a.source, a.confirmed_by,
    a.document_id, a.paragraph, a.import_id, a.seq,
    row_number() over (
        partition by a.question order by a.valid_at desc, a.import_id desc, a.seq desc) as version_from_newest,
    s.level, s.spans, s.missing
from answer a
left join latest_person p on p.person_id = a.author and p.newest = 1
left join answer_score s on s.question = a.question and s.text_md5 = md5(a.answer) and s.scorer = $scorer
where a.deal_id = $deal_id and a.valid_at <= $as_of_end
    and not exists (select 1 from sheet_of o
        where o.newest = 1 and o.document_id = a.document_id and o.deal_id is distinct from a.deal_id)
order by a.question, version_from_newest
