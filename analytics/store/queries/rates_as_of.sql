-- question: what is a unit of each currency worth in the company's, since when, and when was that loaded
-- grain: one row per currency; moments in UTC; parameters: $as_of_end
select currency, rate, valid_at, loaded_at from (
    select *, row_number() over (
        partition by currency order by valid_at desc, import_id desc, seq desc) as newest
    from currency_rate
    where valid_at <= $as_of_end
) as versions
where newest = 1
