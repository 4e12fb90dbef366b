import { homedir, tmpdir } from "node:os";
import type { Exit } from "../core/exit.ts";
import type { Command, Host, Ran } from "../core/ports.ts";
import { Captured } from "./captured.ts";
import { makeGit } from "./git.ts";
import { codeOf, realFiles, wordsFor } from "./real-files.ts";

/** What a hook needs of the machine. `exec` is for programs that end by themselves: no jail, no process group. */
export type LeanHost = Pick<Host, "files" | "git" | "env" | "now" | "platform" | "exec">;

/** The machine for a program that lives for milliseconds: nothing is loaded before it is used. */
export function leanHost(): LeanHost {
  const env = { ...process.env };
  return {
    files: realFiles(),
    platform: {
      os: process.platform,
      arch: process.arch,
      node: process.versions.node,
      execPath: process.execPath,
      home: homedir(),
      tempDir: tmpdir(),
      pid: process.pid,
      user: env["USER"] ?? env["LOGNAME"] ?? String(process.getuid?.() ?? "unknown"),
    },
    env,
    git: makeGit(execPlainly, env),
    now: () => new Date(),
    exec: execPlainly,
  };
}

async function execPlainly({ run, cwd, env, timeoutMs, outputBytes, stdin }: Command): Promise<Ran> {
  const { spawn } = await import("node:child_process");
  const [program, ...args] = "shell" in run ? ["/bin/sh", "-c", run.shell] : run;
  const started = performance.now();
  const stdout = new Captured(outputBytes);
  const stderr = new Captured(outputBytes);
  const output = new Captured(outputBytes);
  const exit = await new Promise<Exit>((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: "pipe", windowsHide: true });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    const take = (captured: Captured) => (chunk: Uint8Array) => {
      captured.add(chunk);
      output.add(chunk);
    };
    child.stdout.on("data", take(stdout));
    child.stderr.on("data", take(stderr));
    // A program that ends without reading its input is no trouble of ours.
    child.stdin.on("error", () => child.stdin.destroy());
    child.stdin.end(stdin ?? "");
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve({ kind: "neverStarted", says: `${program}: ${wordsFor(codeOf(error) ?? error.message)}` });
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (late) resolve({ kind: "timedOut", afterMs: timeoutMs });
      else
        resolve(code === null ? { kind: "signaled", signal: signal ?? "unknown" } : { kind: "exited", code });
    });
  });
  return {
    exit,
    output: output.text(),
    stdout: stdout.text(),
    stderr: stderr.text(),
    outputBytes: output.bytes,
    truncated: output.truncated,
    durationMs: performance.now() - started,
  };
}
