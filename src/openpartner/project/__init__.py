"""Composes everything: settings, dispatch, command line."""
