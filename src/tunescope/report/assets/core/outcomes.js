// What became of a claim.

/** One sign for each outcome of a claim. */
export const MARKS = { holds: "✓", "does not hold": "✗", partly: "◐", open: "?" };
