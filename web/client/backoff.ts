const FIRST_MS = 500;
const MOST_MS = 30_000;

/** Milliseconds to wait after so many failures in a row (from 1): doubled each time, and half of it by chance. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const longest = Math.min(MOST_MS, FIRST_MS * 2 ** (failures - 1));
  return longest * (0.5 + random() / 2);
}
