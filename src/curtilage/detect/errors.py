"""What can be wrong with what detection is given beside texts."""

from curtilage.core.errors import InputError


class BadLabels(InputError):
    """A line of labelled text that cannot be measured against."""

    code = "detect.bad-labels"
    title = "The labelled text was not understood"
    hint = 'Each line is a JSON object: {"text": "…", "spans": [{"start": 0, "end": 3, "type": "PERSON"}], "lang": "en"}.'
