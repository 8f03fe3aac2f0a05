// The list of sections: generated from the classes that own them.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";

import { SECTIONS } from "./modules/sections.js";

test("every section is listed with a title and draws", () => {
  const files = readdirSync(new URL("./modules/sections", import.meta.url)).map((file) => file.replace(".js", ""));
  assert.deepEqual(SECTIONS.map((one) => one.name).sort(), files.sort());
  for (const { title, draw } of SECTIONS) {
    assert.ok(title);
    assert.equal(typeof draw, "function");
  }
  assert.equal(SECTIONS[0].name, "answer");
});
