import tsdoc from "eslint-plugin-tsdoc";
import tseslint from "typescript-eslint";
import { importRule } from "./scripts/lint/importRule.mjs";

const typescript = ["**/*.ts", "**/*.tsx"];
const tests = ["**/test/**", "e2e/**"];
const entries = ["**/main.ts", "**/index.ts", "**/*.main.ts"];
const speaking = ["scripts/**", "demo/**", "enclave/common/log.ts", "contracts/syncLocalHub.ts"];

const clockMessage = "Clocks and randomness are arguments here; entry files inject them.";
const injectedSyntax = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clockMessage },
  { selector: "CallExpression[callee.name='Date']", message: clockMessage },
];
const injectedProperties = [
  { object: "Date", property: "now", message: clockMessage },
  { object: "performance", property: "now", message: clockMessage },
  { object: "Math", property: "random", message: clockMessage },
  { object: "crypto", property: "getRandomValues", message: clockMessage },
  { object: "crypto", property: "randomUUID", message: clockMessage },
];
const extensionGlobals = ["chrome", "browser", "WebSocket"].map((name) => ({
  name,
  message: "Only background/platform touches the browser; take an interface instead.",
}));

export default tseslint.config(
  {
    ignores: [
      "**/node_modules/**",
      ".tools/**",
      ".demo/**",
      "dist/**",
      "build/**",
      "artifacts/**",
      "cache/**",
      "coverage/**",
      "test-results/**",
      "protocol/abi/**",
      "**/ignition/deployments/**",
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { tsdoc },
    rules: {
      "tsdoc/syntax": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { allowDefaultCaseForExhaustiveSwitch: true, requireDefaultForNonUnion: true },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // We have no enums; those of others (node-forge's ASN.1 tags) are open numbers.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      // Things with methods are closures here; a method that needs its `this` is the exception, and its tests meet it.
      "@typescript-eslint/unbound-method": "off",
      // An async function without await still turns a throw into a rejection, as its interface promises.
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    files: [...typescript, "**/*.mjs", "**/*.js"],
    plugins: { house: { rules: { imports: importRule } } },
    rules: {
      "house/imports": "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 3],
      "max-depth": ["error", 3],
      complexity: ["error", 12],
      eqeqeq: "error",
      "no-console": "error",
      "no-var": "error",
      "prefer-const": "error",
      "object-shorthand": "error",
      "no-restricted-exports": [
        "error",
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true } },
      ],
    },
  },
  {
    files: ["**/*.mjs", "**/*.js"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: { Buffer: false, URL: false, clearInterval: false, setInterval: false, setTimeout: false },
    },
    rules: { "no-undef": "error", "no-unused-vars": "error" },
  },
  {
    files: ["protocol/**", "extension/background/{tls,session}/**", "enclave/{oracle,registry}/**"].flatMap(
      (glob) => ["ts", "tsx"].map((extension) => `${glob}/*.${extension}`),
    ),
    ignores: [...tests, ...entries],
    rules: {
      "no-restricted-syntax": ["error", ...injectedSyntax],
      "no-restricted-properties": ["error", ...injectedProperties],
    },
  },
  {
    files: ["extension/background/**/*.ts"],
    ignores: [...tests, "extension/background/platform/**", "extension/background/index.ts"],
    rules: { "no-restricted-globals": ["error", ...extensionGlobals] },
  },
  {
    files: ["extension/content/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", ...extensionGlobals.filter(({ name }) => name === "WebSocket")],
    },
  },
  {
    files: ["**/*.config.ts", "eslint.config.js", "contracts/ignition/**", "**/*.d.ts"],
    rules: { "no-restricted-exports": "off" },
  },
  // A view is one tree of elements; cutting it into pieces to please a counter would hide its shape.
  {
    files: ["**/*.tsx"],
    rules: { "max-lines-per-function": ["error", { max: 80, skipBlankLines: true, skipComments: true }] },
  },
  { files: speaking, rules: { "no-console": "off" } },
  {
    files: tests,
    rules: {
      "max-lines-per-function": "off",
      "max-params": "off",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      // Tests compare with what a matcher returns, which is any.
      "@typescript-eslint/no-unsafe-assignment": "off",
    },
  },
  { files: ["**/*Abi.ts"], rules: { "max-lines": "off" } },
);
