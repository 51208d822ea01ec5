"""Outlet health: measures of runs, rules, and the flags raised and cleared."""
