-- question: which answers count at another level than their text shows: set by a person, or copied
-- grain: one row per such version of an answer (import_id and seq name it); overruled_* NULL: nobody set a level;
--        copy_of = the other account's deal in which the same author had written the same text before, or
--        anybody a text of 120 characters or more (NULL: no copy)
-- parameters: $as_of_end; $deal_id only this deal (NULL: all)
-- a level that a person set holds for the text that was known then, not for one that replaced it at its moment
with sheet_of as (
    select document_id, deal_id, row_number() over (
        partition by document_id order by valid_at desc, import_id desc, seq desc) as newest
    from document_deal where valid_at <= $as_of_end
),
known as (
    select a.*, md5(lower(trim(a.answer))) as said, length(trim(a.answer)) as size
    from answer a
    where a.valid_at <= $as_of_end
        and not exists (select 1 from sheet_of o
        where o.newest = 1 and o.document_id = a.document_id and o.deal_id is distinct from a.deal_id)
),
said_before as (
    select deal_id, import_id, seq, author, size,
        first_value(deal_id) over (
            partition by question, said, author order by valid_at, import_id, seq) as by_author,
        first_value(deal_id) over (partition by question, said order by valid_at, import_id, seq) as by_anybody
    from known
    where size >= 30 and ($deal_id is null or said in (select said from known where deal_id = $deal_id))
),
copied as (
    select deal_id, import_id, seq,
        case when author is not null and by_author <> deal_id then by_author
            when size >= 120 and by_anybody <> deal_id then by_anybody end as from_deal
    from said_before
),
account as (
    select deal_id, coalesce(account_id, account_name, deal_id) as account from (
        select deal_id, account_id, account_name, row_number() over (
            partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
        from deal where valid_at <= $as_of_end
    ) as versions
    where newest = 1
),
copy as (
    select c.import_id, c.seq, c.from_deal
    from copied c
    left join account mine on mine.deal_id = c.deal_id
    left join account theirs on theirs.deal_id = c.from_deal
    where c.from_deal is not null and mine.account is distinct from theirs.account
),
overruled as (
    select k.import_id, k.seq, o.level, o.reason, o.author, o.valid_at, row_number() over (
        partition by k.import_id, k.seq order by o.valid_at desc, o.import_id desc, o.seq desc) as newest
    from known k
    join depth_overrule o on o.deal_id = k.deal_id and o.question = k.question and o.answered_at = k.valid_at
        and o.import_id >= k.import_id
    where o.valid_at <= $as_of_end and ($deal_id is null or k.deal_id = $deal_id)
)
select k.import_id, k.seq, o.level as overruled_level, o.reason as overrule_reason, o.author as overruled_by,
    c.from_deal as copy_of
from known k
left join overruled o on o.import_id = k.import_id and o.seq = k.seq and o.newest = 1
left join copy c on c.import_id = k.import_id and c.seq = k.seq
where (o.level is not null or c.from_deal is not null) and ($deal_id is null or k.deal_id = $deal_id)
order by k.import_id, k.seq
