-- question: up to where was a live source read
-- grain: one row per object of the system, as landed last; parameters: $system
select object, cursor from (
    select *, row_number() over (partition by object order by import_id desc, seq desc) as newest
    from sync_state where system = $system
) as versions
where newest = 1
