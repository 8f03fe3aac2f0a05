// The two ends of fine-tuning, in words.

import { STAGES } from "./names.js";

/** What is said of a stage as it is stored. */
export const STAGE_WORDS = { [STAGES.original]: "before", [STAGES.tuned]: "after" };
