-- question: what did each question of each deal's business case say at each moment, and at which level
-- grain: deal x question x moment at which what counts there changed: a new text, another level set by a person,
--        a Blue Sheet that was given to a deal or taken from it
-- units: level 0-4 of the text (NULL: not scored by $scorer yet); overruled_level NULL: nobody had set one;
--        answered_at NULL: no text counts (any more)
-- parameters: $as_of_end: nothing later is read; $scorer version of the scorer
with sheet_span as (
    select document_id, deal_id, valid_at, lead(valid_at) over (
        partition by document_id order by valid_at, import_id, seq) as until
    from document_deal where valid_at <= $as_of_end
),
known as (
    select a.*, md5(lower(trim(a.answer))) as said, length(trim(a.answer)) as size
    from answer a where a.valid_at <= $as_of_end
),
overrule_span as (
    select o.*, lead(o.valid_at) over (
        partition by o.deal_id, o.question, o.answered_at order by o.valid_at, o.import_id, o.seq) as until
    from depth_overrule o where o.valid_at <= $as_of_end
),
moments as (
    select deal_id, question, valid_at from known
    union select a.deal_id, a.question, s.valid_at
    from known a join sheet_span s on s.document_id = a.document_id and s.valid_at > a.valid_at
    union select deal_id, question, valid_at from overrule_span
),
counting as (
    select m.deal_id, m.question, m.valid_at as at, a.valid_at, a.import_id, a.seq, a.answer, a.author, a.said,
        a.size, row_number() over (
            partition by m.deal_id, m.question, m.valid_at
            order by a.valid_at desc, a.import_id desc, a.seq desc) as newest
    from moments m
    join known a on a.deal_id = m.deal_id and a.question = m.question and a.valid_at <= m.valid_at
    left join sheet_span s on s.document_id = a.document_id
        and s.valid_at <= m.valid_at and (s.until is null or s.until > m.valid_at)
    where s.document_id is null or s.deal_id is not distinct from a.deal_id
),
-- whose account, by the deal's first version: known whenever the deal is
account as (
    select deal_id, coalesce(account_id, account_name, deal_id) as account from (
        select deal_id, account_id, account_name, row_number() over (
            partition by deal_id order by valid_at, import_id, seq) as oldest
        from deal where valid_at <= $as_of_end
    ) as versions
    where oldest = 1
),
said_before as (
    select import_id, seq, deal_id, author, size,
        first_value(deal_id) over (
            partition by question, said, author order by valid_at, import_id, seq) as by_author,
        first_value(deal_id) over (partition by question, said order by valid_at, import_id, seq) as by_anybody
    from known where size >= 30
),
copy as (
    select c.import_id, c.seq
    from (
        select import_id, seq, deal_id,
            case when author is not null and by_author <> deal_id then by_author
                when size >= 120 and by_anybody <> deal_id then by_anybody end as from_deal
        from said_before
    ) as c
    left join account mine on mine.deal_id = c.deal_id
    left join account theirs on theirs.deal_id = c.from_deal
    where c.from_deal is not null and mine.account is distinct from theirs.account
)
select m.deal_id, m.question, m.valid_at, a.valid_at as answered_at, a.answer, s.level,
    o.level as overruled_level, c.seq is not null as is_copy
from moments m
left join counting a on a.deal_id = m.deal_id and a.question = m.question and a.at = m.valid_at and a.newest = 1
left join answer_score s on s.question = a.question and s.text_md5 = md5(a.answer) and s.scorer = $scorer
left join overrule_span o on o.deal_id = a.deal_id and o.question = a.question and o.answered_at = a.valid_at
    and o.import_id >= a.import_id and o.valid_at <= m.valid_at and (o.until is null or o.until > m.valid_at)
left join copy c on c.import_id = a.import_id and c.seq = a.seq
order by m.deal_id, m.question, m.valid_at
