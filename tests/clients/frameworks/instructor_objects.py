"""Instructor: an object out of a call of a tool."""

import instructor
from _common import GPT, KEY, TEXT, V1, say
from openai import OpenAI
from pydantic import BaseModel


class Customer(BaseModel):
    query: str


client = instructor.from_openai(OpenAI(base_url=V1, api_key=KEY))
made = client.chat.completions.create(
    model=GPT, response_model=Customer, messages=[{"role": "user", "content": TEXT}]
)
say(arguments=made.query)
