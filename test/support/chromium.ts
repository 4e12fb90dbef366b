import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const path = "/usr/bin/chromium";

/** Debian's Chromium, or why there is none: then a test is skipped with that text. It is installed where that may be done. */
export function chromiumOrReason(): { readonly path: string } | { readonly reason: string } {
  if (existsSync(path)) return { path };
  if (!existsSync("/usr/bin/apt-get"))
    return { reason: "no Chromium at /usr/bin/chromium, and no apt-get to install it" };
  if (process.getuid?.() !== 0)
    return { reason: "no Chromium at /usr/bin/chromium, and only root may install it" };
  try {
    const quiet = {
      stdio: "ignore",
      timeout: 300_000,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    } as const;
    execFileSync("apt-get", ["update", "-qq"], quiet);
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], quiet);
  } catch (error) {
    if (error instanceof Error && "status" in error)
      return { reason: "no Chromium at /usr/bin/chromium, and apt-get could not install it" };
    throw error;
  }
  return existsSync(path) ? { path } : { reason: "apt-get installed no /usr/bin/chromium" };
}

/** Without a sandbox, because containers have none, and without anything that calls out. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
