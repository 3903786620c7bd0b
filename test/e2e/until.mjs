// @ts-check

/** How long anything may take before it counts as not happening, ms: far beyond what a busy machine needs. */
export const PATIENCE = 60_000;
/** Until a menu, a hover or a list is there, another try is made after this time, ms. */
export const SECOND_TRY = 3_000;
/** Between two looks, ms. */
const INTERVAL = 50;

/**
 * Looks again and again until what is seen is what is wanted, and answers it. A look may throw as long as there is nothing to see.
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} look
 * @param {(seen: T) => unknown} [isWanted]
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, look, isWanted = Boolean) {
  const end = performance.now() + PATIENCE;
  for (;;) {
    let seen;
    try {
      const found = await look();
      if (isWanted(found)) return /** @type {NonNullable<T>} */ (found);
      seen = JSON.stringify(found);
    } catch (error) {
      seen = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() > end) throw new Error(`not within ${PATIENCE / 1000} s: ${what}; last seen: ${seen}`);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}
