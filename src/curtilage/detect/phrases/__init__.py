"""Phrases: what free text says of people, found by rule in eight languages.

Dates, ages, genders, nationalities and the special categories of the GDPR, addresses,
and names of companies and places where their form makes them certain. A *term* is a word
or phrase of a *lexicon*; a *hit* is where one stands in a text; a finder looks around
the hits of its own lists. People are found by the tagger, numbers by the engine's rules.
"""
