import { adapters } from "../../agents/adapters/index.ts";
import type { Adapter } from "../../agents/adapter.ts";
import { missing, well } from "./examination.ts";
import type { Examination, Finding } from "./examination.ts";

/** Which agents can be started here. Whether one can log in, and whether its hook holds, a run proves before it starts. */
export const examineAgents: Examination = async ({ host }) => {
  const all: readonly Adapter[] = await Promise.all(Object.values(adapters).map((load) => load()));
  return Promise.all(
    all
      .filter((adapter) => adapter.programs.length > 0)
      .map(async (adapter): Promise<Finding> => {
        const found = await adapter.detect(host);
        return found === undefined
          ? missing(adapter.id, `${adapter.title} is not installed`, adapter.remedy)
          : well(adapter.id, `${adapter.title} ${found.version ?? "of unknown version"} at ${found.path}`);
      }),
  );
};
