-- question: how did the last runs of each live source go
-- grain: one row per run, the latest first, of runs that ended from $since on; moments in UTC; parameters: $since
select system, started_at, ended_at, result, message, crm_as_of, rows, calls_used, calls_allowed from (
    select *, row_number() over (
        partition by system, started_at order by valid_at desc, import_id desc, seq desc) as newest
    from sync_run
    where ended_at >= $since
) as versions
where newest = 1
order by started_at desc, system
