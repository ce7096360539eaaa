"""How good detection is on development data, with rivals beside it in the same run.

    python -m bench.quality --data FOLDER [--peers] [--write]

`--write` makes docs/reference/detection-quality.md anew, with the rivals. The data are a
table of types and labelled texts that lie beside the repository; without them only what
needs neither is measured. The same data give the same page, but for its date and throughput.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.quality.finders import PEERS
from bench.quality.measures import Bench
from bench.quality.page import render

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "detection-quality.md"
INTRODUCTION = """\
# How good detection is

Ours and rivals in one run on the same texts: Presidio's pattern and phone recognisers as they come and all that it
has for any country, both without a model of names; detect-secrets; scrubadub. Figures are shares of 1, unless a
column says otherwise; a dash is what was not measured. Every finding counts, whatever its score, theirs too.
All this is development data: how sure a name has to be in code was chosen on the invented texts and the ordinary
code and descriptions below, and scores were calibrated on `echr_es_fr_manual_dev` among others (`wnut17_dev` was left
out of that). Expect less on yours, and measure with `curtilage eval --data labelled.jsonl`.

*Written on {date} by `make eval DATA=folder ARGS=--write`.*

## What is weak

{weak}
"""
WEAK = """\
- **Organisations** in social text: half are found, and many that are found are not labelled as such.
- **Numbers without a check digit and without a name** (passports, member and employee numbers) are left alone.
- **Names in code, tables and logs** need to be sure: a rare one is missed there, so that not every word is a name.
- **Names of programs** that are also given names are taken for people in prose about software.
- **Names in other scripts** than Latin are not looked for.
- The tables below say which types, tricks and languages fall behind."""


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--data", type=Path, default=None, help="where entities.json is")
    options.add_argument("--peers", action="store_true", help="measure the rivals too")
    options.add_argument("--words", type=int, default=60_000, help="of each kind of benign text")
    options.add_argument("--write", action="store_true", help="write the page of the reference")
    given = options.parse_args()
    peers = list(PEERS) if given.peers or given.write else []
    bench = Bench(words=given.words, data=given.data, peers=peers)
    date = datetime.now(UTC).date().isoformat()
    page = render(list(bench.tables()), INTRODUCTION.format(date=date, weak=WEAK))
    if given.write:
        PAGE.write_text(page, encoding="utf-8")
    else:
        print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
