/**
 * Environments of the processes that a run starts. Nothing is inherited by accident: gates and setup get the user's
 * environment without credentials and without what belongs to the process that started surefoot.
 */
export function gateEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !looksLikeCredential(entry[0]) && !belongsToParent(entry[0]),
    ),
  );
}

/** By name alone: the value of a variable that is called a secret never reaches code that an agent has changed. */
export function looksLikeCredential(name: string): boolean {
  return /(^|_)(TOKEN|SECRET|SECRETS|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|AUTH|PAT)($|_)/i.test(
    name,
  );
}

// A test runner started inside another one, or inside `npm run`, changes its output when it sees these.
function belongsToParent(name: string): boolean {
  return (
    /^npm_(lifecycle|package|config_local_prefix|execpath|node_execpath|command)/i.test(name) ||
    [
      "NODE_TEST_CONTEXT",
      "NODE_V8_COVERAGE",
      "NODE_OPTIONS",
      "INIT_CWD",
      "GIT_DIR",
      "GIT_WORK_TREE",
      "GIT_INDEX_FILE",
      "FORCE_COLOR",
    ].includes(name)
  );
}
