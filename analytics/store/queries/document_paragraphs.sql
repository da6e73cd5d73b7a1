-- question: what stands in a document, and what became of each paragraph
-- grain: one row per paragraph, in order; used_as NULL = it found no place; parameters: $document_id, $as_of_end
select paragraph, text, place, used_as from (
    select paragraph, text, place, used_as, row_number() over (
        partition by paragraph order by valid_at desc, import_id desc, seq desc) as newest
    from document_paragraph where document_id = $document_id and valid_at <= $as_of_end
) as versions
where newest = 1
order by paragraph
