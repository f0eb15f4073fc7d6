"""Connecting accounts to their networks: consent, tokens, and keeping them good.

ways     the way to a token of each network, and whose it is
tokens   a connection's token, ready for use; renewals ahead of time
joining  from a network's answer to a connection that is kept
views    the Accounts page (mounted by config/urls.py)
"""
