"""From rows to what is drawn: pure functions that know no database and no callback."""
