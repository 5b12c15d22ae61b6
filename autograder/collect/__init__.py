"""Collects hand-ins into `submitted/`: from Moodle, Canvas, folders and the exchange.

- `archive`: `GuardedExtractor`
- `collector`: `LmsCollector`
- `exchange_collector`: `GuardedCollect`
- `exchange_list`: `GuardedList`
"""
