"""Background jobs: exports, expiry of approvals, and the search index.

A delivery of events to other systems would be a job here: it sends the rows that ``actions.events.write_event`` adds.
"""
