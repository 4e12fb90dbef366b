import type { Facts } from "../../core/action.ts";
import { invocations } from "../argv.ts";
import { nearPopular } from "../near-package.ts";
import { installsOf, isAddress, mayInstall, packageName } from "../package-commands.ts";
import type { Install } from "../package-commands.ts";
import type { Registry } from "../popular-packages.ts";
import {
  changesSources,
  configurable,
  readsRegistryVariables,
  registryVariables,
  shown,
  usual,
} from "../package-sources.ts";
import type { Hit, Rule } from "../rule.ts";
import { hole } from "../shell/shell.ts";
import { watching } from "../watching.ts";
import { installsWidely, wideInstallers } from "../wide-installs.ts";

const typosquat: Rule = {
  id: "packages/typosquat",
  irreversible: false,
  verdict: "ask",
  says: "it installs a package whose name is one slip away from a popular one",
  instead: "npm view lodash",
  find: watching({ programs: mayInstall }, ({ effects, facts }) =>
    installsOf(effects).flatMap((install) =>
      [...new Set(install.specs)].slice(0, namesAtMost).flatMap((spec): readonly Hit[] => {
        const name = packageName(install.registry, spec);
        const meant = name === undefined ? undefined : meantBy(name, install, facts);
        return meant === undefined
          ? []
          : [
              {
                ...at(install),
                says: `${name} is one slip away from ${meant}`,
                ...(install.registry === "system" ? {} : { instead: `${asks[install.registry]} ${meant}` }),
              },
            ];
      }),
    ),
  ),
  mustBlock: [
    "npm install expresss",
    "npm i -D cross-evn",
    "pnpm add 1odash",
    "yarn add crossenv@1.0.0",
    "bun add axois",
    "pip install reqeusts",
    "pip3 install 'djnago>=4'",
    "python3 -m pip install beautifulsup4 numpyy",
    "uv add python-datutil",
    "poetry add pandsa",
    "cargo add tokoi --features full",
    "gem install raills",
    "go get github.com/siruspen/logrus",
    "npx creat-react-app x && npm i types-react",
    {
      command: "npm install interal-lib",
      facts: { packages: { "interal-lib": { locked: false, near: "internal-lib" } } },
    },
  ],
  mustAllow: [
    "npm install",
    "npm ci",
    "npm install express react preact",
    "npm i -D @types/node typescript",
    "pip install -r requirements.txt",
    "pip install -e .",
    "pip install 'requests[socks]>=2' numpy",
    "uv add httpx",
    "cargo add serde_json",
    "cargo add serde-json",
    "bundle add rails",
    "go get github.com/sirupsen/logrus@v1.9.3",
    "pnpm add left-pad color",
    "npm install ./packages/core",
    { command: "npm install expresss", facts: { packages: { expresss: { locked: true } } } },
  ],
};

/** How each registry is asked about a package. */
const asks: Readonly<Record<Registry, string>> = {
  npm: "npm view",
  pypi: "pip index versions",
  crates: "cargo info",
  gems: "gem info --remote",
  go: "go list -m -versions",
};

// Each name is compared with some hundreds; nobody types more names than this into one command.
const namesAtMost = 300;

function meantBy(name: string, { registry }: Install, facts: Facts): string | undefined {
  const entry = new Map(Object.entries(facts.packages ?? {})).get(name);
  const locked = entry === "unknown" ? undefined : entry;
  if (locked?.locked === true) return undefined;
  return locked?.near ?? (registry === "system" ? undefined : nearPopular(registry, name));
}

const unusualSource: Rule = {
  id: "packages/unusual-source",
  irreversible: false,
  verdict: "ask",
  says: "it installs from somewhere other than the usual registry",
  instead: "npm install express",
  find: watching({ programs: mayChooseSource }, ({ effects }) => [
    ...installsOf(effects).flatMap((install): readonly Hit[] => {
      const place = [
        ...install.specs.filter((spec) => fromElsewhere(spec, install)),
        ...install.sources,
      ].find((source) => !usual(source));
      return place === undefined ? [] : [{ ...at(install), says: `it installs from ${shown(place)}` }];
    }),
    ...effects.flatMap((effect): readonly Hit[] =>
      effect.kind === "execute" &&
      configurable.has(effect.program ?? "") &&
      changesSources(effect.program ?? "", effect.args)
        ? [
            {
              ...(effect.span === undefined ? {} : { span: effect.span }),
              says: "it changes where packages come from",
            },
          ]
        : [],
    ),
    ...registryVariables(effects).flatMap(({ says, place, effect: { span } }): readonly Hit[] =>
      place !== undefined && usual(place)
        ? []
        : [
            {
              ...(span === undefined ? {} : { span }),
              says: place === undefined ? says : `it installs from ${shown(place)}`,
            },
          ],
    ),
  ]),
  mustBlock: [
    "npm install https://example.org/x-1.0.0.tgz",
    "npm i git+ssh://git@example.org/a/b.git",
    "npm install someuser/somerepo#fix",
    "pip install git+https://example.org/a/b.git@main",
    "pip install --extra-index-url https://pypi.example.org/simple internal",
    "pip install --trusted-host pypi.example.org x",
    "uv add 'lib @ git+https://example.org/x/lib'",
    "cargo install --git https://example.org/a/tool",
    "gem install x --source http://gems.example.org",
    "npm install --registry=http://registry.example.org x",
    "npm config set registry https://registry.example.org",
    "sudo dpkg -i /tmp/p.deb",
    "sudo add-apt-repository ppa:someone/x",
    "yarn add x@https://example.org/x.tgz",
    "pip install -r https://example.org/requirements.txt",
    "go env -w GOPROXY=direct",
    "GOPROXY=http://proxy.example.org GOSUMDB=off go mod download",
    "GONOSUMDB=* GOFLAGS=-insecure go mod tidy",
    "export PIP_INDEX_URL=https://pypi.example.org/simple; pip install internal",
    "npm_config_registry=https://registry.example.org npm ci",
  ],
  mustAllow: [
    "npm install express",
    "npm install ./packages/core",
    "npm i file:../lib",
    "pip install dist/x-1.0-py3-none-any.whl",
    "pip install torch --index-url https://download.pytorch.org/whl/cpu",
    "npm install --registry https://registry.npmjs.org/ x",
    "npm publish --dry-run --registry http://localhost:4873",
    "npm i --registry http://localhost:4873 x",
    "npm i @scope/name@1.2.3",
    "cargo install --path .",
    "go get golang.org/x/net@latest",
    "npm config get registry",
    "GOFLAGS=-mod=mod GOPROXY=direct go get example.org/x",
    "GOPROXY=https://proxy.golang.org,direct go mod download",
    "PIP_INDEX_URL=https://pypi.org/simple pip install httpx",
    "pip config list",
  ],
};

function fromElsewhere(spec: string, { registry }: Install): boolean {
  if (registry === "system") return /^https?:\/\//.test(spec);
  return (
    registry !== "go" &&
    !spec.includes(hole) &&
    !spec.startsWith("jsr:") &&
    isAddress(spec, registry) &&
    !/^@[\w.-]+\/[\w.-]+(@|$)/.test(spec)
  );
}

function mayChooseSource(program: string): boolean {
  return mayInstall(program) || configurable.has(program) || readsRegistryVariables(program);
}

const globalInstall: Rule = {
  id: "packages/global-install",
  irreversible: false,
  verdict: "ask",
  says: "it installs something for the whole machine",
  instead: "npm install --save-dev typescript",
  find: watching({ programs: (name) => mayInstall(name) || wideInstallers.has(name) }, ({ effects }) => [
    ...installsOf(effects).flatMap((install) => (install.global ? [at(install)] : [])),
    ...invocations(effects, wideInstallers).flatMap((start) =>
      installsWidely(start, effects) ? [start.span === undefined ? {} : { span: start.span }] : [],
    ),
  ]),
  mustBlock: [
    "npm install -g typescript",
    "npm i --location=global serve",
    "yarn global add eslint",
    "pnpm add -g tsx",
    "sudo pip install requests",
    "sudo pip3 install -r requirements.txt",
    "pip install --break-system-packages httpx",
    "pipx install black",
    "uv tool install ruff",
    "cargo install ripgrep",
    "gem install bundler",
    "go install golang.org/x/tools/gopls@latest",
    "sudo apt-get install -y jq",
    "brew install wget",
    "composer global require laravel/installer",
    "dotnet tool install -g dotnet-ef",
    "apk add --no-cache curl",
    "pacman -S --noconfirm git",
    "sudo make -C third_party/zlib install",
    "cmake --install build --prefix /usr/local",
    "rustup default nightly",
    "pyenv global 3.12",
    "cpanm --notest Mojolicious",
    "dart pub global activate melos",
    "npm uninstall -g typescript",
  ],
  mustAllow: [
    "npm install",
    "npm install typescript",
    "npm ls -g",
    "pip install -r requirements.txt",
    "pip install -e '.[dev]'",
    "cargo install --path .",
    "go install ./...",
    "bundle install",
    "apt list --installed",
    "brew list",
    "poetry add httpx",
    "apt-get install --dry-run jq",
    "make install",
    "make install DESTDIR=/tmp/stage PREFIX=/usr",
    "cmake --install build --prefix /tmp/stage",
    "cmake -S . -B build -DCMAKE_INSTALL_PREFIX=/usr/local",
    "rustup component add clippy && rustup show",
    "pyenv global",
    "cpanm --installdeps .",
    "sudo make test",
  ],
};

/** Installers whose packages have no registry of their own here. */
export const rules: readonly Rule[] = [typosquat, unusualSource, globalInstall];

function at({ span }: Install): Hit {
  return span === undefined ? {} : { span };
}
