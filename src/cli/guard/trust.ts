import { configFolder } from "../../host/key.ts";
import { loadPolicy } from "../../policy/load.ts";
import { trustedPath, writeTrusted } from "../../policy/trust.ts";
import { flag } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { loosenedText, policyRequest } from "../policy-request.ts";
import { decidedByPerson } from "./person.ts";
import { placeHere } from "./place.ts";

/** `guard trust`: shows what the repository's files would loosen and, once a person agrees, lets them, as they are now. */
export async function trustFiles(input: CliInput, io: Io): Promise<number> {
  const { host } = io;
  const { root } = await placeHere(io);
  const { loosened } = await loadPolicy(await policyRequest(host, root, { committed: false }));
  const open = loosened.filter(({ trusted }) => !trusted);
  const json = flag(input, "json");
  if (open.length === 0) {
    const says =
      loosened.length === 0
        ? "nothing here loosens the guard"
        : "what loosens the guard here is trusted already";
    io.out(json ? `${JSON.stringify({ schemaVersion: 1, trusted: [], loosened })}\n` : `${says}\n`);
    return 0;
  }
  if (!json) for (const one of open) io.out(loosenedText(one));
  const agreed = await decidedByPerson(input, io, {
    what: "surefoot guard trust",
    question: "Trust this, as long as the text stays as it is?",
  });
  if (!agreed) {
    io.err("nothing is trusted; what tightens the guard holds all the same\n");
    return 1;
  }
  const at = host.now().toISOString();
  const real = await host.files.real(root);
  const files = open.map(({ file, digest }) => ({ root: real, file, digest, at }));
  await writeTrusted(host.files, trustedPath(configFolder(host)), files);
  io.out(
    json
      ? `${JSON.stringify({ schemaVersion: 1, trusted: files, loosened })}\n`
      : `trusted: ${files.map(({ file, digest }) => `${file} (${digest.slice(0, 12)})`).join(", ")}\n`,
  );
  return 0;
}
