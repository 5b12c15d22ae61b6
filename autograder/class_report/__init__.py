"""class_report."""
