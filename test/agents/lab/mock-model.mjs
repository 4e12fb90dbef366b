#!/usr/bin/env node
// Scripted model server for offline tests of coding agents. No dependencies.
//
//   node mock-model.mjs --script script.json --root <repo> [--port 0] [--log requests.jsonl]
//
// Speaks: Anthropic Messages, OpenAI Responses, OpenAI Chat Completions,
//         Gemini generateContent / streamGenerateContent. Listens on 127.0.0.1 only.
// Prints one line "READY <port>" when it accepts connections.
//
// A script is {"turns": [turn, ...], "conversations"?: [{"match": "regex", "turns": [...]}]}; an entry of
// "conversations" plays instead of "turns" when the text before the first answer matches (sub-agents).
// A turn is
//   {"text": "..."}                              plain answer, ends the agent's loop
//   {"calls": [call, ...], "text"?: "..."}       one or more tool calls
//   {"status": 529, "times": 2, "then": turn}    fail `times` times, then answer `then`
// plus optional "delayMs" and "usage": {"input": n, "output": n}.
// A call is portable  {"do": "shell"|"write"|"edit"|"read"|"delegate", ...} or {"do": "mcp", "name": "run_gate", "args": {...}}
// or exact            {"tool": "Name", "args": {...}}   (args may be a string for free-form tools;
//                     "{{regex}}" as an argument becomes the regex's first group, found last in the conversation).
//
// The turn to play is derived from the conversation in the request, not from a counter, so
// retries get the same answer and side requests (titles, routing, ...) do not consume turns.

import { createServer } from "node:http";
import { appendFileSync, readFileSync } from "node:fs";
import { join, isAbsolute } from "node:path";
import { parseArgs } from "node:util";

const { values: opt } = parseArgs({
  options: {
    script: { type: "string" },
    root: { type: "string", default: process.cwd() },
    port: { type: "string", default: "0" },
    log: { type: "string" },
  },
});
const script = JSON.parse(readFileSync(opt.script, "utf8"));
const failed = new Map(); // turn index -> number of failures already served

const log = (entry) =>
  opt.log && appendFileSync(opt.log, JSON.stringify({ at: new Date().toISOString(), ...entry }) + "\n");
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// ---------------------------------------------------------------- portable tool calls

const NAMES = {
  shell: [
    "Bash",
    "bash",
    "run_shell_command",
    "exec_command",
    "shell_command",
    "shell",
    "local_shell",
    "execute_command",
    "run_commands",
    "run_command",
    "run_terminal_cmd",
    "developer__shell",
    "powershell",
  ],
  write: [
    "Write",
    "write",
    "write_file",
    "create",
    "write_to_file",
    "apply_patch",
    "editor",
    "developer__write",
  ],
  edit: [
    "Edit",
    "edit",
    "replace",
    "str_replace",
    "replace_in_file",
    "apply_patch",
    "editor",
    "developer__edit",
  ],
  read: ["Read", "read", "read_file", "view", "read_files"],
  delegate: ["Agent", "Task", "task", "agent", "invoke_agent", "spawn_agent"],
};
const SYNONYMS = {
  command: ["command", "cmd", "commands"],
  path: ["file_path", "filePath", "absolute_path", "path", "target_file"],
  content: ["content", "file_text", "contents", "new_text"],
  old: ["old_string", "oldString", "old_str", "old_text"],
  new: ["new_string", "newString", "new_str", "new_text"],
  prompt: ["prompt", "task", "message", "objective", "query"],
  agentType: ["subagent_type", "agent_type", "agent_name"],
};

/** Smallest value that satisfies a JSON schema, good enough for tool arguments and JSON replies. */
function minimal(schema = {}) {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const any = schema.anyOf ?? schema.oneOf;
  if (any) return minimal(any[0]);
  const type = String(Array.isArray(schema.type) ? schema.type[0] : (schema.type ?? "string")).toLowerCase();
  if (type === "object") {
    return Object.fromEntries((schema.required ?? []).map((k) => [k, minimal(schema.properties?.[k])]));
  }
  return { array: [], boolean: false, number: 1, integer: 1, null: null }[type] ?? "mock";
}

const linesOf = (text) => String(text).replace(/\n$/, "").split("\n");

function patchText(call, path) {
  const body =
    call.do === "write"
      ? [`*** Add File: ${path}`, ...linesOf(call.content).map((l) => `+${l}`)]
      : [
          `*** Update File: ${path}`,
          "@@",
          ...linesOf(call.old).map((l) => `-${l}`),
          ...linesOf(call.new).map((l) => `+${l}`),
        ];
  return ["*** Begin Patch", ...body, "*** End Patch"].join("\n");
}

const quoted = (text) => `'${String(text).replaceAll("'", `'\\''`)}'`;

/** Turns a scripted call into {name, args} using the tools that the agent advertised. */
function resolve(call, tools) {
  if (call.tool) {
    const known = tools.find((t) => t.name === call.tool);
    return { name: call.tool, args: call.args ?? {}, custom: known?.custom, namespace: known?.namespace };
  }
  const code = tools.find((t) => t.name === "exec" && t.custom);
  if (call.do === "mcp") {
    // Agents prefix MCP tools in their own ways (mcp__lab__x, mcp_lab_x, lab_x, lab-x): match the end.
    const found = tools.find((t) => t.name.endsWith(call.name));
    if (found) return { name: found.name, namespace: found.namespace, args: call.args ?? {} };
    if (!code) throw new Error(`no tool ends with ${call.name}: ${tools.map((t) => t.name).join(", ")}`);
    const pick = `ALL_TOOLS.find((t) => t.name.endsWith(${JSON.stringify(call.name)})).name`;
    return {
      name: code.name,
      args: `text(await tools[${pick}](${JSON.stringify(call.args ?? {})}));`,
      custom: true,
    };
  }
  if (code && call.do !== "delegate") {
    // Codex "code mode": one JavaScript tool that reaches the real tools as functions.
    const js =
      call.do === "shell" || call.do === "read"
        ? `text(await tools.exec_command(${JSON.stringify({ cmd: call.command ?? `cat '${call.path}'` })}));`
        : `text(await tools.apply_patch(${JSON.stringify(patchText(call, call.path))}));`;
    return { name: code.name, args: js, custom: true };
  }
  const tool =
    NAMES[call.do].map((n) => tools.find((t) => t.name === n)).find(Boolean) ??
    tools.find((t) => NAMES[call.do].some((n) => t.name.endsWith(`__${n}`) || t.name.endsWith(`_${n}`)));
  if (!tool) {
    // Some agents advertise no file tools (or none that we know): fall back to the shell.
    if (call.do === "shell" || call.do === "delegate")
      throw new Error(`no shell tool among: ${tools.map((t) => t.name).join(", ")}`);
    const command =
      call.do === "write"
        ? `printf %s ${quoted(call.content)} > ${quoted(call.path)}`
        : call.do === "edit"
          ? `sed -i ${quoted(`s/${call.old}/${call.new}/`)} ${quoted(call.path)}`
          : `cat ${quoted(call.path)}`;
    return resolve({ do: "shell", command }, tools);
  }
  if (tool.name === "apply_patch") {
    const text = patchText(call, call.path);
    const key = Object.keys(tool.schema?.properties ?? {})[0] ?? "input";
    return { name: tool.name, args: tool.custom ? text : { [key]: text }, custom: tool.custom };
  }
  const props = tool.schema?.properties ?? {};
  const args = minimal({ ...tool.schema, type: "object" });
  const abs = call.path && (isAbsolute(call.path) ? call.path : join(opt.root, call.path));
  const values = {
    command: call.command,
    path: abs,
    content: call.content,
    old: call.old,
    new: call.new,
    prompt: call.prompt,
    agentType: call.agentType,
  };
  for (const [key, value] of Object.entries(values)) {
    const name = value !== undefined && SYNONYMS[key].find((n) => props[n]);
    if (!name) continue;
    const isList = props[name].type === "array";
    args[name] = isList ? (name === "commands" ? [value] : ["bash", "-lc", value]) : value;
  }
  if (tool.name === "str_replace" || tool.name === "editor")
    args.command = call.do === "write" ? "create" : "str_replace";
  return { name: tool.name, args, custom: tool.custom, namespace: tool.namespace };
}

// ---------------------------------------------------------------- choosing the turn

const CALL_ID = /mock_t(\d+)_\d+/g;

/** items: [{assistant: boolean, raw}] in conversation order. */
function turnIndex(items) {
  let turn = -1;
  let from = 0;
  items.forEach((item, i) => {
    for (const m of JSON.stringify(item.raw).matchAll(CALL_ID)) {
      if (Number(m[1]) >= turn) {
        turn = Number(m[1]);
        from = i + 1;
      }
    }
  });
  let previous = false;
  let groups = 0;
  for (const item of items.slice(from)) {
    if (item.assistant && !previous) groups += 1;
    previous = item.assistant;
  }
  return turn + 1 + groups;
}

// ---------------------------------------------------------------- dialects
// Each dialect has read(body, url) -> {items, tools, schema, stream, model}
// and write(answer, request) -> {events: [[name, data]], whole: object}.

const anthropic = {
  read: (b) => ({
    items: b.messages.map((m) => ({ assistant: m.role === "assistant", raw: m })),
    tools: (b.tools ?? []).filter((t) => t.name).map((t) => ({ name: t.name, schema: t.input_schema })),
    schema: b.output_config?.format?.schema ?? b.output_format?.schema,
    stream: b.stream === true,
    model: b.model,
  }),
  write(a, r) {
    const content = [
      ...(a.text ? [{ type: "text", text: a.text }] : []),
      ...a.calls.map((c) => ({ type: "tool_use", id: `toolu_${c.id}`, name: c.name, input: c.args })),
    ];
    const stop_reason = a.calls.length ? "tool_use" : "end_turn";
    const usage = {
      input_tokens: a.usage.input,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: a.usage.output,
    };
    const whole = {
      id: `msg_mock_${Date.now()}`,
      type: "message",
      role: "assistant",
      model: r.model,
      content,
      stop_reason,
      stop_sequence: null,
      usage,
    };
    const events = [
      [
        "message_start",
        { message: { ...whole, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } } },
      ],
    ];
    content.forEach((block, index) => {
      const isText = block.type === "text";
      events.push([
        "content_block_start",
        { index, content_block: isText ? { type: "text", text: "" } : { ...block, input: {} } },
      ]);
      events.push([
        "content_block_delta",
        {
          index,
          delta: isText
            ? { type: "text_delta", text: block.text }
            : { type: "input_json_delta", partial_json: JSON.stringify(block.input) },
        },
      ]);
      events.push(["content_block_stop", { index }]);
    });
    events.push(
      [
        "message_delta",
        { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: a.usage.output } },
      ],
      ["message_stop", {}],
    );
    return { whole, events: events.map(([name, data]) => [name, { type: name, ...data }]) };
  },
  error: (status, message) => ({
    type: "error",
    error: { type: status === 529 ? "overloaded_error" : "api_error", message },
  }),
};

const mine = (i) =>
  i.role === "assistant" ||
  /^(function_call|custom_tool_call|local_shell_call|reasoning)$/.test(i.type ?? "");

const responses = {
  read: (b) => {
    const input = Array.isArray(b.input) ? b.input : [{ type: "message", role: "user", content: b.input }];
    // Newer Codex models get their tools as an input item instead of the top-level list.
    const offered = [
      ...(b.tools ?? []),
      ...input.filter((i) => i.type === "additional_tools").flatMap((i) => i.tools),
    ];
    const flat = offered.flatMap((t) =>
      t.type === "namespace"
        ? t.tools.map((x) => ({ ...x, namespace: t.name === "functions" ? undefined : t.name }))
        : [t],
    );
    return {
      items: input.map((i) => ({ assistant: mine(i), raw: i })),
      tools: flat
        .filter((t) => t.name)
        .map((t) => ({
          name: t.name,
          schema: t.parameters,
          custom: t.type === "custom",
          namespace: t.namespace,
        })),
      schema: b.text?.format?.schema,
      stream: b.stream === true,
      model: b.model,
    };
  },
  write(a, r) {
    const output = [
      ...(a.text
        ? [
            {
              id: `msg_${a.key}`,
              type: "message",
              role: "assistant",
              status: "completed",
              content: [{ type: "output_text", text: a.text, annotations: [] }],
            },
          ]
        : []),
      ...a.calls.map((c) =>
        c.custom
          ? {
              id: `ctc_${c.id}`,
              type: "custom_tool_call",
              call_id: `call_${c.id}`,
              name: c.name,
              input: String(c.args),
            }
          : {
              id: `fc_${c.id}`,
              type: "function_call",
              status: "completed",
              call_id: `call_${c.id}`,
              name: c.name,
              ...(c.namespace ? { namespace: c.namespace } : {}),
              arguments: JSON.stringify(c.args),
            },
      ),
    ];
    const usage = {
      input_tokens: a.usage.input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: a.usage.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: a.usage.input + a.usage.output,
    };
    const whole = {
      id: `resp_${a.key}`,
      object: "response",
      created_at: Math.floor(Date.now() / 1000),
      status: "completed",
      model: r.model,
      output,
      usage,
    };
    const open = { ...whole, status: "in_progress", output: [], usage: null };
    const events = [
      ["response.created", { response: open }],
      ["response.in_progress", { response: open }],
    ];
    output.forEach((item, output_index) => {
      const at = { item_id: item.id, output_index };
      if (item.type === "message") {
        const part = { type: "output_text", text: "", annotations: [] };
        events.push([
          "response.output_item.added",
          { output_index, item: { ...item, status: "in_progress", content: [] } },
        ]);
        events.push(["response.content_part.added", { ...at, content_index: 0, part }]);
        events.push(["response.output_text.delta", { ...at, content_index: 0, delta: item.content[0].text }]);
        events.push(["response.output_text.done", { ...at, content_index: 0, text: item.content[0].text }]);
        events.push(["response.content_part.done", { ...at, content_index: 0, part: item.content[0] }]);
      } else {
        const field = item.type === "function_call" ? "arguments" : "input";
        const kind = item.type === "function_call" ? "function_call_arguments" : "custom_tool_call_input";
        events.push(["response.output_item.added", { output_index, item: { ...item, [field]: "" } }]);
        events.push([`response.${kind}.delta`, { ...at, delta: item[field] }]);
        events.push([`response.${kind}.done`, { ...at, [field]: item[field] }]);
      }
      events.push(["response.output_item.done", { output_index, item }]);
    });
    events.push(["response.completed", { response: whole }]);
    return {
      whole,
      events: events.map(([name, data], sequence_number) => [name, { type: name, sequence_number, ...data }]),
    };
  },
  error: (status, message) => ({
    error: { type: "server_error", code: status === 429 ? "rate_limit_exceeded" : null, message },
  }),
};

const chat = {
  read: (b) => ({
    items: b.messages.map((m) => ({ assistant: m.role === "assistant", raw: m })),
    tools: (b.tools ?? [])
      .map((t) => ({ name: t.function?.name ?? t.custom?.name, schema: t.function?.parameters }))
      .filter((t) => t.name),
    schema: b.response_format?.json_schema?.schema,
    stream: b.stream === true,
    model: b.model,
  }),
  write(a, r) {
    const base = { id: `chatcmpl_${a.key}`, created: Math.floor(Date.now() / 1000), model: r.model };
    const tool_calls = a.calls.map((c) => ({
      id: `call_${c.id}`,
      type: "function",
      function: { name: c.name, arguments: typeof c.args === "string" ? c.args : JSON.stringify(c.args) },
    }));
    const finish_reason = tool_calls.length ? "tool_calls" : "stop";
    const usage = {
      prompt_tokens: a.usage.input,
      completion_tokens: a.usage.output,
      total_tokens: a.usage.input + a.usage.output,
    };
    const message = {
      role: "assistant",
      content: a.text || null,
      ...(tool_calls.length ? { tool_calls } : {}),
    };
    const chunk = (delta, reason = null) => ({
      ...base,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason: reason }],
    });
    const events = [
      chunk({ role: "assistant", content: a.text || "" }),
      ...tool_calls.map((c, index) => chunk({ tool_calls: [{ index, ...c }] })),
      chunk({}, finish_reason),
      { ...base, object: "chat.completion.chunk", choices: [], usage },
    ];
    return {
      whole: { ...base, object: "chat.completion", choices: [{ index: 0, message, finish_reason }], usage },
      events: [...events.map((e) => [null, e]), [null, "[DONE]"]],
    };
  },
  error: responses.error,
};

const gemini = {
  read: (b, url) => ({
    items: (b.contents ?? []).map((c) => ({ assistant: c.role === "model", raw: c })),
    tools: (b.tools ?? [])
      .flatMap((t) => t.functionDeclarations ?? [])
      .map((f) => ({ name: f.name, schema: f.parametersJsonSchema ?? f.parameters })),
    schema: b.generationConfig?.responseJsonSchema ?? b.generationConfig?.responseSchema,
    stream: url.pathname.endsWith(":streamGenerateContent"),
    model: /models\/([^:]+):/.exec(url.pathname)?.[1],
  }),
  write(a, r) {
    const parts = [
      ...(a.text ? [{ text: a.text }] : []),
      ...a.calls.map((c) => ({
        functionCall: { id: c.id, name: c.name, args: c.args },
        thoughtSignature: "bW9jaw==",
      })),
    ];
    const usageMetadata = {
      promptTokenCount: a.usage.input,
      candidatesTokenCount: a.usage.output,
      totalTokenCount: a.usage.input + a.usage.output,
    };
    const whole = {
      candidates: [{ index: 0, content: { role: "model", parts }, finishReason: "STOP" }],
      usageMetadata,
      modelVersion: r.model,
      responseId: a.key,
    };
    return { whole, events: [[null, whole]] };
  },
  error: (code, message) => ({
    error: { code, status: code === 429 ? "RESOURCE_EXHAUSTED" : "UNAVAILABLE", message },
  }),
};

const dialectFor = (path) =>
  path.endsWith("/messages")
    ? anthropic
    : path.endsWith("/responses")
      ? responses
      : path.endsWith("/chat/completions")
        ? chat
        : /:(stream)?generateContent$/i.test(path)
          ? gemini
          : undefined;

// ---------------------------------------------------------------- server

function plan(request) {
  // A request without tools is a side request (title, routing, summary): answer it without using a turn.
  if (!request.tools.length) {
    return {
      text: request.schema ? JSON.stringify(minimal(request.schema)) : "mock",
      calls: [],
      key: "side",
      usage: { input: 10, output: 1 },
    };
  }
  const index = turnIndex(request.items);
  const firstAnswer = request.items.findIndex((i) => i.assistant);
  const opening = JSON.stringify(
    request.items.slice(0, firstAnswer < 0 ? undefined : firstAnswer).map((i) => i.raw),
  );
  const turns =
    (script.conversations ?? []).find((c) => new RegExp(c.match).test(opening))?.turns ?? script.turns;
  let turn = turns[index] ?? { text: "The script has no further turn." };
  if (turn.status) {
    const count = failed.get(index) ?? 0;
    if (count < (turn.times ?? 1)) {
      failed.set(index, count + 1);
      return { status: turn.status, key: `t${index}` };
    }
    turn = turn.then;
  }
  const seen = JSON.stringify(request.items.map((i) => i.raw));
  const fill = (v) => {
    const template = /^\{\{(.*)\}\}$/.exec(v);
    if (!template) return v;
    const found = [...seen.matchAll(new RegExp(template[1], "g"))].at(-1)?.[1];
    return /^\d+$/.test(found ?? "") ? Number(found) : found;
  };
  const filled = (call) =>
    call.args && typeof call.args === "object"
      ? {
          ...call,
          args: Object.fromEntries(
            Object.entries(call.args).map(([k, v]) => [k, typeof v === "string" ? fill(v) : v]),
          ),
        }
      : call;
  const calls = (turn.calls ?? [])
    .map(filled)
    .map((call, i) => ({ id: `mock_t${index}_${i}`, ...resolve(call, request.tools) }));
  return {
    text: turn.text ?? "",
    calls,
    key: `t${index}`,
    delayMs: turn.delayMs,
    usage: { input: 100 * (index + 1), output: 10, ...turn.usage },
  };
}

const server = createServer(async (req, res) => {
  const url = new URL(req.url, "http://mock");
  const chunks = [];
  for await (const c of req) chunks.push(c);
  const text = Buffer.concat(chunks).toString("utf8");
  const json = (status, body) =>
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  try {
    const dialect = req.method === "POST" ? dialectFor(url.pathname) : undefined;
    if (!dialect) {
      log({ kind: "other", method: req.method, path: url.pathname + url.search, body: text.slice(0, 2000) });
      if (url.pathname.endsWith("count_tokens")) return json(200, { input_tokens: 100 });
      if (url.pathname.endsWith(":countTokens")) return json(200, { totalTokens: 100 });
      if (url.pathname.endsWith("/models"))
        return json(200, { object: "list", data: [{ id: "mock-model", object: "model", type: "model" }] });
      return json(404, { error: { message: "not served by the mock" } });
    }
    const body = JSON.parse(text);
    const request = dialect.read(body, url);
    const answer = plan(request);
    log({
      kind: "model",
      method: req.method,
      path: url.pathname + url.search,
      headers: req.headers,
      turn: answer.key,
      tools: request.tools.map((t) => t.name),
      answer: { text: answer.text, calls: answer.calls, status: answer.status },
      body,
    });
    if (answer.status) return json(answer.status, dialect.error(answer.status, "scripted failure"));
    if (answer.delayMs) await sleep(answer.delayMs);
    const { whole, events } = dialect.write(answer, request);
    if (!request.stream) return json(200, whole);
    res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    for (const [name, data] of events) {
      res.write(
        `${name ? `event: ${name}\n` : ""}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`,
      );
    }
    res.end();
  } catch (error) {
    log({ kind: "error", path: url.pathname, message: String(error?.stack ?? error) });
    json(400, { error: { message: String(error) } }); // not 5xx: agents retry those
  }
});
server.listen(Number(opt.port), "127.0.0.1", () => console.log(`READY ${server.address().port}`));
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    server.closeAllConnections();
    server.close(() => process.exit(0));
  });
