"""The answers of services, as typed dictionaries. A test compares them with the service models.

Only type checkers import them, because the start of a command would wait for so many classes.
"""
