"""The outside: each with a Protocol or plain functions, a real way and a local one."""
