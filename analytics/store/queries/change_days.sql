-- question: on which days did the mechanics of deals change, and how often
-- grain: one row per day (UTC) with a change; parameters: $from, $as_of_end: nothing outside is read
select cast(valid_at as date) as day, count(*) as changes
from deal_change
where valid_at > $from and valid_at <= $as_of_end
group by cast(valid_at as date)
order by day
