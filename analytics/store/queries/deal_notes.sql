-- question: which red flags, strengths, actions ... do the Blue Sheets of a deal name
-- grain: one row per note, its latest version, newest first; parameters: $deal_id, $as_of_end
select note_id, kind, text, owner, due, document_id, paragraph, valid_at from (
    select *, row_number() over (
        partition by note_id order by valid_at desc, import_id desc, seq desc) as newest
    from case_note where deal_id = $deal_id and valid_at <= $as_of_end
) as versions
where newest = 1 and not coalesce(is_gone, false)
order by kind, valid_at desc, document_id, paragraph
