-- question: when did the deals of a quarter change in what a call names
-- grain: deal x moment at which amount, close date, category or state changed and the deal was or came into
--        the quarter
-- parameters: $since (changes after this moment), $as_of_end: nothing later is read, $first_day and
--             $last_day of the quarter
with changed as (
    select distinct deal_id from deal_change where valid_at > $since and valid_at <= $as_of_end
),
spans as (
    select c.*, lead(c.valid_at) over (
        partition by c.deal_id order by c.valid_at, c.import_id, c.seq) as until
    from deal_change c join changed d on d.deal_id = c.deal_id
    where c.valid_at <= $as_of_end
),
visible as (
    select deal_id, valid_at, amount, close_date, coalesce(forecast_category, 'Pipeline') as category,
        coalesce(is_closed, false) as is_closed, coalesce(is_won, false) as is_won
    from spans
    where until is null or until > valid_at
),
steps as (
    select *,
        row_number() over earlier as step_number,
        lag(amount) over earlier as amount_before,
        lag(close_date) over earlier as close_date_before,
        lag(category) over earlier as category_before,
        lag(is_closed) over earlier as was_closed,
        lag(is_won) over earlier as was_won
    from visible
    window earlier as (partition by deal_id order by valid_at)
)
select deal_id, valid_at
from steps
where valid_at > $since
    and (step_number = 1 or amount is distinct from amount_before or close_date is distinct from close_date_before
        or category <> category_before or is_closed <> was_closed or is_won <> was_won)
    and (close_date between $first_day and $last_day or close_date_before between $first_day and $last_day)
order by deal_id, valid_at
