"""Outlet health: measures, rules, and the flags that they raise and clear.

A run adds its ``measures`` to the day; ``flag_updates`` then reads the ``facts``, applies the ``rules`` and updates the
outlet's ``flags``. ``overview`` sums up the state of each outlet for terminal, API and pages.
"""
