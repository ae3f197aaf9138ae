"""The process that runs jobs and timers."""
