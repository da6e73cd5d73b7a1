-- question: whom do the Blue Sheets of a deal name, with which role, influence and mode
-- grain: one row per person, the latest word; parameters: $deal_id, $as_of_end
select influence_id, name, title, role, influence, mode, rating, win_result, document_id, paragraph, valid_at from (
    select *, row_number() over (
        partition by influence_id order by valid_at desc, import_id desc, seq desc) as newest
    from buying_influence where deal_id = $deal_id and valid_at <= $as_of_end
) as versions
where newest = 1 and not coalesce(is_gone, false)
order by name, influence_id
