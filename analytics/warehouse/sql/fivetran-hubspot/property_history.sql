-- question: what was each property of a deal set to, and when?
-- deal_property_history: deal_id, name, value, timestamp
select deal_id, name, value, "timestamp"
from deal_property_history
where name in ('dealstage', 'hs_pipeline_stage', 'amount', 'closedate', 'hs_deal_stage_probability',
    'hs_manual_forecast_category', 'hubspot_owner_id', 'hs_next_step', 'dealname')
order by "timestamp", deal_id, name
