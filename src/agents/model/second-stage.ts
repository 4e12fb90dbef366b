import type { LanguageModel } from "ai";
import type { SecondOpinion } from "../../core/action.ts";
import type { SecondQuestion } from "../../core/ports.ts";

/** What the model answered; `unavailable` where it did not answer, or not in the form asked for. */
export type Opinion = Pick<SecondOpinion, "answer" | "says">;

export interface AskOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const answers = ["allow", "prompt", "terminate"] as const;

/** A model that takes longer is no help to whoever waits: the question goes to a person. */
const answerMs = 15_000;
const outputTokens = 300;

/** Puts one question to the model. Never throws: whatever goes wrong is an answer that changes nothing. */
export async function askModel(
  model: LanguageModel,
  question: SecondQuestion,
  { timeoutMs = answerMs, signal }: AskOptions = {},
): Promise<Opinion> {
  const { generateText, jsonSchema, Output } = await import("ai");
  // What the model cannot do shows in its answers; a line on standard error for each question helps nobody.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  const schema = jsonSchema<Opinion>(
    {
      type: "object",
      properties: { answer: { type: "string", enum: [...answers] }, says: { type: "string" } },
      required: ["answer", "says"],
      additionalProperties: false,
    },
    {
      validate: (value) => {
        const opinion = opinionOf(value);
        return opinion === undefined
          ? { success: false, error: new Error("the answer is not in the form asked for") }
          : { success: true, value: opinion };
      },
    },
  );
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const { output } = await generateText({
      model,
      instructions: question.instructions,
      prompt: question.prompt,
      output: Output.object({ schema }),
      temperature: 0,
      maxOutputTokens: outputTokens,
      maxRetries: 1,
      abortSignal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
    });
    return output;
  } catch (error) {
    // Whatever kept the model from answering, a person is asked as if there were no model; the record says why.
    const says = error instanceof Error ? error.message : String(error);
    return { answer: "unavailable", says: says.slice(0, 300) };
  }
}

function opinionOf(value: unknown): Opinion | undefined {
  if (typeof value !== "object" || value === null || !("answer" in value) || !("says" in value))
    return undefined;
  const { says } = value;
  const answer = answers.find((one) => one === value.answer);
  return answer === undefined || typeof says !== "string" ? undefined : { answer, says: says.slice(0, 300) };
}
