-- question: the original file of a document
-- grain: one row; parameters: $document_id
select file, content, valid_at from document where document_id = $document_id order by valid_at, import_id limit 1
