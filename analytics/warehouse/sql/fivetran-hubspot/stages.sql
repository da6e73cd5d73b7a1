-- question: which stages are there, in which order and with which probability?
-- deal_pipeline_stage: stage_id, label, pipeline_id
-- deal_pipeline_stage, if there: display_order, probability, is_closed, closed_won, _fivetran_deleted
select stage_id, label, pipeline_id, display_order, probability, is_closed, closed_won, _fivetran_deleted
from deal_pipeline_stage
order by pipeline_id, display_order
