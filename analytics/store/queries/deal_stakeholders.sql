-- question: whom at the customer does one deal name
-- grain: one row per contact; parameters: $deal_id, $as_of_end
select contact_id, name, title, role, is_primary, since from (
    select *, min(valid_at) over (partition by contact_id) as since,
        row_number() over (partition by contact_id order by valid_at desc, import_id desc, seq desc) as newest
    from stakeholder
    where deal_id = $deal_id and valid_at <= $as_of_end
) as versions
where newest = 1 and not coalesce(is_gone, false)
order by is_primary desc, name
