"""Screens a table of a lake, for spark-submit: Parquet in, Parquet out.

spark-submit examples/spark/screen_lake.py patients.parquet screened.parquet 2026-11-21 2026-12-01
"""

import sys

from eligibility.distributed import screen_frame
from eligibility.distributed.spark import spark_session


def main(source: str, target: str, as_of: str, planned_start: str) -> None:
    session = spark_session()
    patients = session.read.parquet(source)
    texts = patients.selectExpr(
        *(f"cast(`{name}` as string) as `{name}`" for name in patients.columns)
    )
    screened = screen_frame(
        texts, profile="atezolizumab_p1", as_of=as_of, planned_start=planned_start
    )
    screened.write.parquet(target)
    session.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
