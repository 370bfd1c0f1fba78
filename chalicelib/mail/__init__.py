"""Raw mail in, one value out: `parse(raw, ours)` in `parse.py`. Pure: no store, no network, no clock."""
