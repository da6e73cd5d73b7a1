-- question: whom at the customer did each deal's contact roles name, and in which parts
-- grain: deal x moment at which its contact roles changed
-- units: people; people_added counts everybody ever added until then
-- parameters: $as_of_end: nothing later is read
with spans as (
    select s.*, lead(s.valid_at) over (
        partition by s.deal_id, s.contact_id order by s.valid_at, s.import_id, s.seq) as until
    from stakeholder s
    where s.valid_at <= $as_of_end
),
roles as (
    select deal_id, contact_id, valid_at,
        lower(concat(coalesce(role, ''), ' ', coalesce(title, ''))) as said,
        case when coalesce(is_gone, false) then 0 else 1 end as is_there
    from spans
    where until is null or until > valid_at
),
parts as (
    select deal_id, contact_id, valid_at, is_there,
        is_there * (case when said like '%economic%' or said like '%decision%maker%' or said like '%executive sponsor%'
            then 1 else 0 end) as economic_buyer,
        is_there * (case when said like '%champion%' or said like '%coach%' then 1 else 0 end) as champion,
        is_there * (case when said like '%secur%' or said like '%ciso%' or said like '%legal%'
            or said like '%counsel%' or said like '%procure%' or said like '%purchas%'
            then 1 else 0 end) as security_or_legal
    from roles
),
changes as (
    select deal_id, valid_at,
        is_there - coalesce(lag(is_there) over earlier, 0) as there,
        economic_buyer - coalesce(lag(economic_buyer) over earlier, 0) as economic_buyer,
        champion - coalesce(lag(champion) over earlier, 0) as champion,
        security_or_legal - coalesce(lag(security_or_legal) over earlier, 0) as security_or_legal,
        case when lag(is_there) over earlier is null then is_there else 0 end as added
    from parts
    window earlier as (partition by deal_id, contact_id order by valid_at)
),
moments as (
    select deal_id, valid_at, sum(there) as there, sum(economic_buyer) as economic_buyer,
        sum(champion) as champion, sum(security_or_legal) as security_or_legal, sum(added) as added
    from changes
    group by deal_id, valid_at
)
select deal_id, valid_at,
    sum(there) over so_far as stakeholders,
    sum(economic_buyer) over so_far as economic_buyers,
    sum(champion) over so_far as champions,
    sum(security_or_legal) over so_far as security_or_legal,
    sum(added) over so_far as people_added
from moments
window so_far as (partition by deal_id order by valid_at rows between unbounded preceding and current row)
order by deal_id, valid_at
