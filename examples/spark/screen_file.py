"""`eligibility batch` for spark-submit: a table on a file system that all machines see.

spark-submit examples/spark/screen_file.py batch patients.csv --out screened --engine spark
"""

from eligibility.cli import main

if __name__ == "__main__":
    main()
