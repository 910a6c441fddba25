"""Finding things again: titles, numbers, people, dates and the full text of papers, minutes and conclusions."""
