"""Fixtures for scenarios, and the pytest plugin that reports to ./skerry test."""
