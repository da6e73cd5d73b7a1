-- question: what does the business case of the open deals say at a moment, and how deep is each answer
-- grain: one row per deal and question: its latest version; level, spans, missing are NULL where the text has
--        not been scored by $scorer yet; copy_of = the other account's deal in which the same author had
--        written the same text before, or anybody a text of 120 characters or more
-- parameters: $as_of_end the moment; $scorer version of the scorer; $deal_id only this deal, open or not (NULL:
--             all open ones)
-- nothing later than $as_of_end is read
with known as (
    select a.*, row_number() over latest as newest, count(*) over whole as versions,
        min(a.valid_at) over whole as first_answered_at,
        md5(lower(trim(a.answer))) as said
    from answer a
    where a.valid_at <= $as_of_end
    window latest as (partition by a.deal_id, a.question order by a.valid_at desc, a.import_id desc, a.seq desc),
        whole as (partition by a.deal_id, a.question)
),
said_before as (
    select deal_id, question, valid_at, import_id, seq,
        first_value(deal_id) over (
            partition by question, said, author order by valid_at, import_id, seq) as by_author,
        first_value(deal_id) over (partition by question, said order by valid_at, import_id, seq) as by_anybody,
        length(trim(answer)) as size
    from known where length(trim(answer)) >= 30
),
copied as (
    select deal_id, question, valid_at, import_id, seq,
        case when by_author <> deal_id then by_author
            when size >= 120 and by_anybody <> deal_id then by_anybody end as from_deal
    from said_before
),
open_deal as (
    select deal_id from (
        select deal_id, is_closed, is_gone, row_number() over (
            partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
        from deal_change where valid_at <= $as_of_end
    ) as states
    where newest = 1 and not coalesce(is_closed, false) and not coalesce(is_gone, false)
),
account as (
    select deal_id, coalesce(account_id, account_name, deal_id) as account from (
        select deal_id, account_id, account_name, row_number() over (
            partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
        from deal where valid_at <= $as_of_end
    ) as versions
    where newest = 1
),
overruled as (
    select deal_id, question, answered_at, level, reason, author, valid_at, row_number() over (
        partition by deal_id, question, answered_at order by valid_at desc, import_id desc, seq desc) as newest
    from depth_overrule where valid_at <= $as_of_end
)
select
    k.deal_id, k.question, k.valid_at, k.answer, k.author, k.source, k.confirmed_by, k.document_id, k.paragraph,
    k.versions, k.first_answered_at,
    s.level, s.spans, s.missing,
    o.level as overruled_level, o.reason as overrule_reason, o.author as overruled_by, o.valid_at as overruled_at,
    case when mine.account is distinct from theirs.account then f.from_deal end as copy_of
from known k
left join answer_score s on s.question = k.question and s.text_md5 = md5(k.answer) and s.scorer = $scorer
left join overruled o on o.deal_id = k.deal_id and o.question = k.question and o.answered_at = k.valid_at
    and o.newest = 1 and o.level is not null
left join copied f on f.deal_id = k.deal_id and f.question = k.question and f.valid_at = k.valid_at
    and f.import_id = k.import_id and f.seq = k.seq and f.from_deal is not null
left join account mine on mine.deal_id = k.deal_id
left join account theirs on theirs.deal_id = f.from_deal
where k.newest = 1
    and (k.deal_id = $deal_id or ($deal_id is null and k.deal_id in (select deal_id from open_deal)))
order by k.deal_id, k.question
