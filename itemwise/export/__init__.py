"""A run in the files of others: lm-evaluation-harness, Inspect, a model card of the hub, csv, parquet. Each gives contents by file name."""

from itemwise.export.exported_task import ExportedTask, exported_tasks
from itemwise.export.to_csv import csv_files
from itemwise.export.to_inspect import inspect_files
from itemwise.export.to_lm_eval import lm_eval_files
from itemwise.export.to_model_card import ModelCardError, model_card_files
from itemwise.export.to_parquet import parquet_files

__all__ = ["ExportedTask", "ModelCardError"]
__all__ += ["csv_files", "exported_tasks", "inspect_files", "lm_eval_files", "model_card_files", "parquet_files"]
