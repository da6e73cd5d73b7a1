-- question: what are the pipelines called?
-- deal_pipeline: pipeline_id, label
select pipeline_id, label
from deal_pipeline
order by pipeline_id
