// What the programs of the page are held to, beyond what the type checker sees.

import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  { languageOptions: { ecmaVersion: 2022, sourceType: "module" } },
  {
    files: ["modules/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: {
      "no-restricted-properties": [
        "error",
        // Data never become markup or program.
        ...["innerHTML", "outerHTML", "insertAdjacentHTML", "write", "writeln", "srcdoc"].map((property) => ({ property })),
      ],
      "no-restricted-globals": ["error", "eval", "event", "name", "status"],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
    },
  },
  {
    files: ["modules/**/*.js", "*.test.js"],
    rules: {
      eqeqeq: "error",
      "no-shadow": ["error", { hoist: "functions", allow: ["name"] }],
      "no-var": "error",
      "prefer-const": "error",
      "array-callback-return": "error",
      "default-case-last": "error",
      "no-unused-expressions": "error",
      "max-lines": ["error", 400],
      complexity: ["error", 25],
    },
  },
  { files: ["*.test.js"], languageOptions: { globals: globals.node } },
];
