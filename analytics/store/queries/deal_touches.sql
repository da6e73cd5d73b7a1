-- question: when was anything last recorded of each deal (mechanics, work, an answer, a contact)
-- grain: one row per deal; moments in UTC; parameters: $as_of_end: nothing later is read
select deal_id, max(valid_at) as touched_at from (
    select deal_id, valid_at from deal_change where valid_at <= $as_of_end
    union all select deal_id, valid_at from deal_work where valid_at <= $as_of_end
    union all select deal_id, valid_at from answer where valid_at <= $as_of_end
    union all select deal_id, valid_at from stakeholder where valid_at <= $as_of_end
) as touches
group by deal_id
