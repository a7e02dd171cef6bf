"""What must leave the system after commit: mail now, webhooks and other calls alike.

Import the functions from `save_portal.outbox.queue`.
"""
