"""Writes docs/api.md from what the endpoints declare: `python -m infra.reference`."""

import sys
from pathlib import Path

PAGE = Path("docs/api.md")
COMMAND = "python -m infra.reference"
HEAD = f"<!-- Made by `{COMMAND}`: change the declarations, not this page. -->\n\n"


def page() -> str:
    """The reference in Markdown."""
    import app
    from chalicelib.reference import openapi, pages

    if not app.app.routes:
        raise LookupError("the application has no routes")
    return HEAD + pages.markdown(openapi.document())


def main() -> int:
    PAGE.write_text(page())
    print(f"{PAGE} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
