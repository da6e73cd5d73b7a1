-- question: which answers changed between two moments, by whom, and what stood there before
-- grain: one row per answer version, newest first; *_before is the version before it (NULL: the first answer)
-- parameters: $since, $as_of_end; $scorer version of the scorer (level NULL: not scored yet); $limit rows
-- what a Blue Sheet says counts for the deal that it belongs to
with sheet_of as (
    select document_id, deal_id, row_number() over (
        partition by document_id order by valid_at desc, import_id desc, seq desc) as newest
    from document_deal where valid_at <= $as_of_end
),
versions as (
    select a.*,
        lag(a.answer) over earlier as answer_before,
        lag(a.import_id) over earlier as import_id_before,
        lag(a.seq) over earlier as seq_before
    from answer a
    where a.valid_at <= $as_of_end
        and not exists (select 1 from sheet_of o
        where o.newest = 1 and o.document_id = a.document_id and o.deal_id is distinct from a.deal_id)
    window earlier as (partition by a.deal_id, a.question order by a.valid_at, a.import_id, a.seq)
),
latest_deal as (
    select deal_id, name, account_name, row_number() over (
        partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
    from deal where valid_at <= $as_of_end
),
latest_work as (
    select deal_id, owner_id, row_number() over (
        partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
    from deal_work where valid_at <= $as_of_end
),
latest_person as (
    select person_id, name, team, row_number() over (
        partition by person_id order by valid_at desc, import_id desc, seq desc) as newest
    from person where valid_at <= $as_of_end
)
select v.deal_id, coalesce(d.name, v.deal_id) as name, d.account_name, v.question, v.valid_at, v.answer, v.author,
    coalesce(w.name, v.author) as author_name, v.source, v.document_id, v.answer_before,
    v.import_id, v.seq, v.import_id_before, v.seq_before,
    k.owner_id, coalesce(p.team, '') as team,
    s.level, s.spans, s.missing, b.level as level_before
from versions v
left join latest_deal d on d.deal_id = v.deal_id and d.newest = 1
left join latest_work k on k.deal_id = v.deal_id and k.newest = 1
left join latest_person p on p.person_id = k.owner_id and p.newest = 1
left join latest_person w on w.person_id = v.author and w.newest = 1
left join answer_score s on s.question = v.question and s.text_md5 = md5(v.answer) and s.scorer = $scorer
left join answer_score b on b.question = v.question and b.text_md5 = md5(v.answer_before) and b.scorer = $scorer
where v.valid_at >= $since
order by v.valid_at desc, v.deal_id, v.question
limit $limit
