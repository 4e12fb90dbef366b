import { given, nameSet } from "../command-line.ts";
import { always, each, programRule, verb } from "../program-rule.ts";
import type { Rule } from "../rule.ts";
import { also } from "../system-files.ts";

const users = also(
  programRule({
    id: "system/users",
    irreversible: false,
    verdict: "deny",
    says: "it changes users, groups, passwords or the right to act as another user",
    instead: "id",
    matchers: {
      ...each(
        "useradd adduser usermod userdel deluser groupadd addgroup groupdel delgroup groupmod gpasswd chpasswd newusers vipw vigr chsh chfn sysadminctl dseditgroup ssh-copy-id",
        always,
      ),
      passwd: (line) => !given(line, "S", "status"),
      chage: (line) => !given(line, "l", "list"),
      visudo: (line) => !given(line, "c", "check"),
      dscl: ({ words }, { words: all }) =>
        /^-?(create|delete|passwd|append|change|merge)$/.test(words[1] ?? "") ||
        all.some((word) => /^-(create|delete|passwd|append|change|merge)$/.test(word)),
      net: ({ words }) => /^(user|localgroup)$/.test(words[0] ?? "") && words.length > 2,
    },
    mustBlock: [
      "sudo useradd -m -s /bin/bash deploy",
      "usermod -aG docker $USER",
      "echo 'root:secret' | sudo chpasswd",
      "passwd root",
      "sudo deluser bob",
      "groupadd build",
      "echo 'dev ALL=(ALL) NOPASSWD:ALL' | sudo tee /etc/sudoers.d/dev",
      "echo 'ssh-ed25519 AAAA x' >> ~/.ssh/authorized_keys",
      "sed -i 's/x/y/' /etc/passwd",
      "visudo -f /etc/sudoers",
      "ssh-copy-id user@example.org",
      "dscl . -create /Users/bob",
    ],
    mustAllow: [
      "id",
      "getent passwd dev",
      "grep dev /etc/passwd",
      "passwd --status",
      "groups",
      "whoami",
      "cat > Dockerfile <<'EOF'\nFROM node:24\nRUN useradd -m app\nEOF",
      "grep -rn useradd Dockerfile",
      "sudo -u postgres psql -c 'select 1'",
    ],
  }),
  [
    "/etc/passwd",
    "/etc/shadow",
    "/etc/group",
    "/etc/gshadow",
    "/etc/sudoers",
    "/etc/sudoers.d/",
    "/.ssh/authorized_keys",
    "/.ssh/authorized_keys2",
  ],
);

const firewall: Rule = programRule({
  id: "system/firewall",
  irreversible: false,
  verdict: "deny",
  says: "it opens, flushes or changes the firewall",
  instead: "ss -ltn",
  valued: nameSet("t table"),
  matchers: {
    ...each(
      "iptables ip6tables ebtables arptables iptables-legacy ip6tables-legacy iptables-nft",
      (_, { words }) =>
        words.some((word) =>
          /^-[ADIRFXPZNE]$|^--(append|delete|insert|replace|flush|delete-chain|policy|zero|new-chain|rename-chain)$/.test(
            word,
          ),
        ),
    ),
    ...each("iptables-restore ip6tables-restore", (line) => !given(line, "t", "test")),
    nft: (line) =>
      given(line, "f", "file") ||
      /^(add|delete|flush|insert|replace|create|destroy|reset|rename)$/.test(line.words[0] ?? ""),
    ufw: verb(
      "enable",
      "disable",
      "reset",
      "allow",
      "deny",
      "reject",
      "limit",
      "delete",
      "default",
      "insert",
      "route",
      "reload",
      "prepend",
    ),
    "firewall-cmd": (_, { words }) =>
      words.some((word) =>
        /^--(add|remove|set|new|delete|change|panic-on|reload|complete-reload|runtime-to-permanent|direct)/.test(
          word,
        ),
      ),
    pfctl: (line) => given(line, "d", "e", "F", "f", "E", "X"),
    ipset: verb("create", "add", "del", "destroy", "flush", "swap", "restore", "rename"),
    socketfilterfw: (_, { words }) =>
      words.some((word) => word.startsWith("--set") || word.startsWith("--add")),
    netsh: ({ words }) =>
      /firewall/.test(words.join(" ")) && /\b(set|add|delete|reset)\b/.test(words.join(" ")),
  },
  mustBlock: [
    "sudo iptables -F",
    "iptables -A INPUT -p tcp --dport 22 -j ACCEPT",
    "iptables -t nat -I PREROUTING -p tcp -j REDIRECT",
    "sudo ufw disable",
    "ufw allow 8080/tcp",
    "firewall-cmd --permanent --add-port=8080/tcp",
    "nft flush ruleset",
    "pfctl -d",
    "ip6tables --policy INPUT ACCEPT",
    "/usr/libexec/ApplicationFirewall/socketfilterfw --setglobalstate off",
  ],
  mustAllow: [
    "sudo iptables -L -n -v",
    "iptables -S",
    "ufw status verbose",
    "firewall-cmd --list-all",
    "nft list ruleset",
    "pfctl -s rules",
    "grep -rn iptables docs",
    "ss -ltnp",
  ],
});

const kernel = also(
  programRule({
    id: "system/kernel",
    irreversible: false,
    verdict: "ask",
    says: "it changes kernel settings, modules, mounts or swap",
    instead: "sysctl vm.max_map_count",
    valued: nameSet("t types o options L U"),
    matchers: {
      sysctl: (line) =>
        given(line, "w", "write", "p", "load", "system") || line.words.some((word) => word.includes("=")),
      modprobe: (line) =>
        !given(line, "n", "dry-run", "c", "showconfig", "D", "show-depends", "V", "version"),
      ...each(
        "insmod rmmod kexec swapoff umount setenforce update-grub grub-install grub-mkconfig grub2-mkconfig update-initramfs dracut mkinitcpio pivot_root switch_root csrutil kextload kextunload",
        (line, { program }) => !(program === "csrutil" && line.words[0] === "status"),
      ),
      mount: (line) => line.words.length > 0 || given(line, "a", "all"),
      swapon: (line) => !given(line, "s", "show", "summary"),
      efibootmgr: (line) => given(line, "B", "b", "c", "o", "n"),
      spctl: (line) => given(line, "master-disable", "global-disable"),
      nvram: ({ words }) => words.some((word) => word.includes("=")),
      timedatectl: ({ words }) => (words[0] ?? "").startsWith("set-"),
      hostnamectl: ({ words }) =>
        words[0] === "set-hostname" || (words[0] === "hostname" && words.length > 1),
      hwclock: (line) => given(line, "w", "systohc", "set", "s", "hctosys"),
    },
    mustBlock: [
      "sudo sysctl -w net.ipv4.ip_forward=1",
      "sysctl vm.overcommit_memory=1",
      "sudo modprobe vfio",
      "insmod ./driver.ko",
      "sudo swapoff -a",
      "mount /dev/sdb1 /mnt",
      "umount -l /mnt/data",
      "echo 1 | sudo tee /proc/sys/net/ipv4/ip_forward",
      "setenforce 0",
      "sudo mount -o remount,rw /",
      "echo 3 > /proc/sys/vm/drop_caches",
    ],
    mustAllow: [
      "sysctl -a",
      "sysctl -n kern.ostype",
      "lsmod | grep kvm",
      "mount | grep tmpfs",
      "swapon --show",
      "modinfo kvm",
      "findmnt /tmp",
      "cat /proc/sys/fs/file-max",
      "timedatectl status",
      "grep -rn 'sysctl -w' docs",
    ],
  }),
  [
    "/proc/sys/",
    "/proc/sysrq-trigger",
    "/sys/",
    "/etc/sysctl.conf",
    "/etc/sysctl.d/",
    "/etc/fstab",
    "/etc/modules",
    "/etc/modprobe.d/",
    "/boot/",
  ],
);

export const rules: readonly Rule[] = [users, firewall, kernel];
