-- question: who wants which team's weekly digest at a moment
-- grain: one row per subscriber and team (team '' = the whole company) that stands
-- parameters: $as_of_end: nothing later is read
select subscriber, team, valid_at as since from (
    select *, row_number() over (
        partition by subscriber, team order by valid_at desc, import_id desc, seq desc) as newest
    from digest_subscription
    where valid_at <= $as_of_end
) as versions
where newest = 1 and coalesce(is_active, false)
order by team, subscriber
