-- question: what was replied, up to a moment, to what the coaching page said of each owner's work
-- grain: reply, in the order in which they were written
-- units: `valid_at` the moment looked at (UTC); `claim` the text replied to, as it stood then
-- parameters: $as_of_end: nothing later is read
select owner_id, topic, claim, reply, author, valid_at
from coaching_reply
where valid_at <= $as_of_end
order by valid_at, import_id, seq
