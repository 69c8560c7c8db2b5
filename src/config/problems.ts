/** What is wrong with a configuration. Never holds the value of a secret. */
export interface Problem {
  /** Where: `ISSUER`, `profiles/demo.json: password.minLength`, `clients.json: [1] (housing-fund).minimum_acr`. */
  readonly path: string;
  /** What is wrong, as a half sentence: `is "sideways"`. */
  readonly problem: string;
  /** What would be right, as a half sentence: `on or off`. */
  readonly expected: string;
}

/**
 * All problems as the text an operator reads: one numbered block each, nothing left out.
 *
 * @param problems - at least one
 */
export function formatProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const blocks = problems.map(({ path, problem, expected }, index) => `  ${index + 1}. ${path} ${problem}\n     expected: ${expected}`);
  return [`The configuration has ${count}; nothing was started.`, ...blocks].join('\n');
}

/** Writes all problems at once; the process is expected to stop afterwards. */
export function printProblems(problems: readonly Problem[], out: { write(text: string): unknown }): void {
  out.write(`${formatProblems(problems)}\n`);
}

/** `name` with the known word it was probably meant to be, for messages; empty when none is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = known
    .map((word) => ({ word, distance: editDistance(name.toLowerCase(), word.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const near = nearest !== undefined && nearest.distance <= Math.max(2, Math.floor(name.length / 4));
  return near ? ` (did you mean ${nearest.word}?)` : '';
}

/** Levenshtein distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
