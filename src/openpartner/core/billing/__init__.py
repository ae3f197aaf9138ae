"""Bills: what was imported, which files are current, who may read which lines."""
