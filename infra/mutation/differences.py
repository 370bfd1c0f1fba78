"""`python -m infra.mutation.differences <mutant> ...`: what differs in each, as a list in JSON.

mutmut shows one at a time, and takes seconds to begin.
"""

import json
import sys

from mutmut.mutation.diff_apply import get_diff_for_mutant

if __name__ == "__main__":
    print(json.dumps([get_diff_for_mutant(name) for name in sys.argv[1:]]))
