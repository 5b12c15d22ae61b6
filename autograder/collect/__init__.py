"""What students handed in comes into `submitted/`: from Moodle, Canvas, folders, the exchange.

- `archive`: `GuardedExtractor`
- `collector`: `LmsCollector`
- `exchange_collector`: `GuardedCollect`
- `exchange_list`: `GuardedList`
"""
