-- question: what are the deals called that people decided about or put another number beside, and whose are they
-- grain: one row per deal; parameters: $as_of_end: nothing later is read
with decided as (
    select deal_id from decision where valid_at <= $as_of_end
    union
    select deal_id from override where valid_at <= $as_of_end
),
latest_deal as (
    select d.*, row_number() over (
        partition by d.deal_id order by d.valid_at desc, d.import_id desc, d.seq desc) as newest
    from deal d join decided k on k.deal_id = d.deal_id
    where d.valid_at <= $as_of_end
),
latest_work as (
    select w.*, row_number() over (
        partition by w.deal_id order by w.valid_at desc, w.import_id desc, w.seq desc) as newest
    from deal_work w join decided k on k.deal_id = w.deal_id
    where w.valid_at <= $as_of_end
),
latest_person as (
    select *, row_number() over (
        partition by person_id order by valid_at desc, import_id desc, seq desc) as newest
    from person where valid_at <= $as_of_end
)
select k.deal_id, coalesce(d.name, k.deal_id) as name, coalesce(w.owner_id, '') as owner_id,
    coalesce(p.name, w.owner_id, '(no owner)') as owner_name, coalesce(p.team, '') as team
from decided k
left join latest_deal d on d.deal_id = k.deal_id and d.newest = 1
left join latest_work w on w.deal_id = k.deal_id and w.newest = 1
left join latest_person p on p.person_id = w.owner_id and p.newest = 1
order by k.deal_id
