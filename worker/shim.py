"""Keeper of one job: starts it, keeps what it prints, ends it when told or when its time is over, records how it ended.

Standard library only, and nothing of ours: it outlives the worker and the master that had it started.
"""
