"""The mini-program (小程序): its source checked, and run in a real browser."""
