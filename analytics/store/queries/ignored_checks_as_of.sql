-- question: which checks of the data did somebody decide to live with, why, and until when
-- grain: one row per check that was ever ignored (reason NULL = taken back); parameters: $as_of_end
select code, reason, author, until, valid_at from (
    select *, row_number() over (
        partition by code order by valid_at desc, import_id desc, seq desc) as newest
    from ignored_check
    where valid_at <= $as_of_end
) as versions
where newest = 1
order by code
