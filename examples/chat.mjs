// A chat through Curtilage with the OpenAI package for Node, streamed.
//
//     npm install openai
//     CURTILAGE_KEY=cur_… node examples/chat.mjs
//
// CURTILAGE_URL and MODEL name another address or model; without them the
// mirror of a local service answers with what it received.

import OpenAI from "openai";

const url = process.env.CURTILAGE_URL ?? "http://127.0.0.1:8787";
const model = process.env.MODEL ?? "mirror";
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: process.env.CURTILAGE_KEY });

const stream = await client.chat.completions.create({
  model,
  stream: true,
  messages: [
    { role: "user", content: "Please write to ada@orchard.example that her pears are ripe." },
  ],
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}
process.stdout.write("\n");
