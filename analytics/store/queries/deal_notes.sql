-- question: which red flags, strengths, actions ... do the Blue Sheets of a deal name
-- grain: one row per note, its latest version, newest first; parameters: $deal_id, $as_of_end
-- what a Blue Sheet says counts while it belongs to this deal
with sheet_of as (
    select document_id, deal_id, row_number() over (
        partition by document_id order by valid_at desc, import_id desc, seq desc) as newest
    from document_deal where valid_at <= $as_of_end
)
select note_id, kind, text, owner, due, document_id, paragraph, valid_at from (
    select *, row_number() over (
        partition by note_id order by valid_at desc, import_id desc, seq desc) as newest
    from case_note n where deal_id = $deal_id and valid_at <= $as_of_end
        and not exists (select 1 from sheet_of o
        where o.newest = 1 and o.document_id = n.document_id and o.deal_id is distinct from n.deal_id)
) as versions
where newest = 1
order by kind, valid_at desc, document_id, paragraph
