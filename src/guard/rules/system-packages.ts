import { given, nameSet } from "../command-line.ts";
import { each, programRule, verb } from "../program-rule.ts";
import type { Rule } from "../rule.ts";
import { also } from "../system-files.ts";

const removes = verb(
  "remove",
  "purge",
  "autoremove",
  "autopurge",
  "erase",
  "uninstall",
  "rm",
  "del",
  "delete",
  "zap",
  "dist-clean",
);

const packageRemoval: Rule = programRule({
  id: "system/package-removal",
  irreversible: false,
  verdict: "ask",
  says: "it removes system packages",
  instead: "dpkg -l",
  valued: nameSet("o option c config-file t target-release"),
  matchers: {
    ...each(
      "apt apt-get aptitude yum dnf dnf5 microdnf tdnf zypper apk brew snap flatpak port pkg winget choco scoop eopkg opkg",
      (line, call, scene) =>
        !given(line, "s", "simulate", "just-print", "dry-run", "n", "assumeno") && removes(line, call, scene),
    ),
    dpkg: (line) => given(line, "r", "P", "remove", "purge"),
    rpm: (line) => given(line, "e", "erase"),
    ...each("pacman yay paru", (_, { words }) => words.some((word) => /^-R[a-z]*$|^--remove$/.test(word))),
    emerge: (line) => given(line, "C", "unmerge", "c", "depclean"),
    "nix-env": (line) => given(line, "e", "uninstall"),
    pkgutil: (line) => given(line, "forget"),
  },
  mustBlock: [
    "sudo apt-get remove -y nodejs",
    "apt purge 'postgresql*'",
    "sudo apt autoremove --purge",
    "dnf -y erase openssl",
    "pacman -Rns linux",
    "brew uninstall node",
    "dpkg --purge libc6",
    "apk del build-deps",
    "rpm -e --nodeps glibc",
    "snap remove lxd",
    "DEBIAN_FRONTEND=noninteractive apt-get -y purge git",
  ],
  mustAllow: [
    "apt-get remove --dry-run git",
    "apt list --installed",
    "dpkg -l | grep libssl",
    "brew list",
    "npm uninstall lodash",
    "pip uninstall -y requests",
    "apt-cache policy nodejs",
    "cargo remove serde",
    "pacman -Q",
  ],
});

const schedule = also(
  programRule({
    id: "system/schedule",
    irreversible: false,
    verdict: "ask",
    says: "it schedules something for later, or deletes what is scheduled",
    instead: "crontab -l",
    valued: nameSet("u f q t"),
    matchers: {
      crontab: (line) =>
        given(line, "l")
          ? false
          : given(line, "r")
            ? { verdict: "deny", says: "it deletes every scheduled job" }
            : true,
      at: (line) => !given(line, "l", "V", "c"),
      ...each(
        "batch atrm anacron",
        (line, { program }) => program !== "anacron" || given(line, "f", "n", "d"),
      ),
      "systemd-run": (_, { words }) => words.some((word) => /^--(on-|timer-property)/.test(word)),
      launchctl: verb("load", "bootstrap", "submit", "enable", "kickstart"),
      schtasks: (_, { words }) => words.some((word) => /^\/(create|delete|change|run)$/i.test(word)),
    },
    mustBlock: [
      "crontab -r",
      "crontab /tmp/jobs",
      "(crontab -l; echo '* * * * * /tmp/x.sh') | crontab -",
      "echo 'rm /tmp/x' | at now + 5 minutes",
      "systemd-run --on-calendar=daily /usr/bin/true",
      "launchctl load ~/Library/LaunchAgents/com.example.job.plist",
      "echo '* * * * * root /tmp/x' | sudo tee /etc/cron.d/x",
      "cp job.timer ~/.config/systemd/user/",
      "crontab -u root -e",
      "atrm 3",
    ],
    mustAllow: [
      "crontab -l",
      "ls /etc/cron.d",
      "systemctl list-timers",
      "atq",
      "grep -rn crontab docs",
      "cat > deploy/app.timer <<'EOF'\n[Timer]\nOnCalendar=daily\nEOF",
      "git commit -m 'Document the crontab entry'",
    ],
  }),
  [
    "/etc/crontab",
    "/etc/cron.",
    "/etc/anacrontab",
    "/var/spool/cron",
    "/etc/systemd/system/",
    "/.config/systemd/user/",
    "/.config/autostart/",
    "/Library/LaunchAgents/",
    "/Library/LaunchDaemons/",
  ],
);

export const rules: readonly Rule[] = [packageRemoval, schedule];
