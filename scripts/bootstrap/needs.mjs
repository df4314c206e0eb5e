/**
 * What each Debian package is there for, and how to see that the machine has it (or its like) already.
 * python3 must be the distribution's own: the sandbox mounts /usr, never a person's home.
 */
const packages = {
  chromium: ({ hasProgram, hasBrowser }) => hasBrowser || ["chromium", "chromium-browser"].some(hasProgram),
  bubblewrap: ({ hasProgram }) => hasProgram("bwrap"),
  python3: ({ hasFile }) => hasFile("/usr/bin/python3"),
  openssl: ({ hasProgram }) => hasProgram("openssl"),
};

const nothing = { packages: [], sandbox: false };
const everything = { packages: Object.keys(packages), sandbox: true };
const withoutSandbox = { packages: Object.keys(packages), sandbox: false };

/** Stages of the tests that start no browser and no sandbox. */
const modestStages = new Set(["format", "lint", "types", "generated", "build", "darwin"]);

/**
 * What a script needs from the machine. The demo cannot do without a sandbox; the tests skip what needs one
 * where there is none. Asking for help needs nothing.
 * @param {string} script
 * @param {string[]} args
 * @returns {{packages: string[], sandbox: boolean}}
 */
export function needsOf(script, args) {
  if (args.includes("--help") || args.includes("--list")) return nothing;
  if (script === "demo/main.ts") return everything;
  if (script !== "scripts/test.ts") return nothing;
  const only = args.flatMap((arg, index) => (args[index - 1] === "--only" ? arg.split(",") : []));
  return only.length > 0 && only.every((stage) => modestStages.has(stage)) ? nothing : withoutSandbox;
}

/**
 * @typedef {{hasProgram: (name: string) => boolean, hasFile: (path: string) => boolean, hasBrowser: boolean}} Machine
 * @param {string[]} wanted names of Debian packages
 * @param {Machine} machine
 * @returns {string[]} those that are missing
 */
export function missingPackages(wanted, machine) {
  return wanted.filter((name) => !packages[name](machine));
}

const refusing = {
  "kernel.unprivileged_userns_clone": { value: "0", instead: "1" },
  "kernel.apparmor_restrict_unprivileged_userns": { value: "1", instead: "0" },
  "user.max_user_namespaces": { value: "0", instead: "10000" },
};

/**
 * Which setting keeps a person without privileges from making a sandbox, and what to do about it.
 * @param {Record<string, string>} settings of the kernel, by their sysctl names; absent where the kernel has none
 * @param {string} said what bubblewrap printed
 * @returns {string}
 */
export function sentenceForNamespaces(settings, said) {
  const start = "scripts run only in a sandbox, and this machine refuses user namespaces";
  const name = Object.keys(refusing).find((setting) => settings[setting] === refusing[setting].value);
  if (name !== undefined) {
    return `${start}: ${name} is ${settings[name]}. Run: sudo sysctl -w ${name}=${refusing[name].instead}`;
  }
  return (
    `${start} although its kernel settings allow them, as containers do by their seccomp or AppArmor profile: ` +
    `start the container with --security-opt seccomp=unconfined --security-opt apparmor=unconfined` +
    ` (bubblewrap said: ${said.trim().split("\n")[0]})`
  );
}
