-- question: which calls were submitted again without saying anything new
-- grain: submission that left no row of its own; parameters: none
-- units: `said` is a JSON text: owner_id, quarter_start, at (moment, UTC)
select f.file as said
from import i join import_file f on f.import_id = i.import_id
where i.kind = 'call' and f.kind = 'submitted_call' and f.unchanged > 0 and i.undone_at is null
order by i.import_id
