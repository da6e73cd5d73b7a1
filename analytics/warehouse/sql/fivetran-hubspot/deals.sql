-- question: what is each deal now?
-- deal: deal_id, deal_pipeline_stage_id
-- deal, if there: deal_pipeline_id, owner_id, is_deleted, _fivetran_deleted, property_dealname,
--   property_amount, property_closedate, property_createdate, property_hs_lastmodifieddate,
--   property_dealtype, property_hs_next_step, property_hs_analytics_source, property_hs_is_closed,
--   property_hs_is_closed_won, property_hs_manual_forecast_category, property_hs_deal_stage_probability,
--   property_notes_last_updated, property_deal_currency_code
-- merged_deal, if there: merged_deal_id
select
    deal_id,
    coalesce(cast(_fivetran_deleted as boolean), false) or coalesce(cast(is_deleted as boolean), false)
        -- a deal that was merged into another one is that other one
        or cast(deal_id as varchar) in (select cast(merged_deal_id as varchar) from merged_deal
            where merged_deal_id is not null) as is_deleted,
    property_dealname,
    deal_pipeline_id,
    deal_pipeline_stage_id,
    property_amount,
    property_hs_deal_stage_probability,
    property_closedate,
    property_dealtype,
    property_hs_next_step,
    property_hs_analytics_source,
    property_hs_is_closed,
    property_hs_is_closed_won,
    property_hs_manual_forecast_category,
    owner_id,
    property_createdate,
    property_hs_lastmodifieddate,
    property_notes_last_updated,
    property_deal_currency_code
from deal
order by deal_id
