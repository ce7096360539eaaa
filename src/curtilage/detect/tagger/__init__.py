"""The compact tagger: people, places, organisations and addresses in running text.

A *token* is a word, a number or a sign and knows where it stands; a *feature* is
something that can be said of a token and its neighbours; the *lexicon* holds
what is known of words; the model, a conditional random field, weighs features.
It is trained by `make tagger`, with what is in `tools/tagger`. Numbers with a
format are not looked for here, nor what a rule can say of a date.
"""
