import { isBuiltin } from "node:module";
import { posix, relative, sep } from "node:path";
import { guarded, isInside, roomOf, testFolder } from "./rooms.mjs";

const aliases = { "#protocol/": "protocol/", "#messages/": "extension/messages/" };

/**
 * Why `file` may not import `specifier`, or null when it may. Paths are inside the checkout, with forward slashes.
 * @param {string} file
 * @param {string} specifier
 * @returns {string | null}
 */
export function refusal(file, specifier) {
  const room = roomOf(file);
  if (room === undefined) return null;
  const target = targetOf(file, specifier);
  if (target !== null) return refusalOfPath({ file, room, target });
  const name = packageOf(specifier);
  if (room.packages.some((allowed) => matches(allowed, name))) return null;
  return `${room.path} may not import the package ${name}`;
}

function refusalOfPath({ file, room, target }) {
  if (target.startsWith("../")) return `${target} is outside of the checkout`;
  if (testFolder.test(target)) {
    return testFolder.test(file) || room.path === "e2e"
      ? null
      : `nothing but tests imports tests (${target})`;
  }
  const guard = guarded.find((path) => isInside(target, path) && !isInside(file, path));
  if (room.except?.some((path) => isInside(target, path)))
    return `${room.path} may not import from ${target}`;
  const allowed =
    guard === undefined ? room.rooms.some((path) => isInside(target, path)) : room.rooms.includes(guard);
  return allowed ? null : `${room.path} may not import from ${guard ?? target}`;
}

function targetOf(file, specifier) {
  const clean = specifier.replace(/\?.*$/, "");
  if (clean.startsWith(".")) return posix.normalize(posix.join(posix.dirname(file), clean));
  const alias = Object.keys(aliases).find((prefix) => clean.startsWith(prefix));
  return alias === undefined ? null : posix.normalize(aliases[alias] + clean.slice(alias.length));
}

function packageOf(specifier) {
  if (isBuiltin(specifier)) return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function matches(allowed, name) {
  if (allowed.endsWith("*")) return name.startsWith(allowed.slice(0, -1));
  return allowed === name;
}

/** ESLint rule: an import has to be on the list of its room (rooms.mjs). */
export const importRule = {
  meta: {
    type: "problem",
    schema: [],
    docs: { description: "imports follow the direction of flow between rooms" },
  },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join("/");
    const check = (node) => {
      const source = node?.type === "TSLiteralType" ? node.literal : node;
      if (typeof source?.value !== "string") return;
      const message = refusal(file, source.value);
      if (message !== null) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument),
    };
  },
};
