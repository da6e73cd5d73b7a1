-- question: who changed what in the store, and when: imports, what was written in the app, undoings
-- grain: one row per import that landed and per undoing, newest first; deals: ids of the deals that something
--        written by hand is about (NULL: none, or more than five)
-- parameters: $since, $until first and last moment (NULL: open); $person part of who did it, in small
--             letters (NULL: anybody); $deal_id only what touched this deal (NULL: all); $limit rows at most
with touched as (
    select import_id, deal_id from answer
    union select import_id, deal_id from depth_overrule
    union select import_id, deal_id from document_deal
    union select import_id, deal_id from decision
    union select r.import_id, d.deal_id from action_report r join decision d on d.decision_id = r.decision_id
    union select import_id, deal_id from override
    union select import_id, deal_id from deal_change where deal_id = $deal_id
    union select import_id, deal_id from deal_work where deal_id = $deal_id
),
about as (
    select import_id, string_agg(deal_id, ', ' order by deal_id) as deals
    from touched where deal_id is not null group by import_id having count(*) <= 5
),
written as (
    select import_id, string_agg(distinct kind, ', ' order by kind) as parts, count(*) as files,
        sum(loaded) as loaded, sum(rejected) as rejected
    from import_file group by import_id
),
done as (
    select i.loaded_at as done_at, i.loaded_by as person, i.kind, i.import_id, w.parts, a.deals,
        w.files, w.loaded, w.rejected
    from import i
    left join written w on w.import_id = i.import_id
    left join about a on a.import_id = i.import_id
    union all
    select done_at, author, case when is_back then 'put back' else 'undo' end, import_id, null, null,
        null, null, null
    from undoing
)
select * from done
where ($since is null or done_at >= $since) and ($until is null or done_at <= $until)
    and ($person is null or contains(lower(person), $person))
    and ($deal_id is null or import_id in (select import_id from touched where deal_id = $deal_id))
order by done_at desc, import_id desc
limit $limit
