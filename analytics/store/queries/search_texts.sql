-- question: which answers and Blue Sheet paragraphs contain all of the words
-- grain: one row per answer or paragraph, its latest version; kind 'answer' or 'sheet'
-- parameters: $as_of_end; $word1 to $word4: lower case, without accents, all must occur ('' = no further word)
with sheet_of as (
    select document_id, deal_id, row_number() over (
        partition by document_id order by valid_at desc, import_id desc, seq desc) as newest
    from document_deal where valid_at <= $as_of_end
),
latest_answer as (
    select a.*, row_number() over (
        partition by a.deal_id, a.question order by a.valid_at desc, a.import_id desc, a.seq desc) as newest
    from answer a where a.valid_at <= $as_of_end
        and not exists (select 1 from sheet_of o
        where o.newest = 1 and o.document_id = a.document_id and o.deal_id is distinct from a.deal_id)
),
latest_paragraph as (
    select *, row_number() over (
        partition by document_id, paragraph order by valid_at desc, import_id desc, seq desc) as newest
    from document_paragraph where valid_at <= $as_of_end
),
texts as (
    select 'answer' as kind, deal_id, question, answer as text, valid_at, author, document_id, paragraph,
        cast(null as varchar) as place
    from latest_answer where newest = 1
    union all
    select 'sheet', m.deal_id, cast(null as varchar), p.text, p.valid_at, cast(null as varchar), p.document_id,
        p.paragraph, p.place
    from latest_paragraph p
    left join sheet_of m on m.document_id = p.document_id and m.newest = 1
    where p.newest = 1
),
folded as (
    select *, translate(lower(text), 'àáâãäåąçćčďèéêëęěğìíîïıłñńňòóôõöøőřśšşßťùúûüůűýÿźżž',
        'aaaaaaacccdeeeeeegiiiiilnnnooooooorsssstuuuuuuyyzzz') as folded
    from texts
)
select kind, deal_id, question, text, valid_at, author, document_id, paragraph, place
from folded
where position($word1 in folded) > 0 and position($word2 in folded) > 0
    and position($word3 in folded) > 0 and position($word4 in folded) > 0
