-- question: how did each deal stand after each of its changes, and how had it moved until then
-- grain: deal x moment at which its mechanics changed (of several rows at one moment the last one counts)
-- units: amount in the deal's currency; counts and days since the deal was first seen; probability 0-1 as
--        stated on the deal, NULL: the stage's holds (stage_steps.sql)
-- parameters: $as_of_end: nothing later is read
-- every column speaks of the row's own moment and of what came before it, never of what came after
with spans as (
    select c.*, lead(c.valid_at) over (
        partition by c.deal_id order by c.valid_at, c.import_id, c.seq) as until
    from deal_change c
    where c.valid_at <= $as_of_end
),
-- how the stage was defined when the deal entered the row, not how it was defined later
stage_span as (
    select stage, sort_order, valid_at, lead(valid_at) over (
        partition by stage order by valid_at, import_id, seq) as until
    from stage where valid_at <= $as_of_end
),
visible as (
    select c.deal_id, c.valid_at, c.stage, s.sort_order as stage_order, c.amount, c.close_date,
        coalesce(c.forecast_category, 'Pipeline') as category,
        case coalesce(c.forecast_category, 'Pipeline')
            when 'Omitted' then 0 when 'Pipeline' then 1 when 'Best Case' then 2 when 'Commit' then 3
            else 4 end as category_order,
        c.probability,
        coalesce(c.is_closed, false) as is_closed,
        coalesce(c.is_won, false) as is_won,
        coalesce(c.is_gone, false) as is_gone
    from spans c
    left join stage_span s on s.stage = c.stage
        and s.valid_at <= c.valid_at and (s.until is null or s.until > c.valid_at)
    where c.until is null or c.until > c.valid_at
),
steps as (
    select *,
        row_number() over earlier as step_number,
        lag(stage) over earlier as stage_before,
        lag(stage_order) over earlier as stage_order_before,
        lag(category_order) over earlier as category_before,
        lag(amount) over earlier as amount_before,
        lag(close_date) over earlier as close_date_before
    from visible
    window earlier as (partition by deal_id order by valid_at)
),
moves as (
    select *,
        case when step_number = 1 or stage is distinct from stage_before then valid_at end as entered_stage_at,
        case when stage_order > stage_order_before then 1 else 0 end as moved_on,
        case when stage_order < stage_order_before then 1 else 0 end as moved_back,
        case when not is_closed and category_order > category_before then 1 else 0 end as raised,
        case when not is_closed and category_order < category_before then 1 else 0 end as cut,
        case when not is_closed and amount <> amount_before then 1 else 0 end as amount_changed,
        case when not is_closed and close_date > close_date_before
            then date_diff('day', close_date_before, close_date) end as pushed_by,
        case when not is_closed and close_date < close_date_before then 1 else 0 end as pulled
    from steps
)
select deal_id, valid_at, stage, stage_order, category, amount, close_date, probability,
    is_closed, is_won, is_gone,
    min(valid_at) over so_far as first_seen_at,
    max(entered_stage_at) over so_far as stage_since,
    count(*) over so_far as changes,
    sum(moved_on) over so_far as stage_moves_on,
    sum(moved_back) over so_far as stage_moves_back,
    sum(raised) over so_far as category_raises,
    sum(cut) over so_far as category_cuts,
    sum(amount_changed) over so_far as amount_changes,
    count(pushed_by) over so_far as pushes,
    coalesce(sum(pushed_by) over so_far, 0) as days_pushed,
    max(case when pushed_by is not null then valid_at end) over so_far as last_push_at,
    last_value(pushed_by ignore nulls) over so_far as last_push_length,
    sum(pulled) over so_far as pulls,
    first_value(stage_order) over so_far as entry_stage_order,
    first_value(category) over so_far as entry_category,
    first_value(close_date) over so_far as entry_close_date,
    first_value(amount ignore nulls) over so_far as first_amount
from moves
window so_far as (partition by deal_id order by valid_at rows between unbounded preceding and current row)
order by deal_id, valid_at
